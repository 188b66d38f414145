"""/labels/imports and /labels/export of a running service: files in, all or nothing, on each of the two databases."""

from __future__ import annotations

import csv
import io
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import write_labels
from test_service import assert_problem

from training.exchange import read_bytes

KEY = "key-of-the-tests"
AUTH = {"authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def service(
    request: pytest.FixtureRequest,
    serve: Callable[..., httpx.Client],
    small_models: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    """A service with a label store of its own, on each of the two databases; each test labels texts of its own."""
    folder = tmp_path_factory.mktemp("imports")
    write_labels(folder / "labels")
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_server").create(f"imports_{uuid.uuid4().hex}")
    environment = {
        "POLICY_THEMES_LABELS": str(folder / "labels"),
        "POLICY_THEMES_DATABASE": url,
        "POLICY_THEMES_LOCAL_KEY": KEY,
    }
    with serve("--models", small_models, environment=environment) as client:
        yield client


@pytest.fixture
def who() -> str:
    """An annotator of this test alone."""
    return secrets.token_hex(10)


def good(who: str) -> str:
    return f"text,themes,annotator\n落实{who}校车安全经费。,经费、安全,{who}\n新建幼儿园{who[::-1]}一所。,幼教,{who}\n"


def begun(service: httpx.Client, content: str | bytes, name: str = "表.csv", **fields: object) -> dict:
    data = {field: str(value) for field, value in fields.items()}
    answer = service.post("/labels/imports", files={"file": (name, content)}, data=data, headers=AUTH)
    assert answer.status_code == 202, answer.text
    return answer.json()


def ended(service: httpx.Client, job: dict, where: str = "/labels/imports", seconds: float = 60) -> dict:
    """The job once nothing more will come of it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        told = service.get(f"{where}/{job['id']}").raise_for_status().json()
        if told["state"] not in ("waiting", "running"):
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def imported(service: httpx.Client, content: str | bytes, name: str = "表.csv", **fields: object) -> dict:
    return ended(service, begun(service, content, name, **fields))


def total(service: httpx.Client, **wanted: object) -> int:
    return service.get("/labels", params=wanted).json()["total"]


def test_a_spreadsheet_is_imported_and_again_changes_nothing(service: httpx.Client, who: str) -> None:
    done = imported(service, good(who))
    assert (done["state"], done["by"], done["file"]) == ("done", "本机", "表.csv")
    assert done["done"] == done["total"] == 2
    assert done["report"]["new"] == 2
    assert done["report"]["themes"] == {"经费": 1, "安全": 1, "学前": 1}
    (text,) = service.get("/labels", params={"annotator": who, "theme": "安全"}).json()["items"]
    assert (text["themes"], text["source"]) == (["经费", "安全"], "表")
    again = imported(service, good(who))
    assert (again["state"], again["report"]["new"], again["report"]["same"]) == ("done", 0, 2)
    listed = service.get("/labels/imports", params={"limit": 1}).json()
    assert listed["total"] >= 2
    assert [one["id"] for one in listed["items"]] == [again["id"]]


def test_with_one_fault_nothing_is_written_and_each_is_told_by_line(service: httpx.Client, who: str) -> None:
    before = total(service)
    bad = good(who) + f"排查食堂隐患{who}。,学钱,\n,安全,\n落实{who}校车安全经费。,安全,{who}\n"
    failed = imported(service, bad)
    assert failed["state"] == "failed"
    report = failed["report"]
    assert (report["fault_count"], report["conflicts"]) == (3, 1)
    assert [fault["where"] for fault in report["faults"]] == ["表.csv:4", "表.csv:5", "表.csv:6"]
    assert "学前" in report["faults"][0]["zh"]
    assert "表.csv:2" in report["faults"][2]["zh"]
    assert total(service) == before


def test_many_faults_are_counted_and_a_thousand_shown(service: httpx.Client, who: str) -> None:
    rows = "".join(f"新建第{number}所学校。,没有的主题\n" for number in range(1_200))
    report = imported(service, f"text,themes\n{rows}")["report"]
    assert (report["fault_count"], len(report["faults"])) == (1_200, 1_000)


def test_a_preview_says_the_same_and_writes_nothing(service: httpx.Client, who: str) -> None:
    before = total(service)
    shown = imported(service, good(who), preview=True)
    assert (shown["state"], shown["report"]["new"]) == ("done", 2)
    assert "预览" in shown["message"]
    assert total(service) == before
    assert imported(service, good(who))["report"] == shown["report"]


def test_an_annotator_changes_a_label_only_when_replacing_is_asked_for(service: httpx.Client, who: str) -> None:
    imported(service, good(who))
    changed = good(who).replace("经费、安全", "安全")
    refused = imported(service, changed)
    assert (refused["state"], refused["report"]["conflicts"]) == ("failed", 1)
    done = imported(service, changed, replace=True)
    assert (done["report"]["changed"], done["report"]["same"], done["report"]["new"]) == (1, 1, 0)
    (text,) = service.get("/labels", params={"words": f"{who}校车安全经费"}).json()["items"]
    assert text["themes"] == ["安全"]


def test_another_annotator_who_differs_is_a_conflict_to_settle_not_a_fault(service: httpx.Client, who: str) -> None:
    imported(service, good(who))
    done = imported(service, good(who).replace("经费、安全", "安全").replace(f",{who}\n", ",李强\n"))
    assert (done["state"], done["report"]["new"], done["report"]["differing"]) == ("done", 2, 1)
    assert total(service, state="conflict", annotator=who) == 1


def test_near_duplicates_are_left_out_with_a_warning(service: httpx.Client, who: str) -> None:
    near = good(who) + f"落实{who}校车的安全经费。,经费,{who}\n"
    done = imported(service, near)
    assert (done["report"]["new"], done["report"]["near"]) == (2, 1)
    assert done["report"]["warnings"][0]["where"] == "表.csv:4"


def test_protected_and_unlabelled_texts(service: httpx.Client, who: str) -> None:
    done = imported(service, f"text,themes\n组建{who}教研共同体。,\n", unlabelled=True)
    assert (done["report"]["unlabelled"], total(service, state="open", words=who)) == (1, 1)
    imported(service, f"text,themes\n家园共育{who}。,学前\n", protected=True)
    assert total(service, protected=True, words=who) == 1
    imported(service, good(who))
    trained = imported(service, good(who), protected=True)
    assert trained["state"] == "failed"
    assert "受保护" in trained["report"]["faults"][0]["zh"]


@pytest.mark.parametrize(
    ("content", "name", "fields", "said"),
    [
        (b"PK\x03\x04 no workbook", "a.xlsx", {}, "xlsx"),
        (b"\x00\x01\x02", "a.bin", {}, "格式"),
        ("text,themes\n", "a.csv", {}, "没有标注"),
        ("themes\n学前\n", "a.csv", {}, "text"),
        ("text,themes,date\n新建幼儿园。,学前,去年\n", "a.csv", {}, "日期"),
        ('{"text": 3, "themes": []}\n', "a.jsonl", {}, "text"),
    ],
)
def test_files_that_cannot_be_read_say_why(
    service: httpx.Client, content: str | bytes, name: str, fields: dict, said: str
) -> None:
    failed = imported(service, content, name, **fields)
    assert failed["state"] == "failed"
    assert said in failed["report"]["faults"][0]["zh"]


def test_requests_that_are_no_import_are_refused(service: httpx.Client, who: str) -> None:
    file = {"file": ("a.csv", good(who))}
    assert_problem(service.post("/labels/imports", files=file), 401)
    assert_problem(service.post("/labels/imports", files=file, data={"kind": "page"}, headers=AUTH), 422)
    assert_problem(service.post("/labels/imports", files=file, data={"more": "1"}, headers=AUTH), 422)
    assert_problem(service.post("/labels/imports", data={"kind": "clause"}, headers=AUTH), 415)
    assert_problem(service.get("/labels/imports/none"), 404)
    done = imported(service, good(who))
    assert_problem(service.delete(f"/labels/imports/{done['id']}", headers=AUTH), 409)


def test_a_cancelled_import_leaves_nothing(service: httpx.Client, who: str) -> None:
    before = total(service)
    rows = "".join(f"{number * 7919:x}{who}{number * 104729:x}校新建校舍。,经费\n" for number in range(20_000))
    job = begun(service, f"text,themes\n{rows}")
    cancelled = service.delete(f"/labels/imports/{job['id']}", headers=AUTH)
    assert cancelled.json()["state"] == "cancelled"
    # The next import has its turn once the process of the first has ended.
    assert imported(service, good(who))["state"] == "done"
    assert total(service) == before + 2
    assert service.get(f"/labels/imports/{job['id']}").json()["state"] == "cancelled"


@pytest.mark.parametrize("name", ["csv", "xlsx", "jsonl", "label-studio", "doccano", "fasttext"])
def test_export_gives_back_what_was_labelled(service: httpx.Client, who: str, name: str) -> None:
    imported(service, good(who))
    answer = service.get("/labels/export", params={"format": name}).raise_for_status()
    from policy_themes.themes import Codebook, Theme

    codebook = Codebook(tuple(Theme(str(at), theme, "") for at, theme in enumerate(("学前", "安全", "经费"))))
    read = {one.text: one.themes for one in read_bytes(answer.content, "x", codebook, name)}
    assert len(read) == total(service) - total(service, state="open")
    assert read[f"落实{who}校车安全经费。"] == ("经费", "安全")


def test_export_with_a_column_for_each_theme(service: httpx.Client, who: str) -> None:
    imported(service, good(who))
    answer = service.get("/labels/export", params={"marks": True, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["text"] == f"落实{who}校车安全经费。"]
    assert (row["学前"], row["安全"], row["经费"]) == ("", "1", "1")
