"""What the live model says of the texts that wait: asked for those that a version has not seen, and kept with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.labels.doubt import doubted, stale

if TYPE_CHECKING:
    from policy_themes.tagging.tagger import Tagger
    from service.database.database import Database

__all__ = ["propose"]


def propose(store: Database, tagger: Tagger, limit: int) -> int:
    """Bring up to `limit` waiting texts up to date with this model, and give how many were.

    The model works outside of a transaction that writes, so that nobody waits for it.
    """
    from policy_themes.tagging.tagger import Options

    with store.read() as connection:
        unseen = stale(connection, tagger.version, limit)
    if not unseen:
        return 0
    tagged = tagger.tag_batch(list(unseen.values()), Options(evidence=False, scores=True))
    seen = {text: tagging.scores or {} for text, tagging in zip(unseen, tagged, strict=True)}
    with store.write() as connection:
        doubted(connection, tagger.version, seen)
    return len(seen)
