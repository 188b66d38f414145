"""A service told to stop, in one process and in two: what it accepted is answered or kept, and nothing new is taken."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from running import AUTH, Running, running
from test_service import assert_problem

# Some seconds of a reader's time: numbered, as a text said twice is left out.
LONG = "".join(f"第{number}条 开展第{number}次应急疏散演练。\n" for number in range(20_000)).encode()
BATCH = {"items": [{"text": f"落实第{number}项生均公用经费。"} for number in range(900)]}
ROWS = "".join(f"落实第{number}项校车安全经费。,安全\n" for number in range(4_000))


def send_document(service: Running, times: int = 1) -> httpx.Response:
    return service.client.post("/documents", files={"file": ("长文.txt", LONG * times)})


def send_batch(service: Running) -> httpx.Response:
    return service.client.post("/classify/batch", json=BATCH)


def stop(service: Running, under_way: list[Future[httpx.Response]]) -> None:
    """Tell it to stop when the document is at work, which takes the longest; an upload takes a moment to arrive."""
    deadline = time.monotonic() + 20
    while reading(service) == 0:
        assert time.monotonic() < deadline
        assert not any(one.done() for one in under_way)
    service.process.send_signal(signal.SIGTERM)


def reading(service: Running) -> int:
    """How many processes read: they took more processor time, in hundredths of a second, than the model takes to load."""
    readers = [one for one in descendants(service.process.pid) if b"spawn_main" in command(one)]
    return sum(ticks(one) > 100 for one in readers)


def descendants(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        children = [int(one) for task in tasks for one in task.read_text().split()]
        return [*children, *(deeper for one in children for deeper in descendants(one))]
    return []


def command(process: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def ticks(process: int) -> int:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_accepted_is_answered_and_nothing_new_is_taken(workers: int, tmp_path: Path) -> None:
    with running(tmp_path, workers=workers, document_workers=1) as service, ThreadPoolExecutor(2) as pool:
        document = pool.submit(send_document, service)
        batch = pool.submit(send_batch, service)
        stop(service, [document])
        assert not document.done()
        refused_while_working(service, document)
        sections = document.result().json()["documents"][0]["sections"]
        assert "开展第19999次" in sections[-1]["text"]
        assert len(batch.result().json()["results"]) == 900
        assert service.process.wait(20) in (0, -signal.SIGTERM)


def refused_while_working(service: Running, document: Future[httpx.Response]) -> None:
    """New connections are refused while the accepted document is still being read."""
    place, refused = (service.client.base_url.host, service.client.base_url.port), 0
    while not document.done():
        try:
            with socket.create_connection(place, timeout=5) as late:
                late.sendall(b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n")
                assert not refused, "taken after another was refused"
        except ConnectionError:
            refused += 1
        time.sleep(0.01)  # between knocks
    assert refused


@pytest.mark.parametrize("workers", [1, 2])
def test_an_import_that_was_accepted_is_taken_up_again(workers: int, tmp_path: Path) -> None:
    with running(tmp_path, workers=workers) as service:
        form = {"file": ("表.csv", f"text,themes\n{ROWS}")}
        job = service.client.post("/labels/imports", files=form, headers=AUTH).json()["id"]
        deadline = time.monotonic() + 20
        while service.client.get(f"/labels/imports/{job}").json()["state"] == "waiting":
            assert time.monotonic() < deadline
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) in (0, -signal.SIGTERM)
    with running(tmp_path, workers=workers) as service:
        assert service.client.get(f"/labels/imports/{job}").json()["state"] in ("waiting", "running")
        deadline = time.monotonic() + 60
        while (told := service.client.get(f"/labels/imports/{job}").json())["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline
        assert told["state"] == "done", told["message"]
        assert told["report"]["new"] + told["report"]["near"] == 4_000


@pytest.mark.parametrize("workers", [1, 2])
def test_what_takes_longer_than_a_stop_gives_is_told_to_come_again(workers: int, tmp_path: Path) -> None:
    with running(tmp_path, workers=workers, shutdown_seconds=1) as service, ThreadPoolExecutor(1) as pool:
        document = pool.submit(send_document, service, 5)
        stop(service, [document])
        begun = time.monotonic()
        answer = document.result()
        assert assert_problem(answer, 503)["type"] == "urn:policy-themes:stopping"
        assert int(answer.headers["retry-after"]) > 0
        assert service.process.wait(20) in (0, -signal.SIGTERM)
        assert time.monotonic() - begun < 8
        assert descendants(service.process.pid) == []
