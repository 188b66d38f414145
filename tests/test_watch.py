"""Request ids, the log and /metrics, of real services."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from running import AUTH, KEY, Running, running

from service.watch.exposition import NAMES
from service.watch.line import Asked, json_of, plain_of
from service.watch.tally import Tally

TEXT = "落实义务教育生均公用经费,扩建公办幼儿园两所。"
FAR = {"x-forwarded-for": "203.0.113.9"}  # uvicorn believes a proxy on this machine


def metrics(client: httpx.Client, **options: object) -> dict[tuple[str, ...], float]:
    """Every sample: its name and label values -> its value."""
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def until(client: httpx.Client, wanted: Callable[[dict[tuple[str, ...], float]], bool]) -> dict[tuple[str, ...], float]:
    """The figures once they are as wanted; workers tell one another theirs every second."""
    deadline = time.monotonic() + 20
    while not wanted(found := metrics(client)):
        assert time.monotonic() < deadline, found
    return found


def lines_of(service: Running) -> list[dict[str, object]]:
    """What a service logged until it ended, line by line; those of its start are not JSON."""
    service.process.terminate()
    service.process.wait(30)
    return [json.loads(line) for line in service.said.all().split("\n") if line.startswith("{")]


@pytest.mark.parametrize(
    ("given_id", "taken"),
    [("abc-1.2_Z", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ('a"b', False), ("", False)],
)
def test_a_request_keeps_the_id_it_came_with_if_it_is_a_plain_one(
    client: httpx.Client, given_id: str, taken: bool
) -> None:
    for path in ("/classify", "/nowhere"):
        sent = client.post(path, json={"text": TEXT}, headers={"x-request-id": given_id})
        assert len(sent.headers.get_list("x-request-id")) == 1
        assert (sent.headers["x-request-id"] == given_id) is taken
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", sent.headers["x-request-id"])


def test_the_log_has_a_line_a_request_and_neither_text_nor_keys(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        client = service.client
        client.post("/classify", json={"text": TEXT}, headers={"x-request-id": "one"})
        client.post("/classify/batch", json={"items": [{"text": TEXT}] * 40}, headers={"x-request-id": "many"})
        client.post("/documents", content=TEXT, headers={"content-type": "text/plain", "x-request-id": "document"})
        client.post(
            "/labels", json={"labels": [{"text": TEXT, "themes": []}]}, headers=AUTH | {"x-request-id": "label"}
        )
        client.get("/labels/7", headers={"cookie": "policy_themes_session=verysecret", "x-request-id": "look"})
        client.get("/" + "%0a%22%e2%80%a8x" * 3, headers={"x-request-id": "strange"})
        logged = lines_of(service)
    by_id = {line["request_id"]: line for line in logged if line["event"] == "request"}
    one = by_id["one"]
    assert (one["method"], one["path"], one["status"], one["sections"]) == ("POST", "/classify", 200, 1)
    assert one["characters"] == len(TEXT)
    assert one["in"] == len(json.dumps({"text": TEXT}, ensure_ascii=False, separators=(",", ":")).encode())
    assert one["out"] > 50
    assert 0 < one["ms"] < 30_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["time"])
    assert one["model"].startswith("2026")
    assert (by_id["many"]["sections"], by_id["many"]["characters"]) == (40, 40 * len(TEXT))
    assert by_id["document"]["sections"] == 1
    assert by_id["label"]["key"] == "本机"
    assert by_id["look"]["path"] == "/labels/{text:number}"
    assert by_id["strange"]["path"] == "(none)"
    written = json.dumps(logged, ensure_ascii=False)
    for secret in (TEXT[:8], KEY, "verysecret"):
        assert secret not in written
    assert "/health/ready" not in {line["path"] for line in by_id.values()}


def test_text_is_logged_where_it_is_asked_for(tmp_path: Path) -> None:
    with running(tmp_path, log_text="true") as service:
        service.client.post("/classify", json={"text": TEXT * 20})
        (line,) = (line for line in lines_of(service) if line.get("path") == "/classify")
    assert line["text"] == (TEXT * 20)[:200]


def test_where_only_faults_are_asked_for_a_sound_request_is_not_told(tmp_path: Path) -> None:
    with running(tmp_path, log_level="warning") as service:
        service.client.post("/classify", json={"text": TEXT})
        assert lines_of(service) == []


@pytest.mark.parametrize(("form", "told"), [("plain", True), ("off", False)])
def test_the_log_can_be_read_by_people_or_be_off(tmp_path: Path, form: str, told: bool) -> None:
    with running(tmp_path, log_format=form) as service:
        service.client.post("/classify", json={"text": TEXT}, headers={"x-request-id": "one"})
        service.process.terminate()
        service.process.wait(30)
        lines = [line for line in service.said.all().split("\n") if "/classify" in line]
    assert bool(lines) is told
    for line in lines:
        assert re.fullmatch(rf"[\d:]{{8}}  POST  /classify  200  [\d.]+ ms  1 段 {len(TEXT)} 字 \S+  -  one", line)


def test_an_unforeseen_error_is_one_line_with_its_traceback_and_the_request(
    tmp_path: Path, run_command: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    with running(tmp_path) as service:
        made = run_command("keys", "create", "甲", "--scope", "label", "--labels", tmp_path / "labels")
        key = made.stdout.decode().strip()
        with contextlib.closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as store:
            store.execute("UPDATE keys SET scopes = '{'")
        headers = {"authorization": f"Bearer {key}", "x-request-id": "broken"}
        answer = service.client.post("/labels", json={"labels": []}, headers=headers)
        logged = lines_of(service)
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == "broken"
    fault, asked = (line for line in logged if line["request_id"] == "broken")
    assert (asked["event"], asked["status"], asked["level"]) == ("request", 500, "error")
    assert (fault["event"], fault["level"], fault["error"]) == ("log", "error", "JSONDecodeError")
    assert "service/keys.py" in fault["traceback"]
    assert key.split("_")[2] not in json.dumps(logged)


texts = st.text(st.characters(), max_size=40)


@given(who=texts, text=texts, version=texts)
def test_nothing_that_strangers_write_breaks_a_line(who: str, text: str, version: str) -> None:
    tally = Tally(version, 1, 1, {}, 1, True, (text,))
    asked = Asked(1.0, 20, "id", "POST", "/classify", 200, 0.001, 1, 2, who, tally)
    told = json_of(asked, True)
    assert len(told.splitlines()) == 1
    assert (json.loads(told).get("key", ""), json.loads(told).get("text", "")) == (who, text)
    assert len(plain_of(asked, True).splitlines()) == 1
    assert "\x1b" not in plain_of(asked, True)


def test_a_log_that_nobody_reads_holds_up_no_request(tmp_path: Path) -> None:
    """The pipe takes 64 KB; what comes after waits in the service and holds up nobody."""
    with running(tmp_path) as service:
        for _ in range(600):
            service.client.post("/classify", json={"text": TEXT}).raise_for_status()
        assert metrics(service.client)["policy_themes_requests_total", "POST", "/classify", "200"] == 600


def test_every_worker_tells_the_figures_of_all_and_a_dead_one_leaves_its_counts(tmp_path: Path) -> None:
    with running(tmp_path, workers=2) as service:

        def send(count: int) -> None:
            for _ in range(count):  # each on a connection of its own, so that both workers get some
                body = {"text": TEXT}
                httpx.post(
                    f"{service.client.base_url}/classify", json=body, trust_env=False, timeout=30
                ).raise_for_status()

        key = ("policy_themes_requests_total", "POST", "/classify", "200")
        send(40)
        found = until(service.client, lambda one: one.get(key) == 40)
        sections = next(value for name, value in found.items() if name[0] == "policy_themes_sections_total")
        assert sections == 40
        assert found["policy_themes_request_seconds_count", "/classify"] == 40
        assert found["policy_themes_request_seconds_bucket", "+Inf", "/classify"] == 40
        workers = {name[1] for name in found if name[0] == "policy_themes_memory_bytes"}
        assert len(workers) == 2
        victim = int(min(workers))
        os.kill(victim, signal.SIGKILL)

        def replaced(one: dict[tuple[str, ...], float]) -> bool:
            there = {name[1] for name in one if name[0] == "policy_themes_memory_bytes"}
            return len(there) == 2 and str(victim) not in there

        deadline = time.monotonic() + 20
        while True:  # the connection may have been the victim's
            with contextlib.suppress(httpx.TransportError):
                if replaced(metrics(service.client)):
                    break
            assert time.monotonic() < deadline
        assert metrics(service.client)[key] == 40
        send(5)
        until(service.client, lambda one: one.get(key) == 45)


def test_the_shared_counts_are_removed_with_the_service(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(tmp_path / "tmp")
    try:
        with running(tmp_path, workers=2) as service:
            assert list((tmp_path / "tmp").glob("policy-themes-counts-*"))
            service.client.get("/themes")
    finally:
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
    assert not list((tmp_path / "tmp").glob("policy-themes-counts-*"))


def test_figures_are_open_here_and_elsewhere_to_keys_that_may_read(
    tmp_path: Path, run_command: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    with running(tmp_path) as service:
        assert service.client.get("/metrics").status_code == 200
        assert service.client.get("/metrics", headers=FAR).status_code == 401
        made = {
            scope: run_command("keys", "create", scope, "--scope", scope, "--labels", tmp_path / "labels")
            for scope in ("read", "label")
        }
        for scope, status in (("read", 200), ("label", 403)):
            key = {"authorization": f"Bearer {made[scope].stdout.decode().strip()}"}
            assert service.client.get("/metrics", headers=FAR | key).status_code == status
    with running(tmp_path, metrics_open="true") as service:
        assert service.client.get("/metrics", headers=FAR).status_code == 200


def test_figures_have_the_names_that_are_listed_and_strangers_add_none(tmp_path: Path) -> None:
    with running(tmp_path, max_requests=1) as service:
        for at in range(30):
            service.client.get(f"/no/such/{at}")
            service.client.request(f"X{at}", "/themes")
        service.client.post("/documents", content=b"%PDF-1.7 broken", headers={"content-type": "text/plain"})
        service.client.get("/labels")
        text = service.client.get("/metrics").text
    families = list(text_string_to_metric_families(text))
    assert {one.name for one in families} == set(NAMES)
    asked = [one.labels for family in families if family.name.endswith("_requests") for one in family.samples]
    assert {one["path"] for one in asked if one["status"] == "404"} == {"(none)"}
    assert {one["method"] for one in asked} <= {"GET", "POST", "OTHER"}


def test_prometheus_is_loaded_by_who_asks_for_figures_only() -> None:
    code = (
        "import sys; from service.app import create_app; from service.settings import Settings; create_app(Settings());"
        "print('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
