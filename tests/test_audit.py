"""The audit: every change and every refusal has its row, and a store that is away loses neither labels nor answers."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import write_labels
from running import AUTH, running

from service.audit.entry import Entry
from service.audit.rows import Wanted, add, count, find
from service.database.database import Database

PLACE = re.compile(r"\{\w+\}")
KEY = "0123456789abcdef"
LOCAL = {"authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def service(
    serve: Callable[..., httpx.Client], small_models: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    home = tmp_path_factory.mktemp("audit")
    write_labels(home / "labels")
    shutil.copytree(small_models, home / "models")
    environment = {"POLICY_THEMES_LABELS": str(home / "labels"), "POLICY_THEMES_LOCAL_KEY": KEY}
    with serve("--models", home / "models", environment=environment) as client:
        yield client


def rows(service: httpx.Client, **asked: object) -> list[dict]:
    answer = service.get("/audit", params=asked, headers=LOCAL)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def templates(service: httpx.Client) -> dict[str, str]:
    """Every operation that asks for a key to write, as its row tells it, by the method and address that are called."""
    return {
        f"{method} {PLACE.sub('1', path)}": f"{method.upper()} {PLACE.sub('', path)}"
        for path, one in service.get("/openapi.json").json()["paths"].items()
        for method, told in one.items()
        if method != "get" and told["security"] and {} not in told["security"]
    }


def test_every_operation_that_writes_leaves_its_row_before_it_answers(service: httpx.Client) -> None:
    wanted = templates(service)
    for at, (call, operation) in enumerate(wanted.items()):
        method, path = call.split(" ")
        answer = service.request(method, path, json={}, headers=LOCAL | {"x-request-id": f"write-{at}"})
        (row,) = (one for one in rows(service, limit=5) if one["request_id"] == f"write-{at}")
        assert re.sub(r"\{[\w:]+\}", "", row["operation"]) == operation
        told = (row["who"], row["target"], row["status"])
        assert told == ("本机", path, answer.status_code)
    assert len(wanted) > 10


def test_what_only_reads_or_tags_leaves_none(service: httpx.Client) -> None:
    before = service.get("/audit", headers=LOCAL).json()["total"]
    service.get("/labels").raise_for_status()
    service.post("/classify", json={"text": "足额拨付学校经费。"})
    service.post("/documents", content="足额拨付学校经费。", headers={"content-type": "text/plain"})
    assert service.get("/audit", headers=LOCAL).json()["total"] == before


def test_who_is_refused_is_told_and_cannot_fill_the_store(service: httpx.Client) -> None:
    far = {"x-forwarded-for": "203.0.113.7"}
    for _ in range(90):
        assert service.post("/labels", json={}, headers=far).status_code == 401
    assert service.get("/audit", headers=far).status_code == 401
    told = rows(service, who="未知 203.0.113.7", limit=200)
    assert 60 <= len(told) <= 62
    assert {(one["operation"], one["status"]) for one in told} == {("POST /labels", 401)}


def test_signing_in_and_changes_on_the_page_are_told(service: httpx.Client) -> None:
    with httpx.Client(base_url=service.base_url, trust_env=False, timeout=30) as browser:
        browser.post("/desk/sign-in", data={"key": "wrong"}, headers={"x-request-id": "in-1"})
        browser.post("/desk/sign-in", data={"key": KEY}, headers={"x-request-id": "in-2"})
        shown = browser.get("/desk/operations", headers={"accept": "text/html"}).text
        assert "POST /desk/sign-in" in shown
        csrf = re.search(r'data-csrf="(\w+)"', shown)[1]
        browser.post("/desk/sign-out", headers={"x-request-id": "out-1"})
        browser.post("/desk/sign-out", data={"csrf": csrf}, headers={"x-request-id": "out-2"})
    told = {one["request_id"]: one for one in rows(service, operation="/desk/sign", limit=20)}
    assert (told["in-1"]["who"], told["in-1"]["status"]) == ("未知 127.0.0.1", 422)
    assert (told["in-2"]["who"], told["in-2"]["status"]) == ("本机", 303)
    assert (told["out-1"]["who"], told["out-1"]["status"]) == ("本机", 403)
    assert (told["out-2"]["who"], told["out-2"]["status"]) == ("本机", 303)
    assert "wrong" not in json.dumps(told)


def test_the_audit_is_paged_and_sifted(store: Database) -> None:
    made = [
        Entry(f"甲{at % 2}", "POST /labels", f"/labels?{at}", 200 + at % 3, f"r{at}", f"2026-01-{at + 1:02}")
        for at in range(9)
    ]
    with store.write() as connection:
        add(connection, made)
    with store.read() as connection:
        first = find(connection, Wanted(), limit=4)
        then = find(connection, Wanted(), before=first[-1].id, limit=50)
        assert [one.request_id for one in (*first, *then)] == [f"r{at}" for at in reversed(range(9))]
        assert {one.request_id for one in find(connection, Wanted(who="甲1", status=200))} == {"r3"}
        assert count(connection, Wanted(operation="/labels")) == 9
        assert count(connection, Wanted(operation="%")) == 0
        assert count(connection, Wanted(since="2026-01-03", until="2026-01-05")) == 2


def test_a_row_that_cannot_be_written_costs_no_label_and_is_in_the_log(tmp_path: Path) -> None:
    """The table of the audit has been taken away; that of labels is there."""
    import contextlib
    import sqlite3

    with running(tmp_path) as service:
        service.client.get("/labels").raise_for_status()
        with contextlib.closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as store:
            store.execute("DROP TABLE audit")
        body = {"labels": [{"text": "足额拨付学校经费。", "themes": ["经费"]}]}
        answer = service.client.post("/labels", json=body, headers=AUTH | {"x-request-id": "kept"})
        assert answer.json()["new"] == 1
        assert "policy_themes_audit_failures_total 1.0" in service.client.get("/metrics").text
        service.process.terminate()
        service.process.wait(30)
        logged = service.said.all()
    assert any(
        '"level": "error"' in line and "'kept'" in line and "POST /labels" in line for line in logged.split("\n")
    )


def test_the_command_lists_it(tmp_path: Path, run_command: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    with running(tmp_path) as service:
        service.client.post("/labels", json={"labels": []}, headers=AUTH | {"x-request-id": "one"})
        service.client.delete("/labels/%1b%5b31m", headers={"x-request-id": "two"})
        service.client.delete("/labels/5", headers={"x-request-id": "three"})
    listed = run_command("audit", "--labels", tmp_path / "labels")
    assert listed.returncode == 0, listed.stderr.decode()
    newest, oldest = listed.stdout.decode().splitlines()
    assert oldest.split("  ")[1:3] == ["本机", "POST /labels"]
    assert newest.split("  ")[1:] == ["未知 127.0.0.1", "DELETE /labels/{text:number}", "/labels/5", "401", "three"]
    told = run_command("audit", "--json", "--status", "401", "--labels", tmp_path / "labels").stdout.decode()
    assert [json.loads(line)["request_id"] for line in told.splitlines()] == ["three"]
    none = run_command("audit", "--who", "谁也不是", "--labels", tmp_path / "labels")
    assert (none.returncode, none.stdout) == (0, b"")
