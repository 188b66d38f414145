"""Many clients at once: the short form of benchmarks/campaigns/load.py."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from benchmarks.campaigns.load import step
from benchmarks.campaigns.target import Target, prepared, started


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("load")
    prepared(folder)
    with started(folder) as running:
        httpx.get(f"{running.address}/health/ready", timeout=60, trust_env=False).raise_for_status()
        yield running


@pytest.mark.parametrize("clients", [1, 16, 128])
def test_every_answer_under_load_is_one_that_the_service_states(target: Target, clients: int) -> None:
    done = asyncio.run(step(target, clients, 2))
    assert done.answers[200] > 0
    assert done.unstated() == 0
    assert len(done.health) >= 2
    assert max(done.memory) < 1_000
