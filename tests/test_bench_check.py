"""The benchmarks' check: ratios against ratios that are kept."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.ratios import KEEP, compared, keep, read, settled

KEPT = {"tagging": 2.0, "service": 3.0}


def around(middle):
    """Five paired runs whose median is `middle`, two of them far off."""
    return [middle * 3, middle, middle * 1.01, middle * 0.99, middle * 0.2]


def runs(tagging, service=3.0):
    return {"tagging": around(tagging), "service": around(service)}


@pytest.mark.parametrize(("now", "good"), [(2.12, False), (2.08, True), (2.0, True), (1.0, True)])
def test_worse_by_six_percent_fails_by_four_passes_and_better_passes(now, good):
    tagging, service = compared(KEPT, runs(now))
    assert (tagging.good, service.good) == (good, True)


def test_a_failing_row_is_named_with_both_ratios_and_the_change():
    said = str(compared(KEPT, runs(2.12))[0])
    assert said.startswith("tagging: 2.120")
    assert "2.000" in said
    assert "+6.0%" in said


def test_a_row_that_is_not_kept_fails_and_says_what_to_do():
    (found,) = compared({}, {"new": around(1.0)})
    assert not found.good
    assert KEEP in str(found)
    assert "new" in str(found)


def test_a_row_that_is_kept_and_not_measured_fails_and_says_what_to_do():
    tagging, service = compared(KEPT, {"tagging": around(2.0)})
    assert tagging.good
    assert not service.good
    assert KEEP in str(service)


def test_fewer_than_five_runs_are_refused():
    with pytest.raises(ValueError, match="tagging: 4 paired runs"):
        compared(KEPT, {"tagging": [2.0] * 4})


@pytest.mark.parametrize(("second", "good"), [(2.0, True), (2.12, False)])
def test_only_slower_rows_are_measured_again_and_the_second_time_counts(second, good):
    asked = []

    def measure(rows):
        asked.append(tuple(rows))
        return {"tagging": around(second)} if rows else runs(2.2)

    tagging, service = settled(KEPT, measure)
    assert asked == [(), ("tagging",)]
    assert (tagging.good, service.good) == (good, True)


def test_what_is_kept_is_read_again_and_nothing_slower_passes_against_it(tmp_path):
    path = tmp_path / "ratios.json"
    assert read(path) == {}
    keep(path, runs(2.0))
    assert read(path) == KEPT
    assert all(one.good for one in compared(read(path), runs(2.0)))


def test_the_repository_keeps_a_ratio_for_every_row_that_is_measured():
    kept = Path(__file__).parents[1] / "benchmarks" / "results" / "ratios.json"
    command = [sys.executable, "-m", "benchmarks.check", "--rows"]
    listed = subprocess.run(
        command, cwd=kept.parents[2], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert listed == list(json.loads(kept.read_text("utf-8")))
