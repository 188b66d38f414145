"""Sections of 10 to 100,000 characters, tagged in this process: processor time a character."""

from __future__ import annotations

import itertools
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_themes.tagging.tagger import Options, Tagger

__all__ = ["LENGTHS", "Length", "by_length"]

LENGTHS = (10, 100, 1_000, 10_000, 100_000)
ROUNDS, CHARACTERS = 5, 400_000  # characters tagged a round at each length
BATCH = 256
HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Length:
    """Characters a section, and microseconds of processor time a character without and with evidence."""

    characters: int
    plain: float
    evidence: float


def by_length(texts: Sequence[str]) -> Iterator[Length]:
    """Each length, the rounds through all lengths in turn; medians."""
    tagger, every = Tagger.load(), "".join(itertools.islice(itertools.cycle(texts), 4 * len(texts)))
    work = {length: _sections(every, length) for length in LENGTHS}
    taken: dict[tuple[int, bool], list[float]] = {}
    for number in range(ROUNDS + 1):
        for length, sections in work.items():
            for evidence in (False, True):
                seconds = _timed(tagger, sections, Options(evidence=evidence))
                if number:  # the first round warms up
                    taken.setdefault((length, evidence), []).append(seconds / sum(map(len, sections)) * 1e6)
    for length in LENGTHS:
        yield Length(length, *(statistics.median(taken[length, evidence]) for evidence in (False, True)))


def _sections(every: str, length: int) -> list[str]:
    """Sections of `length` characters each, spread over the whole text; those without a Chinese character are left out."""
    count = max(1, CHARACTERS // length)
    step = max(1, (len(every) - length) // count)
    cut = (every[at * step : at * step + length] for at in range(count))
    return [one for one in cut if HAN.search(one)]


def _timed(tagger: Tagger, sections: Sequence[str], options: Options) -> float:
    fresh = [str(one.encode(), "utf-8") for one in sections]  # Python keeps a string's UTF-8 once made
    start = time.process_time()
    for at in range(0, len(fresh), BATCH):
        tagger.tag_batch(fresh[at : at + BATCH], options)
    return time.process_time() - start
