"""How often a client may: what the buckets let through, by a clock of the tests."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rates import KnownKeys, Rates, client_at
from service.reading import Readers
from service.refusals import Busy
from service.settings import Settings
from service.web.tagging import _warm

STEPS = st.lists(st.tuples(st.floats(0, 90), st.sampled_from("甲乙")), min_size=1, max_size=200)
RATE = st.integers(1, 120)


def admitted(rates: Rates, client: str, rate: float, now: float) -> bool:
    if rates.wait(client, rate, now) > 0:
        return False
    rates.charge(client, rate, now)
    return True


@given(STEPS, RATE)
def test_in_no_stretch_of_time_more_pass_than_a_full_bucket_and_what_flowed_in(
    steps: list[tuple[float, str]], rate: int
) -> None:
    rates, now, passed = Rates(), 0.0, {"甲": [], "乙": []}
    for pause, client in steps:
        now += pause
        if admitted(rates, client, rate, now):
            passed[client].append(now)
    for times in passed.values():
        for first, begun in enumerate(times):
            for last in range(first, len(times)):
                assert last - first + 1 <= rate + (times[last] - begun) * rate / 60 + 1e-6


@given(STEPS, RATE)
def test_who_asks_no_faster_than_the_rate_is_never_refused(steps: list[tuple[float, str]], rate: int) -> None:
    rates, times = Rates(), {"甲": 0.0, "乙": 0.0}
    for pause, client in steps:
        times[client] += 60 / rate + pause
        # Each has a clock of its own here, as what one does must not matter to the other.
        assert admitted(rates, client, rate, times[client])


@given(RATE, st.integers(0, 10**6))
def test_who_waited_as_long_as_was_said_passes_and_a_moment_sooner_does_not(rate: int, start: int) -> None:
    rates = Rates()
    while admitted(rates, "甲", rate, start):
        pass
    wait = rates.wait("甲", rate, start)
    assert 0 < wait <= 60 / rate + 1e-6
    assert rates.wait("甲", rate, start + wait * 0.9) > 0
    assert admitted(rates, "甲", rate, start + wait + 1e-6)


def test_a_debt_is_paid_by_time() -> None:
    rates = Rates()
    rates.charge("甲", 60, 0, cost=160)
    assert rates.wait("甲", 60, 0) == 101
    assert rates.wait("甲", 60, 100) == 1
    assert rates.wait("甲", 60, 101) == 0
    assert rates.wait("乙", 60, 0, least=0) == 0
    rates.charge("乙", 60, 0, cost=90)
    assert rates.wait("乙", 60, 10, least=0) == 20


def test_the_table_is_bounded_and_keeps_those_who_were_here_last() -> None:
    rates = Rates(most=3)
    for number in range(100):
        assert admitted(rates, "always", 1, number / 1000) is (number == 0)
        assert admitted(rates, f"once {number}", 1, number / 1000)
    assert len(rates) == 3


def test_keys_are_known_once_found_good_and_forgotten_in_turn() -> None:
    keys = KnownKeys(most=2)
    assert keys.find(b"Bearer a") is None
    for name in ("a", "b", "c"):
        keys.remember(f"Bearer {name}".encode(), name)
    assert [keys.find(f"Bearer {name}".encode()) for name in ("a", "b", "c")] == [None, "b", "c"]
    assert keys.find(b"") is None


def test_of_an_address_a_whole_ipv6_network_is_one_client() -> None:
    assert client_at("2001:db8:1:2:3::1") == client_at("2001:db8:1:2:ffff::9") != client_at("2001:db8:1:3::1")
    assert client_at("::ffff:203.0.113.5") == client_at("203.0.113.5") == "203.0.113.5"
    assert client_at("") == ""
    assert client_at("a socket") == "a socket"


def test_a_reader_that_is_not_to_be_had_ends_quietly_behind_the_first_page() -> None:
    async def warmed() -> None:
        readers = Readers(Path("nowhere"), Settings(document_workers=1, wait_seconds=0.1))
        await readers._turn(1)  # another document has the only turn
        with pytest.raises(Busy):
            await readers._turn(1)
        await _warm(readers)

    anyio.run(warmed)
