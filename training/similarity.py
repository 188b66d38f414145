"""Near-duplicates: pairs of texts that share most of their characters' shingles."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

__all__ = ["near_duplicates", "shingles"]

SIZE = 3  # characters
_NOT_WORD = re.compile(r"[\W_]+")


def shingles(text: str) -> frozenset[str]:
    """The runs of three characters of `text`, punctuation and spaces left out; shorter text is its own shingle."""
    bare = _NOT_WORD.sub("", text)
    return frozenset(bare[at : at + SIZE] for at in range(max(1, len(bare) - SIZE + 1)))


def near_duplicates(texts: Sequence[str], above: float) -> Iterator[tuple[int, int, float]]:
    """Every pair (earlier, later, Jaccard similarity) whose similarity is over `above`, which must be in [0, 1).

    Exact, by prefix filtering (Chaudhuri, Ganti, Kaushik 2006): two sets that similar must share one of the rarest
    (1 - above) of their members, so only those are looked up.
    """
    sets = [shingles(text) for text in texts]
    rarity = Counter(member for members in sets for member in members)
    holders: dict[str, list[int]] = defaultdict(list)
    for at, members in enumerate(sets):
        prefix = sorted(members, key=lambda member: (rarity[member], member))[
            : len(members) - int(above * len(members))
        ]
        for other in sorted({other for member in prefix for other in holders[member]}):
            shared = len(members & sets[other])
            similarity = shared / (len(members) + len(sets[other]) - shared)
            if similarity > above:
                yield other, at, similarity
        for member in prefix:
            holders[member].append(at)
