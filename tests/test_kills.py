"""A short form of benchmarks/campaigns/kills."""

from pathlib import Path

from benchmarks import postgres
from benchmarks.campaigns.kills.__main__ import Kills
from benchmarks.campaigns.kills.small import small_home


def test_what_was_acknowledged_outlives_kills_of_any_of_the_three(
    postgres_server: postgres.Server, tmp_path: Path
) -> None:
    small_home(tmp_path)
    campaign = Kills(tmp_path, postgres_server, seed=5)  # which kills each of the three within its first four
    campaign.run(4)
    assert campaign.faults == []
    assert set(campaign.killed) == {"service", "child", "postgresql"}
    assert len(campaign.ledger.recorded) > 0
    assert len(campaign.ledger.promoted) > 0
