"""Any bytes to cleaning, splitting, reading and request decoding: the short form of benchmarks/campaigns/fuzz.py."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.campaigns.cases import TARGETS
from benchmarks.campaigns.fuzz import CRASHES, seeds

SECONDS = 1.0  # for one case


@pytest.fixture(autouse=True)
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice, which converts old formats, is another program with a time limit of its own."""
    monkeypatch.setenv("PATH", "")


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_bytes_are_given_each_case_ends_within_a_second(name: str) -> None:
    target, begun_from = TARGETS[name], seeds(name)
    for seed in begun_from:
        target(seed)  # what is loaded at first use is none of the time of a case
    for found in sorted((CRASHES / name).glob("*")):  # what the long form found once stays fixed
        timed(target, found.read_bytes())

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.one_of(st.binary(), st.text().map(str.encode), mutated(begun_from)))
    def bounded(data: bytes) -> None:
        timed(target, data)

    bounded()


def timed(target: Callable[[bytes], None], data: bytes) -> None:
    begun = time.thread_time()
    target(data)
    assert time.thread_time() - begun < SECONDS


@st.composite
def mutated(draw: st.DrawFn, whole: list[bytes]) -> bytes:
    """One of the seeds with a piece replaced."""
    data = draw(st.sampled_from(whole))
    begin = draw(st.integers(0, len(data)))
    end = draw(st.integers(begin, len(data)))
    return data[:begin] + draw(st.binary(max_size=40)) + data[end:]
