"""A running service takes up what is promoted, in every worker, and loses no request by it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen

import httpx
import pytest

from benchmarks.promotions import BACK, served, under_load
from policy_themes import Tagger
from policy_themes.store import load_manifest, load_model, save_model
from policy_themes.versions import Promotion, Versions
from service.live import Live
from service.settings import Settings

A, B = "20200101-a", "20200102-b"
AT = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def models(small_models: Path, tmp_path: Path) -> Path:
    """A models folder with two versions, the first one live."""
    folder = tmp_path / "models"
    made = small_models / Versions(small_models).names()[0]
    model, facts = load_model(made), load_manifest(made)
    for name in (A, B):
        renamed = type(model)(name, model.themes, model.vocabulary, model.lexicon, model.weights)
        save_model(folder / name, renamed, {"labels": facts["labels"], "metrics": facts["metrics"]}, {})
    go(folder, A)
    return folder


def go(models: Path, name: str) -> None:
    Versions(models).go_live(Promotion(name, AT, "promote"))


@pytest.fixture
def service(models: Path) -> Iterator[tuple[Popen[str], httpx.Client]]:
    """Two workers, and a client that takes a new connection each time, so that it meets both."""
    with served(models, "--workers", "2") as (server, address):
        limits = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=address, timeout=30, limits=limits, trust_env=False) as client:
            yield server, client


def version(client: httpx.Client) -> str:
    answer = client.post("/classify", json={"text": "排查校园消防隐患。"})
    assert answer.status_code == 200, answer.text
    return answer.json()["model"]


def until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds; fails if it does not within so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not come about in time"


def children(process: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread may end meanwhile
            found += map(int, path.read_text().split())
    return found


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def workers(server: Popen[str]) -> list[int]:
    return children(server.pid)


def test_promotions_under_load_lose_no_request_and_reach_every_worker_in_two_seconds(
    service: tuple[Popen[str], httpx.Client], models: Path
) -> None:
    _, client = service
    assert version(client) == A
    load = asyncio.run(under_load(str(client.base_url), models, [B, BACK, B], 100, 2.5))
    assert load.failed == []
    assert load.astray() == []
    assert {got for _, _, got in load.answers} == {A, B}
    assert load.slowest() < 2


def test_a_version_that_does_not_load_leaves_the_one_before_in_place_and_is_named(
    service: tuple[Popen[str], httpx.Client], models: Path
) -> None:
    _, client = service
    assert {version(client) for _ in range(9)} == {A}
    whole = (models / B / "vocabulary.txt").read_bytes()
    (models / B / "vocabulary.txt").write_bytes(whole[:-9])
    (models / "current").write_text(B + "\n", "utf-8")
    until(lambda: all("vocabulary.txt" in client.get("/health/ready").json().get("fault", "") for _ in range(9)), 10)
    assert {version(client) for _ in range(9)} == {A}
    assert client.get("/health/ready").status_code == 200
    shown = client.get("/models").json()
    assert shown["live"] == B
    assert "rollback" in shown["fault"]
    (models / B / "vocabulary.txt").write_bytes(whole)
    until(lambda: {version(client) for _ in range(9)} == {B}, 10)
    assert "fault" not in client.get("/health/ready").json()


def test_whatever_keeps_a_version_from_loading_is_told_and_the_next_promotion_is_followed(
    service: tuple[Popen[str], httpx.Client], models: Path
) -> None:
    _, client = service
    manifest = json.loads((models / B / "manifest.json").read_bytes())
    (models / B / "vocabulary.txt").write_bytes(b"\xff\xfe\n")  # a fault that its digest does not show
    manifest["files"]["vocabulary.txt"] = hashlib.sha256(b"\xff\xfe\n").hexdigest()
    del manifest["seal"]
    body = json.dumps(manifest, ensure_ascii=False, indent=1)
    sealed = {**manifest, "seal": hashlib.sha256(body.encode()).hexdigest()}
    (models / B / "manifest.json").write_text(json.dumps(sealed, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for current, said in ((B, "UnicodeDecodeError"), ("../etc", "current"), ("20300101-none", A), (b"\xff", "current")):
        (models / "current").write_bytes(current if isinstance(current, bytes) else current.encode())
        until(lambda said=said: all(said in client.get("/health/ready").json().get("fault", "") for _ in range(9)), 10)
        assert client.get("/models").json()["fault"]
        assert {version(client) for _ in range(9)} == {A}
    shutil.copytree(models / A, models / "20200103-c")
    go(models, "20200103-c")
    until(lambda: all("fault" not in client.get("/health/ready").json() for _ in range(9)), 10)


def test_a_fault_is_logged_once_however_often_it_is_met(models: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def follow() -> None:
        live = Live(Versions(models), Settings(models=models))
        await live.refresh()
        whole = (models / B / "vocabulary.txt").read_bytes()
        (models / "current").write_text(B, "utf-8")
        for size in (3, 3, 2, 1):
            (models / B / "vocabulary.txt").write_bytes(whole[:size])
            await live.refresh()
            await live.refresh()
            assert "vocabulary.txt" in str(live.fault)
        assert live.require().tagger.version == A
        assert len(caplog.records) == 1
        (models / B / "vocabulary.txt").write_bytes(whole)
        await live.refresh()
        assert (live.require().tagger.version, live.fault) == (B, None)

    asyncio.run(follow())


def test_a_killed_worker_is_started_again_and_serves_what_is_live_now(
    service: tuple[Popen[str], httpx.Client], models: Path
) -> None:
    server, client = service
    until(lambda: len(workers(server)) == 2, 10)
    before = set(workers(server))
    go(models, B)
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(set(workers(server)) - before) == 1 and len(workers(server)) == 2, 20)
    until(lambda: {version(client) for _ in range(9)} == {B}, 10)


def test_workers_whose_master_was_killed_end_and_free_the_port(
    service: tuple[Popen[str], httpx.Client], models: Path
) -> None:
    server, client = service
    until(lambda: len(workers(server)) == 2, 10)
    assert version(client) == A
    left = workers(server)
    server.kill()
    server.wait(10)
    until(lambda: not any(map(runs, left)), 15)
    with served(models, "--port", str(client.base_url.port)):
        until(lambda: client.get("/health/ready").status_code == 200, 10)


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_service_finishes_what_it_accepted(
    service: tuple[Popen[str], httpx.Client], word: signal.Signals
) -> None:
    server, client = service
    items = [{"text": f"第{at}段,排查校园消防隐患,拨付经费。" * 20} for at in range(1_000)]
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.post, "/classify/batch", json={"items": items})
        # The readers' process appears when the batch has been taken in.
        until(lambda: any(children(pid) for pid in workers(server)), 20)
        server.send_signal(word)
        assert len(answer.result().json()["results"]) == 1_000
    assert server.wait(8) == 0  # before gunicorn's patience ends, with nobody killed


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGQUIT])
def test_a_worker_hears_what_it_is_told_in_its_first_moments(models: Path, word: signal.Signals) -> None:
    with served(models, "--workers", "2") as (server, _):
        until(lambda: bool(children(server.pid)), 20)
        first = children(server.pid)[0]
        os.kill(first, word)
        until(lambda: not runs(first), 5)


def test_a_service_started_without_a_model_is_ready_once_one_is_promoted(models: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with served(empty) as (_, address), httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        assert client.get("/health/ready").status_code == 503
        shutil.copytree(models / A, empty / A)
        go(empty, A)
        until(lambda: client.get("/health/ready").status_code == 200, 5)
        assert version(client) == A


def test_a_version_loaded_beside_another_shares_its_dictionary_only_if_the_lexicon_is_the_same(models: Path) -> None:
    first = Tagger.load(models / A)
    model = load_model(models / B)
    other = type(model)("c", model.themes, model.vocabulary, (*model.lexicon, "园所普惠"), model.weights)
    alike, changed = Tagger.load(models / B, first), Tagger(other, first)
    assert alike._segmenter is first._segmenter
    assert changed._segmenter is not first._segmenter
    text = "提高园所普惠程度,排查校园消防隐患。"
    assert alike.tag(text) == Tagger.load(models / B).tag(text)
    assert changed.tag(text) == Tagger(other).tag(text)
