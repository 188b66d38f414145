"""How large what is sent may be: each limit set low, met exactly or nearly so, and gone over, on a running service."""

from __future__ import annotations

import contextlib
import io
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import write_labels
from test_service import assert_problem

FILES = Path(__file__).parent / "documents" / "files"
KEY = "key-of-the-tests"
AUTH = {"authorization": f"Bearer {KEY}"}
LIMITS = {
    "MAX_BODY_BYTES": 2_000,
    "MAX_TEXT_CHARACTERS": 20,
    "MAX_BATCH": 3,
    "MAX_DOCUMENT_BYTES": 70_000,
    "MAX_IMPORT_BYTES": 2_500,
    "MAX_FILES": 2,
    "MAX_PAGES": 2,
    "MAX_HEAD_BYTES": 10_000,
}
SENTENCE = "排查校园消防隐患。"
BODY = f'{{"text": "{SENTENCE}"}}'.encode()


@pytest.fixture(scope="module")
def service(serve: Callable[..., httpx.Client], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("limits")
    write_labels(folder / "labels")
    environment = {f"POLICY_THEMES_{name}": str(value) for name, value in LIMITS.items()}
    environment |= {"POLICY_THEMES_LABELS": str(folder / "labels"), "POLICY_THEMES_LOCAL_KEY": KEY}
    with serve(environment=environment) as client:
        yield client


def classify(service: httpx.Client, characters: int) -> httpx.Response:
    return service.post("/classify", json={"text": "校" * characters})


def batch(service: httpx.Client, items: int) -> httpx.Response:
    return service.post("/classify/batch", json={"items": [{"text": SENTENCE}] * items})


def body(service: httpx.Client, size: int) -> httpx.Response:
    content = BODY.ljust(size)
    return service.post("/classify", content=content, headers={"content-type": "application/json"})


def chunked(service: httpx.Client, size: int) -> httpx.Response:
    pieces = (piece for piece in (BODY, b" " * (size - len(BODY))))
    return service.post("/classify", content=pieces, headers={"content-type": "application/json"})


def document(service: httpx.Client, size: int) -> httpx.Response:
    content = (SENTENCE.encode() + b"\n").ljust(size - 200, b"\n")
    content = content.ljust(size, b"\n")
    return service.post("/documents", content=content, headers={"content-type": "text/plain"})


def archive(service: httpx.Client, files: int) -> httpx.Response:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writer:
        for number in range(files):
            writer.writestr(f"{number}.txt", f"{number}、{SENTENCE}")
    return service.post("/documents", files={"file": ("打包.zip", packed.getvalue())})


def pages(service: httpx.Client, count: int) -> httpx.Response:
    name = {2: "chromium-plan.pdf", 3: "libreoffice-plan.pdf"}[count]
    return service.post("/documents", files={"file": (name, (FILES / name).read_bytes())})


def labels(service: httpx.Client, size: int) -> httpx.Response:
    form = {"file": ("表.csv", b"text,themes\n")}
    without = len(httpx.Request("POST", "http://a", files=form).read())
    form = {"file": ("表.csv", b"text,themes\n".ljust(12 + size - without, b"\n"))}
    sent = service.post("/labels/imports", files=form, headers=AUTH)
    assert int(sent.request.headers["content-length"]) == size
    return sent


@pytest.mark.parametrize(
    ("send", "most", "status"),
    [
        (classify, LIMITS["MAX_TEXT_CHARACTERS"], 413),
        (batch, LIMITS["MAX_BATCH"], 422),
        (body, LIMITS["MAX_BODY_BYTES"], 413),
        (chunked, LIMITS["MAX_BODY_BYTES"], 413),
        (document, LIMITS["MAX_DOCUMENT_BYTES"], 413),
        (archive, LIMITS["MAX_FILES"], 422),
        (pages, LIMITS["MAX_PAGES"], 422),
        (labels, LIMITS["MAX_IMPORT_BYTES"], 413),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_up_to_the_limit_is_taken_and_one_more_refused(
    send: Callable[[httpx.Client, int], httpx.Response], most: int, status: int, service: httpx.Client
) -> None:
    assert send(service, most).status_code in (200, 202)
    refused = assert_problem(send(service, most + 1), status)
    assert str(most) in refused["detail_en"]


def test_long_headers_are_cut_off_and_shorter_ones_taken(service: httpx.Client) -> None:
    assert service.get("/health/live", headers={"x-long": "a" * 9_000}).status_code == 200
    with (
        socket.create_connection((service.base_url.host, service.base_url.port), timeout=10) as client,
        contextlib.suppress(ConnectionError),
    ):
        client.sendall(b"GET /health/live HTTP/1.1\r\nx-long: " + b"a" * 11_000)
        assert client.recv(100) == b""


def test_a_connection_is_kept_as_long_as_said(serve: Callable[..., httpx.Client]) -> None:
    with serve(environment={"POLICY_THEMES_KEEP_ALIVE_SECONDS": "1"}) as service:
        service.get("/health/live")
        with socket.create_connection((service.base_url.host, service.base_url.port), timeout=10) as client:
            client.sendall(b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n")
            begun = time.monotonic()
            assert client.recv(1_000).startswith(b"HTTP/1.1 200")
            while client.recv(1_000):
                pass
            assert 0.9 < time.monotonic() - begun < 9


def test_the_more_has_come_the_longer_a_request_may_take(serve: Callable[..., httpx.Client]) -> None:
    environment = {"POLICY_THEMES_ARRIVAL_SECONDS": "0.5", "POLICY_THEMES_ARRIVAL_PACE": "100"}
    head = b"POST /classify HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2000\r\n\r\n"
    with serve(environment=environment) as service:
        service.get("/health/live")
        place = (service.base_url.host, service.base_url.port)
        with socket.create_connection(place, timeout=20) as more, socket.create_connection(place, timeout=20) as less:
            more.sendall(head + BODY.ljust(1_500))
            less.sendall(head)
            assert less.recv(100) == b""
            more.sendall(b" " * 500)
            assert more.recv(100).startswith(b"HTTP/1.1 200")
