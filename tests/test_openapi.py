"""The running service against its own API description: the short form of benchmarks/campaigns/openapi.py."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from benchmarks.campaigns.openapi import campaign
from benchmarks.campaigns.target import KEY, prepared, started
from policy_themes.versions import Promotion, Versions

EXAMPLES = 20  # an operation


@pytest.mark.timeout(120)
def test_every_operation_answers_as_described_whatever_it_is_sent(
    small_labels: Path, small_models: Path, tmp_path: Path
) -> None:
    prepared(tmp_path, small_labels, small_models)
    versions = Versions(tmp_path / "models")
    versions.go_live(Promotion(versions.names()[0], "2026-01-01", "promote"))
    with started(tmp_path) as target:
        asked = {"trust_env": False, "timeout": 30, "headers": {"Authorization": f"Bearer {KEY}"}}
        described = httpx.get(f"{target.address}/openapi.json", **asked).json()["paths"]
        done = campaign(target.address, EXAMPLES, tmp_path, "--phases", "examples,coverage,fuzzing", "--seed", "1")
        assert httpx.get(f"{target.address}/health/ready", **asked).status_code == 200
    assert done.returncode == 0, done.stdout
    operations = sum(len(one) for one in described.values())
    # All but the one that schemathesis.toml leaves out, with its reason.
    assert int(re.search(r"Tested: (\d+)", done.stdout)[1]) == operations - 1
