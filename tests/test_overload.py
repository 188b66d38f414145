"""More than the service takes on: refused at once with the time to come again, while health checks answer and what was accepted is done."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx
import pytest
from running import AUTH, KEY, running
from test_service import assert_problem
from test_watch import until

HEAD = b"POST /classify HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n"
BODY = '{"text": "排查校园消防隐患。"}'.encode().ljust(100)
LABEL = {"labels": [{"text": "足额拨付经费。", "themes": ["经费"]}]}
# Half a second of a reader's time: numbered, as a text said twice is left out.
LONG = "".join(f"第{number}条 开展第{number}次应急疏散演练。\n" for number in range(8_000)).encode()

Start = Callable[..., contextlib.AbstractContextManager[httpx.Client]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts a service with settings as given, until the end of the block."""

    @contextlib.contextmanager
    def started(**settings: object) -> Iterator[httpx.Client]:
        with running(tmp_path, **settings) as service:
            yield service.client

    return started


@contextlib.contextmanager
def unfinished(service: httpx.Client) -> Iterator[socket.socket]:
    """A request under way, whose body lacks its last part."""
    with socket.create_connection((service.base_url.host, service.base_url.port), timeout=10) as client:
        client.sendall(HEAD + BODY[:50])
        yield client


def classify(service: httpx.Client, **headers: str) -> httpx.Response:
    return service.post("/classify", json={"text": "排查校园消防隐患。"}, headers=headers)


def label(service: httpx.Client, key: str = KEY) -> httpx.Response:
    return service.post("/labels", json=LABEL, headers={"authorization": f"Bearer {key}"})


def assert_later(answer: httpx.Response, status: int, code: str, most: int) -> None:
    assert assert_problem(answer, status)["type"] == f"urn:policy-themes:{code}"
    assert 1 <= int(answer.headers["retry-after"]) <= most


def documents(service: httpx.Client, count: int, content: bytes = LONG) -> list[httpx.Response]:
    """The answers to documents sent at the same moment, those of the taken ones last."""
    ready = Barrier(count)

    def send(_: int) -> httpx.Response:
        ready.wait()
        return service.post("/documents", content=content, headers={"content-type": "text/plain"})

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(send, range(count)), key=lambda one: -one.status_code)


def test_beyond_the_requests_under_way_others_are_told_to_come_again(start: Start) -> None:
    with start(max_requests=2) as service, unfinished(service) as first:
        assert classify(service).status_code == 200
        with unfinished(service) as second:
            until(
                service, lambda figures: figures[("policy_themes_requests_under_way", "0")] == 3
            )  # they and the one that asks
            assert_later(classify(service), 503, "busy", 5)
            assert_later(service.get("/themes"), 503, "busy", 5)
            for path in ("/health/live", "/health/ready"):
                assert service.get(path).status_code == 200
            for one in (first, second):
                one.sendall(BODY[50:])
                assert one.recv(100).startswith(b"HTTP/1.1 200")
        assert classify(service).status_code == 200


@pytest.mark.parametrize(("workers", "waiting", "taken"), [(2, 0, 2), (1, 1, 2)])
def test_documents_wait_in_a_queue_of_bounded_length(workers: int, waiting: int, taken: int, start: Start) -> None:
    with start(document_workers=workers, max_waiting=waiting) as service:
        answers = documents(service, 4)
        assert [one.status_code for one in answers] == [503] * (4 - taken) + [200] * taken
        for refused in answers[: 4 - taken]:
            assert_later(refused, 503, "queue-full", 30)
        assert documents(service, 1, LONG[:1_000])[0].status_code == 200


def test_documents_that_wait_are_bounded_in_size_too(start: Start) -> None:
    with start(document_workers=1, max_waiting_megabytes=1) as service:
        answers = documents(service, 3, LONG.ljust(600_000, b"\n"))
        assert [one.status_code for one in answers] == [503, 200, 200]
        assert_later(answers[0], 503, "queue-full", 30)


def test_a_document_whose_turn_does_not_come_is_told_so_while_health_checks_answer(start: Start) -> None:
    with start(document_workers=1, wait_seconds=0.2) as service, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(documents, service, 2)
        while not waiting.done():
            asked = time.monotonic()
            assert service.get("/health/live").status_code == 200
            assert time.monotonic() - asked < 1
        refused, taken = waiting.result()
        assert_later(refused, 503, "waited", 30)
        assert taken.status_code == 200


def test_a_document_that_takes_too_long_is_given_up(start: Start) -> None:
    with start(document_seconds=1) as service:
        assert documents(service, 1, LONG[:1_000])[0].status_code == 200
        assert "1 秒" in assert_problem(documents(service, 1, LONG * 8)[0], 422)["detail"]


def test_imports_wait_in_a_queue_of_bounded_length(start: Start) -> None:
    with start(max_imports=1) as service:
        rows = "".join(f"落实第{number}项校车安全经费。,安全\n" for number in range(2_000))

        def send() -> httpx.Response:
            return service.post("/labels/imports", files={"file": ("表.csv", f"text,themes\n{rows}")}, headers=AUTH)

        accepted, refused = send(), send()
        assert accepted.status_code == 202
        assert_later(refused, 503, "queue-full", 60)
        address, deadline = f"/labels/imports/{accepted.json()['id']}", time.monotonic() + 30
        while (job := service.get(address).json())["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline
        assert job["state"] == "done"
        assert send().status_code == 202


def test_a_key_may_write_so_often_and_read_and_tag_as_it_likes(start: Start) -> None:
    # The first request tells whose the key is; it counts for the address.
    with start(key_writes_per_minute=3, address_writes_per_minute=5) as service:
        assert [label(service).status_code for _ in range(4)] == [200] * 4
        assert_later(label(service), 429, "too-many", 20)
        for _ in range(20):
            assert classify(service).status_code == 200
            assert service.get("/labels").status_code == 200
        # Keys that somebody makes up are all one client, that of the address.
        assert [label(service, f"ptk_{number:016}_a").status_code for number in range(4)] == [401] * 4
        assert_later(label(service, "ptk_0123456789abcdef_a"), 429, "too-many", 12)
        assert_later(documents(service, 1, b"a")[0], 429, "too-many", 12)
        assert service.get("/health/live").status_code == 200


def test_reading_and_tagging_are_limited_when_that_is_set(start: Start) -> None:
    with start(address_requests_per_minute=3, key_requests_per_minute=6) as service:
        assert label(service).status_code == 200
        assert [classify(service).status_code for _ in range(3)] == [200] * 3
        for refused in (classify(service), service.get("/themes")):
            assert_later(refused, 429, "too-many", 20)
        assert [classify(service, **AUTH).status_code for _ in range(6)] == [200] * 6
        assert_later(classify(service, **AUTH), 429, "too-many", 10)
        assert label(service).status_code == 200
        for _ in range(10):
            assert service.get("/health/ready").status_code == 200


@pytest.mark.parametrize("setting", ["key_megabytes_per_minute", "address_megabytes_per_minute"])
def test_what_is_uploaded_a_minute_is_limited(setting: str, start: Start) -> None:
    with start(**{setting: 2}) as service:
        good = AUTH if setting.startswith("key") else {}
        if good:
            assert label(service).status_code == 200  # from now on the key is known
        form = {"file": ("长文.txt", LONG[:1_000].ljust(1_500_000, b"\n"))}

        def send() -> httpx.Response:
            return service.post("/documents", files=form, headers=good)

        assert [send().status_code for _ in range(2)] == [200] * 2
        assert_later(send(), 429, "too-many", 90)
        assert classify(service).status_code == 200
        elsewhere = {"x-forwarded-for": "203.0.113.5"}
        assert service.post("/documents", content=b"a", headers=elsewhere).status_code != 429


def test_workers_share_what_is_allowed(start: Start) -> None:
    with start(workers=2, address_writes_per_minute=4) as service:
        # One connection is with one worker.
        assert [label(service, "wrong").status_code for _ in range(3)] == [401, 401, 429]


def test_the_description_tells_of_both_refusals(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            if path.startswith("/health/") or path == "/metrics":
                continue
            for status in ("429", "503"):
                assert "application/problem+json" in operation["responses"][status]["content"], path
            assert "Retry-After" in operation["responses"]["429"]["headers"]
