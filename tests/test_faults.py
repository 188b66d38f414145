"""Faults of what is around the service: the short form of benchmarks/campaigns/faults."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.campaigns.faults.__main__ import tried
from benchmarks.campaigns.faults.fault import FAULTS, Fault
from benchmarks.campaigns.kills.small import small_home

SECONDS = 3.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    small_home(folder)
    return folder


def may_mount() -> bool:
    """Root of a container may not."""
    return subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    "fault", [one for one in FAULTS if one.name != "disk full" or may_mount()], ids=lambda fault: fault.name
)
def test_what_was_acknowledged_outlives_a_fault_and_the_service_recovers(fault: Fault, home: Path) -> None:
    trial = tried(fault, home, SECONDS)
    assert trial.faults == [], trial.said
    assert len(trial.ledger.recorded) > 0
    assert trial.answers["/classify", 200] > 0
