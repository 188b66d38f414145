"""The document that the first screen shows: a work plan of a county that does not exist, written for this project."""

from __future__ import annotations

from pathlib import Path

from policy_themes.batch.units import Upload
from policy_themes.batch.work import outcome_of
from policy_themes.tagging.tagger import Options, Tagger
from service.web.results import Kept

__all__ = ["EXAMPLE", "example_of"]

EXAMPLE = "example"  # what stands in place of an id
_FILE = Path(__file__).with_name("example.txt")
_NAME = "示例:云溪县教育局2025年工作要点.txt"


def example_of(tagger: Tagger) -> Kept:
    """The example tagged: a dozen sections, a few milliseconds. It needs no process of its own, as its text is ours."""
    outcome = outcome_of(Upload(_FILE.read_bytes(), _NAME), tagger, Options())
    return Kept(_NAME, outcome, tagger.version, id=EXAMPLE)
