"""Clients that send a request slowly, never to its end or without end, on sockets of their own, while others are answered."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from service.protocol import MAX_LEFT
from service.settings import Settings

PATIENCE = 4  # seconds that a request may take to arrive
MAX_HEAD = Settings().max_head_bytes
LIMIT = 100_000  # bytes of a body
HEAD = b"POST /classify HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
SLOW = {
    "nothing": (b"", b""),
    "headers without end": (HEAD, b"x-more: 1\r\n"),
    "a body that trickles": (HEAD + b"content-length: 5000\r\n\r\n", b" "),
    "a body that stops": (HEAD + b'content-length: 5000\r\n\r\n{"text": ', b""),
    "chunks that trickle": (HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a body to another address": (HEAD.replace(b"/classify", b"/labels") + b"content-length: 5000\r\n\r\n", b" "),
}


@pytest.fixture(scope="module", params=["1", "2"], ids=["one process", "two workers"])
def service(
    request: pytest.FixtureRequest, serve: Callable[..., httpx.Client], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    store = tmp_path_factory.mktemp("slow") / "store.db"
    environment = {"POLICY_THEMES_DATABASE": f"sqlite:///{store}", "POLICY_THEMES_MAX_BODY_BYTES": str(LIMIT)}
    environment["POLICY_THEMES_ARRIVAL_SECONDS"] = str(PATIENCE)
    with serve("--workers", request.param, environment=environment) as client:
        client.get("/health/ready").raise_for_status()
        yield client


def test_requests_that_do_not_arrive_are_cut_off_while_others_are_answered(service: httpx.Client) -> None:
    with contextlib.ExitStack() as stack:
        begun = time.monotonic()
        waiting = {name: (stack.enter_context(connected(service, first)), more) for name, (first, more) in SLOW.items()}
        idle = [stack.enter_context(connected(service, HEAD)) for _ in range(200)]
        ended: dict[str, float] = {}
        while len(ended) < len(SLOW) and time.monotonic() < begun + PATIENCE + 10:
            for name in SLOW.keys() - ended.keys():
                if cut(*waiting[name]):
                    ended[name] = time.monotonic() - begun
            asked = time.monotonic()
            assert service.get("/health/live").status_code == 200
            assert time.monotonic() - asked < 2
        assert ended.keys() == SLOW.keys()
        assert min(ended.values()) > PATIENCE - 1
        while idle and time.monotonic() < begun + PATIENCE + 10:
            idle = [one for one in idle if not cut(one, b"")]
        assert not idle


def test_a_request_in_pieces_is_answered(service: httpx.Client) -> None:
    with connected(service, HEAD) as client:
        for piece in (b"content-le", b"ngth: 18\r\n\r", b"\n", b'{"text": "', "经费".encode(), b'"}'):
            client.sendall(piece)
            service.get("/health/live")  # so that the pieces come one by one
        assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_a_body_without_end_is_refused_and_cut_off(service: httpx.Client) -> None:
    chunk = b"%x\r\n%b\r\n" % (LIMIT, bytes(LIMIT))
    with connected(service, HEAD + b"transfer-encoding: chunked\r\n\r\n") as client:
        client.sendall(chunk * 2)
        assert client.recv(100).startswith(b"HTTP/1.1 413")
        with pytest.raises(ConnectionError):
            send(client, chunk, 10 * MAX_LEFT)


def test_headers_without_end_are_cut_off(service: httpx.Client) -> None:
    with connected(service, HEAD) as client, pytest.raises(ConnectionError):
        send(client, b"x-more: " + b"a" * 1_000 + b"\r\n", 1_000 * MAX_HEAD)


def test_what_came_while_the_service_itself_stood_still_is_answered(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "POLICY_THEMES_ARRIVAL_SECONDS": "1",
        "POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path}/s.db",
    }
    command = [Path(sys.executable).with_name("policy-themes"), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        try:
            with httpx.Client(base_url=server.stderr.readline().split()[1], trust_env=False, timeout=30) as service:
                service.get("/health/ready").raise_for_status()
                with connected(service, HEAD) as client:
                    service.get("/health/live")  # so that the beginning is there
                    server.send_signal(signal.SIGSTOP)
                    client.sendall(b'content-length: 18\r\n\r\n{"text": "' + "经费".encode() + b'"}')
                    assert select.select([client], [], [], 2.5)[0] == []
                    server.send_signal(signal.SIGCONT)
                    assert client.recv(100).startswith(b"HTTP/1.1 200")
        finally:
            server.terminate()
            server.communicate(timeout=30)


def send(client: socket.socket, piece: bytes, most: int) -> None:
    """Send a piece again and again, `most` bytes in all."""
    for _ in range(most // len(piece)):
        client.sendall(piece)


@contextlib.contextmanager
def connected(service: httpx.Client, first: bytes) -> Iterator[socket.socket]:
    with socket.create_connection((service.base_url.host, service.base_url.port), timeout=30) as client:
        client.sendall(first)
        yield client


def cut(client: socket.socket, more: bytes) -> bool:
    """Whether the server has closed the connection; else `more` is sent on it."""
    client.settimeout(0.02)
    try:
        if client.recv(1_000) == b"":
            return True
        client.sendall(more)
    except TimeoutError:
        with contextlib.suppress(ConnectionError):
            client.sendall(more)
    except ConnectionError:
        return True
    return False
