"""POST /documents on a real server."""

import io
import os
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

PLAN = (
    "某县教育局2024年工作要点\n发布时间:2024-02-01\n一、办好学前教育\n1.新建公办幼儿园3所,增加普惠学位。\n2.發放幼兒資助金,應助盡助。\n"
    "二、守牢安全底线\n3.排查校园消防隐患,开展应急演练。\n"
)


def send(client: httpx.Client, data: bytes, name: str = "要点.txt", **fields: str) -> httpx.Response:
    return client.post("/documents", files={"file": (name, data)}, data=fields)


def test_an_upload_gives_sections_facts_and_a_summary(client: httpx.Client) -> None:
    answer = send(client, PLAN.encode("gb18030"))
    assert answer.status_code == 200
    body = answer.json()
    document = body["documents"][0]
    assert (document["title"], document["year"], document["date"]) == ("某县教育局2024年工作要点", 2024, "2024-02-01")
    sections = [section for section in document["sections"] if section["kind"] == "section"]
    assert [section["number"] for section in sections] == ["1.", "2.", "3."]
    assert {theme["name"] for theme in sections[0]["themes"]} == {"学前", "基建"}
    assert sections[2]["heading"] == "二、守牢安全底线"
    assert {theme["name"]: theme["sections"] for theme in document["themes"]}["安全"] == 1
    assert document["repairs"]["traditional"] > 3
    assert all(PLAN[s["start"] : s["end"]] == s["text"] for s in sections[::2])
    assert body["problems"] == []
    assert body["model"]


def test_options_are_form_fields(client: httpx.Client) -> None:
    body = send(client, PLAN.encode(), top="1", evidence="false").json()
    sections = [section for section in body["documents"][0]["sections"] if section["kind"] == "section"]
    assert all(len(section["themes"]) == 1 and "evidence" not in section["themes"][0] for section in sections)


def test_plain_text_is_a_document_too(client: httpx.Client) -> None:
    answer = client.post("/documents", content=PLAN.encode(), headers={"content-type": "text/plain; charset=utf-8"})
    assert len(answer.json()["documents"][0]["sections"]) == 7


def test_an_archive_gives_its_documents_and_names_what_failed(client: httpx.Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲.txt", PLAN)
        archive.writestr("乙.docx", b"PK\x03\x04 broken")
    body = send(client, packed.getvalue(), "文件.zip").json()
    assert [document["document"] for document in body["documents"]] == ["文件.zip/甲.txt"]
    assert "乙.docx" in body["problems"][0]["where"]


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("空.txt", b"", 422, "空"),
        ("照片.png", b"\x89PNG", 422, "还不会读 .png"),
        ("坏.docx", b"PK\x03\x04 broken", 422, ""),
        ("坏.zip", b"not a zip", 422, ""),
        ("../../etc/x.pdf", b"%PDF-1.7 cut", 422, "x.pdf"),
    ],
)
def test_what_cannot_be_read_is_a_problem(client: httpx.Client, name: str, data: bytes, status: int, said: str) -> None:
    answer = send(client, data, name)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text
    assert ".." not in answer.json().get("where", "")


def test_faulty_requests_are_problems(client: httpx.Client) -> None:
    assert client.post("/documents", json={"text": "新建"}).status_code == 415
    assert client.post("/documents", files={"other": ("a.txt", b"x")}).json()["where"] == "file"
    assert send(client, PLAN.encode(), top="0").json()["where"] == "top"
    assert send(client, PLAN.encode(), nonsense="1").status_code == 422
    assert client.post("/documents", content=b"  ", headers={"content-type": "text/plain"}).status_code == 422
    broken = client.post("/documents", content=b"--x\r\n", headers={"content-type": "multipart/form-data"})
    assert broken.status_code == 400
    assert broken.headers["content-type"] == "application/problem+json"


def test_an_upload_over_the_limit_is_refused(serve: Callable[..., httpx.Client]) -> None:
    with serve(environment={"POLICY_THEMES_MAX_DOCUMENT_BYTES": "2000"}) as client:
        assert send(client, b"x" * 3000).status_code == 413
        assert client.get("/health/ready").status_code == 200


def test_a_reader_that_dies_is_replaced(serve: Callable[..., httpx.Client]) -> None:
    with serve() as client:
        assert send(client, PLAN.encode()).status_code == 200
        for worker in workers():
            os.kill(worker, signal.SIGKILL)
        assert [send(client, PLAN.encode()).status_code for _ in range(4)] == [200] * 4


def workers() -> list[int]:
    """The reading processes of the servers that this test run started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) if command else 0
            own = parent and int(Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1]) == os.getpid()
        except (OSError, ValueError):
            continue
        if own and b"spawn_main" in command:
            found.append(int(entry.name))
    return found
