"""Requests answered before uvicorn's parser: however they are cut and mixed, each gets its answer, in order, and is counted and logged."""

import contextlib
import http.client
import io
import itertools
import json
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.plain import START, plain

TEXTS = ("落实义务教育生均公用经费。", "扩建公办幼儿园两所,新增学位三百个。", "开展校园消防安全隐患排查。")
HEAD = START + b"host: a\r\ncontent-type: application/json\r\ncontent-length: 12"


@dataclass(frozen=True)
class Ask:
    """What is sent, and the status and body that are to come."""

    sent: bytes
    status: int
    body: object = None


def post(body: bytes, *headers: bytes) -> bytes:
    lines = (b"host: a", b"content-type: application/json", b"content-length: %d" % len(body), *headers)
    return START + b"\r\n".join(lines) + b"\r\n\r\n" + body


def said(text: str, **more: object) -> bytes:
    return json.dumps({"text": text, **more}, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def service(serve: Callable[..., httpx.Client], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    store = tmp_path_factory.mktemp("shortcut") / "store.db"
    with serve(environment={"POLICY_THEMES_DATABASE": f"sqlite:///{store}"}) as client:
        yield client


@pytest.fixture(scope="module")
def asks(service: httpx.Client) -> list[Ask]:
    """Plain requests, and some of every other kind."""
    charset = {"content-type": "application/json; charset=utf-8"}
    answers = [service.post("/classify", content=said(text), headers=charset).json() for text in TEXTS]
    plain_ones = [Ask(post(said(text)), 200, answer) for text, answer in zip(TEXTS, answers, strict=True)]
    body = said(TEXTS[0])
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    chunked = START + b"host: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n" + chunk
    return [
        *plain_ones,
        Ask(post(body, b"x-request-id: own.name-1"), 200, answers[0]),
        Ask(post(body, b"Connection: Keep-Alive", b"Cookie: a=b"), 200, answers[0]),
        Ask(chunked, 200, answers[0]),
        Ask(post(b'{"text": "'), 400),
        Ask(post(said("")), 422),
        Ask(post(said(TEXTS[0], threshold=2)), 422),
        Ask(post(b""), 422),
        Ask(b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n", 200),
        Ask(b"POST /classify?a=1 HTTP/1.1\r\n" + post(body)[len(START) :], 200, answers[0]),
        Ask(b"GET /classify HTTP/1.1\r\nhost: a\r\n\r\n", 405),
    ]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mixed_and_cut_anywhere_each_gets_its_answer_in_order(
    service: httpx.Client, asks: list[Ask], data: st.DataObject
) -> None:
    some = data.draw(st.lists(st.sampled_from(asks), min_size=1, max_size=5))
    stream = b"".join(one.sent for one in some)
    whole = [stream.index(b"\r\n\r\n") + 4, len(some[0].sent)]  # where clients do part what they send
    places = data.draw(st.lists(st.integers(1, len(stream) - 1) | st.sampled_from(whole), max_size=3))
    cuts = sorted({0, *places, len(stream)})
    with connected(service) as client:
        for begin, end in itertools.pairwise(cuts):
            client.sendall(stream[begin:end])
            service.get("/health/live")  # so that the pieces come one by one
        assert answers(client, len(some)) == [(one.status, one.body) for one in some]


def test_a_request_may_name_itself_and_end_the_connection(service: httpx.Client) -> None:
    body = said(TEXTS[0])
    with connected(service) as client:
        client.sendall(post(body, b"x-request-id: own.name-2") + post(body, b"connection: close"))
        first, second = received(client, 2)
        assert first.getheader("x-request-id") == "own.name-2"
        assert re.fullmatch(r"[0-9a-f]{10}-[0-9a-f]+", second.getheader("x-request-id"))
        assert second.getheader("connection") == "close"
        assert client.recv(1) == b""


def test_plain_requests_are_counted_with_what_they_tagged(service: httpx.Client) -> None:
    def counted() -> tuple[float, float]:
        told = service.get("/metrics").text
        requests = re.search(r'policy_themes_requests_total\{[^}]*path="/classify",status="200"\} ([\d.]+)', told)
        sections = re.search(r"policy_themes_sections_total\{[^}]*\} ([\d.]+)", told)
        return float(requests[1]) if requests else 0, float(sections[1]) if sections else 0

    before = counted()
    with connected(service) as client:
        client.sendall(post(said(TEXTS[1])) * 7)
        answers(client, 7)
    assert counted() == (before[0] + 7, before[1] + 7)


def test_a_client_that_goes_before_its_answer_disturbs_nobody(service: httpx.Client) -> None:
    for _ in range(50):
        with connected(service) as client:
            client.sendall(post(said(TEXTS[2])))
    with connected(service) as client:
        client.sendall(post(said(TEXTS[2])))
        assert [status for status, _ in answers(client, 1)] == [200]


@pytest.mark.parametrize(
    "more",
    [
        b"transfer-encoding: chunked",
        b"content-length: 13",
        b"content-length: 12",
        b"content-type: text/plain",
        b"expect: 100-continue",
        b"connection: close",
        b"connection: upgrade\r\nupgrade: websocket",
        b"trailer: a",
        b"a b: c",
        b" folded",
        b"a: \x00",
        b"no colon",
    ],
)
def test_what_is_out_of_the_ordinary_is_not_plain(more: bytes) -> None:
    assert plain(HEAD) == (12, "")
    assert plain(HEAD + b"\r\n" + more) is None


@pytest.mark.parametrize("left_out", [b"content-type: application/json", b"content-length: 12"])
def test_nor_is_what_says_too_little(left_out: bytes) -> None:
    assert plain(HEAD.replace(left_out, b"x: y")) is None


@given(st.binary(max_size=60))
def test_no_head_breaks_it(more: bytes) -> None:
    found = plain(HEAD + b"\r\n" + more)
    assert found is None or found.length == 12


@contextlib.contextmanager
def connected(service: httpx.Client) -> Iterator[socket.socket]:
    with socket.create_connection((service.base_url.host, service.base_url.port), timeout=30) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client


def received(client: socket.socket, count: int) -> Sequence[http.client.HTTPResponse]:
    """The next answers, read."""
    reader = client.makefile("rb")
    found = []
    for _ in range(count):
        one = http.client.HTTPResponse(_Stream(reader))
        one.begin()
        one.content = one.read()
        found.append(one)
    return found


def answers(client: socket.socket, count: int) -> list[tuple[int, object]]:
    """Status and body of the next answers; the body of a tagged text alone."""
    found = []
    for one in received(client, count):
        told = json.loads(one.content)
        found.append((one.status, told if "themes" in told else None))
    return found


class _Stream:
    """A reader of a connection, as http.client asks for it; it must not be closed by the first answer."""

    def __init__(self, reader: io.BufferedReader) -> None:
        self._reader = reader

    def makefile(self, _: str) -> "_Stream":
        """Called by http.client."""
        return self

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)

    def close(self) -> None:
        """Called by http.client at the end of an answer."""
