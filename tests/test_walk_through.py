"""The READMEs' walk-through, command by command, as a new user would: a new theme, labels, training, comparison, promotion, and back."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import readme as examples
from conftest import ROOT

KEY = "the-key-of-this-test"
PATIENCE = 240  # seconds that a job may take on a busy machine


def commands(readme: Path) -> list[str]:
    """The commands of the walk-through, without what is said behind them and without what the reader fills in."""
    block = readme.read_text("utf-8").split("<!-- walk-through -->")[1].split("```sh\n")[1].split("```")[0]
    lines = [re.sub(r"\s+# .*", "", line) for line in block.strip().splitlines()]
    return [line for line in lines if not re.match(r"(KEY|VERSION)=", line)]


def test_both_readmes_walk_the_same_way() -> None:
    english, chinese = map(commands, examples.READMES)
    assert english == chinese
    assert len(english) == 10


@pytest.fixture
def service(serve: Callable[..., httpx.Client], tmp_path: Path) -> Iterator[httpx.Client]:
    """A service with the labels and the model that are shipped, in a folder of its own."""
    shutil.copytree(ROOT / "models", tmp_path / "models")
    shutil.copytree(ROOT / "labels", tmp_path / "labels", ignore=shutil.ignore_patterns("store.db*"))
    with serve("--models", tmp_path / "models", environment={"POLICY_THEMES_LOCAL_KEY": KEY}) as client:
        yield client


@pytest.mark.timeout(600)
def test_the_walk_through_walks(service: httpx.Client) -> None:
    live = service.get("/models").json()["live"]
    answers: dict[str, Any] = {}
    for command in commands(examples.READMES[0]):
        while not done(answer := run(command, service, answers)):
            # Nothing to wait on but the answer itself: the user asks again too.
            assert time.monotonic() < answers.setdefault("deadline", time.monotonic() + PATIENCE), answer
        answers.pop("deadline", None)
        answers[command] = answer
    _, _, imports, _, runs, compared, promoted, classified, back = [*answers.values()][-9:]
    assert {one["report"]["new"] for one in imports["items"]} == {30, 20}
    assert compared["new"] == ["托育"]
    assert compared["verdict"]["passes"] is True
    assert promoted["live"] == runs["items"][0]["version"] == classified["model"]
    assert "托育" in [theme["name"] for theme in classified["themes"]]
    assert back["live"] == live
    after = service.post("/classify", json={"text": "新增普惠托位三百个。"}).json()
    assert after["model"] == live


def run(command: str, service: httpx.Client, answers: dict[str, Any]) -> Any:
    """What a command prints, as JSON, at the address of the service under test."""
    runs = [answer["items"][0] for line, answer in answers.items() if "training-runs?" in line]
    words = command.replace("http://127.0.0.1:8000", str(service.base_url).rstrip("/"))
    environment = {**os.environ, "KEY": KEY, "VERSION": runs[0]["version"] if runs else "", "no_proxy": "*"}
    printed = subprocess.run(["bash", "-c", words], cwd=ROOT, env=environment, capture_output=True, check=True).stdout
    return json.loads(printed)


def done(answer: Any) -> bool:
    """Whether there is nothing left to wait for: a page of jobs has none under way."""
    jobs = answer.get("items", []) if isinstance(answer, dict) else []
    assert not any(job.get("state") == "failed" for job in jobs), answer
    return not any(job.get("state") in ("waiting", "running") for job in jobs)
