"""/training-runs of a running service: one at a time, followed, cancelled, killed; models/ always loads.

POLICY_THEMES_KILLS sets how many random moments the kill tests try (1 by default; benchmarks/campaigns/kills kills more at once).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from conftest import COMMAND, write_labels
from said import Said
from test_jobs import children, until
from test_service import assert_problem

from policy_themes.store import load_model
from policy_themes.versions import Promotion, Versions
from service.jobs.identity import alive, identity

KEY = "key-of-the-tests"
AUTH = {"authorization": f"Bearer {KEY}"}
KILLS = int(os.environ.get("POLICY_THEMES_KILLS", "1"))
ROWS = 4_000


def table(seed: int) -> str:
    """A table of labels that no other seed has."""
    digests = (hashlib.sha256(f"{seed} {number}".encode()).hexdigest() for number in range(ROWS))
    return "text,themes,annotator\n" + "".join(f"{one}校新建校舍。,经费,王芳\n" for one in digests)


class Service:
    """A service process with the client to it."""

    def __init__(self, home: Path) -> None:
        environment = {"POLICY_THEMES_LABELS": str(home / "labels"), "POLICY_THEMES_LOCAL_KEY": KEY}
        call = [COMMAND, "serve", "--port", "0", "--models", home / "models"]
        self.process = subprocess.Popen(call, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self.client = httpx.Client(base_url=Said(self.process).address, timeout=30, trust_env=False, headers=AUTH)

    def run(self, job: str, where: str = "/training-runs") -> dict:
        return self.client.get(f"{where}/{job}").raise_for_status().json()

    def ended(self, job: str, where: str = "/training-runs") -> dict:
        until(lambda: self.run(job, where)["state"] not in ("waiting", "running"), 120)
        return self.run(job, where)

    def begin(self, **options: object) -> str:
        answer = self.client.post("/training-runs", json=options)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def close(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(20)
        self.client.close()


@pytest.fixture(scope="module")
def home(small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small labels, and models/ with the version trained on them live."""
    folder = tmp_path_factory.mktemp("runs")
    write_labels(folder / "labels")
    versions = Versions(Path(shutil.copytree(small_models, folder / "models")))
    versions.go_live(Promotion(versions.names()[0], "2026-01-01T00:00:00+00:00", "promote"))
    return folder


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[Service]:
    running = Service(home)
    yield running
    running.close()


def names(home: Path) -> list[str]:
    """The versions there are, each of which loads."""
    versions = Versions(home / "models")
    for name in versions.names():
        load_model(versions.path(name))
    assert not list((home / "models").glob(".run-*"))
    return versions.names()


def test_labels_that_have_not_changed_are_not_trained_on_again(service: Service, home: Path) -> None:
    before = names(home)
    told = service.ended(service.begin())
    assert (told["state"], told["unchanged"], told["version"]) == ("done", True, before[0])
    assert "没有变化" in told["message"]
    assert names(home) == before


def test_a_run_is_followed_to_a_candidate_that_is_compared_and_not_promoted(service: Service, home: Path) -> None:
    live = Versions(home / "models").live()
    label = {"text": "幼儿园落实膳食费公示。", "themes": ["学前", "经费"], "annotator": "王芳"}
    service.client.post("/labels", json={"labels": [label]}).raise_for_status()
    job, seen, log, at = service.begin(note="新增一条"), [], "", 0
    refused = assert_problem(service.client.post("/training-runs"), 409)
    assert refused["where"] == job

    def followed() -> bool:
        nonlocal log, at
        told = service.run(job)
        seen.append(told["done"])
        answer = service.client.get(f"/training-runs/{job}/log", params={"from": at})
        log, at = log + answer.text, int(answer.headers["x-next"])
        return told["state"] == "done"

    until(followed, 120)
    told = service.run(job)
    assert told["version"] in names(home)
    assert told["done"] == told["total"]
    assert seen == sorted(seen)
    assert (told["comparison"]["live"], len(told["comparison"]["reasons"]) > 0) == (live, True)
    assert 0 < told["held_out"]["micro_f1"] <= 1
    assert "留出验证" in log
    assert log == service.client.get(f"/training-runs/{job}/log").text
    assert Versions(home / "models").live() == live
    assert service.ended(service.begin())["version"] == told["version"]
    assert service.client.get("/training-runs", params={"limit": 1}).json()["items"][0]["unchanged"]


def test_a_cancelled_run_leaves_nothing_and_frees_the_lock(service: Service, home: Path) -> None:
    before = names(home)
    job = service.begin(force=True)
    until(lambda: service.run(job)["done"] >= 1)
    assert service.client.post(f"/training-runs/{job}/cancel").json()["state"] == "cancelled"
    assert_problem(service.client.post(f"/training-runs/{job}/cancel"), 409)
    next_one = service.begin()
    assert service.ended(next_one)["state"] == "done"
    assert names(home) == before


def test_health_keeps_answering_while_a_run_goes_on(service: Service) -> None:
    job = service.begin(force=True)
    waits = []
    while service.run(job)["state"] == "running":
        begun = time.perf_counter()
        assert service.client.get("/health/live").status_code == 200
        waits.append(time.perf_counter() - begun)
    assert service.run(job)["state"] == "done"
    assert sorted(waits)[len(waits) * 9 // 10] < 0.1


def test_labels_that_cannot_be_trained_on_say_why(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels", [])
    (tmp_path / "models").mkdir()
    line = {"kind": "section", "themes": ["学前"], "source": "s", "annotator": "甲", "date": "2026-01-01"}
    write_labels(
        tmp_path / "labels", [{**line, "id": f"a{at}", "text": f"{'甲乙丙丁'[at] * 9}园。"} for at in range(4)]
    )
    running = Service(tmp_path)
    told = running.ended(running.begin())
    running.close()
    assert told["state"] == "failed"
    assert "至少需要" in told["message"]
    assert str(tmp_path) not in told["message"]


@pytest.mark.timeout(120 + 60 * KILLS)
def test_the_training_child_killed_at_any_moment(service: Service, home: Path) -> None:
    for number in range(KILLS):
        job = service.begin(force=True)
        until(lambda: children(service.process.pid))
        time.sleep(random.Random(number).uniform(0, 6))
        with contextlib.suppress(ProcessLookupError):
            for child in children(service.process.pid):
                os.kill(child, signal.SIGKILL)
        told = service.ended(job)
        assert told["state"] == "done" or "信号 9" in told["message"]
        names(home)
    assert service.ended(service.begin())["state"] == "done"


@pytest.mark.timeout(120 + 60 * KILLS)
def test_the_service_killed_at_any_moment_of_a_run_and_an_import(small_models: Path, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels")
    shutil.copytree(small_models, tmp_path / "models")
    running, texts = Service(tmp_path), 60
    for number in range(KILLS):
        file = {"file": ("a.csv", table(number))}
        job, import_ = running.begin(force=True), running.client.post("/labels/imports", files=file).json()["id"]
        time.sleep(random.Random(number).uniform(0, 5))
        gone = [identity(child) for child in children(running.process.pid)]
        running.close(signal.SIGKILL)
        assert [until(partial(_dead, one), 20) for one in gone] == [None] * len(gone)
        running = Service(tmp_path)
        assert running.client.get("/labels").json()["total"] in (texts, texts + ROWS)
        assert running.ended(job)["state"] in ("failed", "done")
        names(tmp_path)
        done = running.ended(import_, "/labels/imports")
        assert (done["state"], done["report"]["new"]) == ("done", ROWS)
        texts += ROWS
        assert running.client.get("/labels").json()["total"] == texts
    running.close()


def _dead(process: str) -> bool:
    return alive(process) is False
