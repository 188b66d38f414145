"""Traces, sent to a collector that the test is."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from running import running

WORDS = "新建公办幼儿园"


class Collector(ThreadingHTTPServer):
    """Keeps the bodies that it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.bodies: list[bytes] = []

    def spans(self) -> dict[str, Span]:
        """By name."""
        asked = map(ExportTraceServiceRequest.FromString, self.bodies)
        scopes = [scope for one in asked for resource in one.resource_spans for scope in resource.scope_spans]
        return {span.name: span for scope in scopes for span in scope.spans}


class Post(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("workers", [1, 2])
def test_requests_are_traced_without_what_they_say(collector: Collector, tmp_path: Path, workers: int) -> None:
    with running(tmp_path, workers=workers) as found:
        answer = found.client.post("/classify", json={"text": WORDS}, params={"note": WORDS})
        answer.raise_for_status()
        assert found.client.get("/themes/none").status_code == 404
        assert found.client.get("/health/live").status_code == 200
    spans = collector.spans()  # what is left is sent when the service stops
    assert spans.keys() == {"POST /classify", "GET /themes/none"}
    told = {one.key: str(one.value) for one in spans["POST /classify"].attributes}
    assert "200" in told["http.response.status_code"]
    assert answer.headers["x-request-id"] in told["http.response.header.x_request_id"]
    assert not any(WORDS.encode() in body for body in collector.bodies)


def test_nothing_is_traced_unless_asked(collector: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")
    with running(tmp_path) as found:
        found.client.post("/classify", json={"text": WORDS}).raise_for_status()
    assert collector.bodies == []
