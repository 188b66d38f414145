"""Attempts to reach files by name: in addresses, uploads, archives and imports. Nothing outside is read, written or made."""

from __future__ import annotations

import http.client
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from conftest import ROOT
from running import AUTH, Running, running
from test_csrf import routes
from test_jobs import until

from service.app import create_app
from service.settings import Settings

SECRET = "一级机密不得外传"
TEXT = "某县工作要点\n1.新建公办幼儿园三所。\n2.排查校园消防隐患。\n"
# What a folder of the place above the labels, the models and the results is called, as all sorts of systems write it.
NAMES = [
    "../outside",
    "../../outside",
    "../../../../../../../../etc/passwd",
    "..\\outside",
    "....//outside",
    "/etc/passwd",
    "//etc/passwd",
    "C:\\Windows\\win.ini",
    "\\\\host\\share\\x",
    "file:///etc/passwd",
    "outside\0.txt",
    "..",
    ".",
    "~root",
    "..\u2215outside",
    "\uff0e\uff0e\uff0foutside",
    "CON",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a secret, a version that is none of the models folder's, and a home within."""
    folder = tmp_path_factory.mktemp("traversal")
    (folder / "home" / "tmp").mkdir(parents=True)
    for name in ("outside", "home/outside"):
        (folder / name).mkdir()
        (folder / name / "manifest.json").write_text(json.dumps({"version": SECRET}), "utf-8")
        (folder / name / "secret.txt").write_text(SECRET, "utf-8")
    (folder / "secret.txt").write_text(SECRET, "utf-8")
    return folder


@pytest.fixture(scope="module")
def office(place: Path) -> Iterator[Running]:
    models = shutil.copytree(ROOT / "models", place / "home" / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(place / "home" / "tmp"))
        with running(place / "home", models=models) as office:
            yield office


@pytest.fixture
def untouched(place: Path, office: Running) -> Iterator[None]:
    """What is there but the label store and what is kept of results is afterwards as it was."""
    before = tree(place)
    yield
    assert tree(place) == before


def tree(place: Path) -> dict[str, bytes]:
    """Every file and folder, links not followed."""
    own = re.compile(r"home/(store\.db.*|tmp/policy-themes-\w+(/results-\w+(/\w{32}\.json\.gz)?)?)")
    found = {str(path.relative_to(place)): path for path in place.rglob("*")}
    return {
        name: path.read_bytes() if path.is_file() else b"" for name, path in found.items() if not own.fullmatch(name)
    }


def ask(office: Running, path: str, method: str = "GET") -> tuple[int, str]:
    """A request for an address exactly as it stands, which clients would put in order first."""
    url = office.client.base_url
    connection = http.client.HTTPConnection(url.host, url.port or 80, timeout=30)
    connection._validate_path = lambda _: None  # type: ignore[attr-defined]
    body = b"{}" if method == "POST" else b""
    try:
        headers = {**AUTH, "content-type": "application/json", "accept": "text/html"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def addresses() -> Iterator[tuple[str, str]]:
    """Every address that names something, with something that it must not reach."""
    for route in routes(create_app(Settings()).routes):
        if "{" not in route.path:
            continue
        for name in NAMES:
            for written in (quote(name, safe=""), quote(quote(name, safe=""), safe=""), quote(name, safe="/.")):
                # One part at a time: the others name what there may be.
                filled = re.sub(r"\{\w+(:\w+)?\}", written, route.path, count=1)
                yield from ((method, re.sub(r"\{\w+(:\w+)?\}", "1", filled)) for method in route.methods - {"HEAD"})


def test_no_address_reaches_beyond_what_it_names(office: Running, untouched: None) -> None:
    sent = set(addresses())
    assert len({path for _, path in sent}) > 500
    for method, path in sorted(sent):
        status, text = ask(office, path, method)
        assert SECRET not in text, path
        assert "root:" not in text, path
        # What leads out by plain dots may be put in order on the way to another address of ours.
        assert 300 <= status < 500, (method, path, status, text[:300])


def test_files_of_the_pages_are_all_that_is_served(office: Running, place: Path, untouched: None) -> None:
    there = ("secret.txt", "app.py", "etc/passwd", "models/current", "settings.py", "labels/themes.yaml")
    up = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%5c",
        "..\\",
        "....//",
        "%252e%252e%252f",
        "..;/",
        "%c0%ae%c0%ae/",
        "/",
    )
    starts = ("/static/", "/static/desk/", "/", "/docs/", "/desk/")
    for begun in starts:
        for step in up:
            for name in there:
                status, text = ask(office, begun + step * 8 + name)
                assert status in (307, 404, 405, 400, 422), (begun, step, name, status)
                assert SECRET not in text
    assert ask(office, f"/static/{quote(str(place / 'secret.txt'))}")[0] == 404
    assert ask(office, "/static/desk/")[0] == 404  # nor is a folder listed


def test_queries_that_name_something_name_only_that(office: Running, untouched: None) -> None:
    live = office.client.get("/models").json()["live"]
    for name in NAMES:
        given = quote(name, safe="")
        for path in (
            f"/models/{live}/comparison?live={given}",
            f"/desk/compare?r={given}",
            f"/labels/export?format={given}",
        ):
            status, text = ask(office, path)
            assert SECRET not in text, path
            assert status in ((200, 404, 422) if "/desk/" in path else (404, 422)), (path, status)
        status, text = ask(office, f"/desk/sign-in?to={given}")
        assert (status, SECRET in text) == (200, False)


def upload(office: Running, path: str, name: str, data: bytes, **fields: str) -> httpx.Response:
    """A file under a name exactly as it stands."""
    edge = b"edge-of-a-part"
    parts = [
        b'Content-Disposition: form-data; name="file"; filename="%b"\r\n\r\n%b'
        % (name.replace('"', "%22").encode("utf-8", "surrogatepass"), data)
    ]
    parts += [
        b'Content-Disposition: form-data; name="%b"\r\n\r\n%b' % (key.encode(), value.encode())
        for key, value in fields.items()
    ]
    body = b"".join(b"--%b\r\n%b\r\n" % (edge, part) for part in parts) + b"--%b--\r\n" % edge
    headers = {**AUTH, "content-type": f"multipart/form-data; boundary={edge.decode()}"}
    return office.client.post(path, content=body, headers=headers)


@pytest.mark.parametrize("path", ["/documents", "/desk/results"])
def test_the_name_of_an_upload_is_a_name_and_no_place(office: Running, path: str, untouched: None) -> None:
    for name in [*NAMES, *(f"{one}.txt" for one in NAMES), "a/../../../b.txt", "x\r\nSet-Cookie: a=b.txt"]:
        answer = upload(office, path, name, TEXT.encode())
        assert answer.status_code in (200, 400, 415, 422), (name, answer.status_code)
        assert SECRET not in answer.text
        assert "set-cookie" not in answer.headers
        if answer.status_code == 200:
            told: dict[str, Any] = answer.json()
            shown = told["documents"][0]["document"] if path == "/documents" else told["name"]
            assert not re.search(r"[/\\]", shown), name


def packed(members: dict[str, bytes], links: tuple[str, ...] = ()) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)
            entry.filename = name
            entry.create_system = 3
            entry.external_attr = (0o120777 if name in links else 0o100644) << 16
            archive.writestr(entry, content)
    return held.getvalue()


def test_archives_unpack_to_nowhere_and_links_lead_nowhere(office: Running, place: Path, untouched: None) -> None:
    targets = [str(place / "secret.txt"), "../../secret.txt", "/etc/passwd"]
    links = {f"链接{at}.txt": target.encode() for at, target in enumerate(targets)}
    slips = {f"{name}/{at}.txt": TEXT.encode() for at, name in enumerate(NAMES)}
    inner = packed({**slips, **links}, tuple(links))
    for data in (
        packed(slips),
        packed(links, tuple(links)),
        packed({"好.txt": TEXT.encode(), "../内.zip": inner, "内.zip": inner}),
    ):
        for path in ("/documents", "/desk/results"):
            answer = upload(office, path, "../包.zip", data)
            assert answer.status_code in (200, 422), answer.text
            assert SECRET not in answer.text
            if path == "/desk/results" and answer.status_code == 200:
                address = answer.json()["url"]
                pages = (office.client.get(f"{address}{end}").text for end in ("", "/download.html", "/download.jsonl"))
                assert not any(SECRET in page or "root:" in page for page in pages)


def test_documents_that_name_other_files_get_none_of_them(office: Running, place: Path, untouched: None) -> None:
    secret = (place / "secret.txt").as_uri()
    entity = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY s SYSTEM "{secret}">]>'
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'{entity}<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>1.排查隐患&s;</w:t></w:r></w:p></w:body></w:document>'
    kinds = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    book = f'{entity}<worksheet><sheetData><row><c t="inlineStr"><is><t>&s;</t></is></c></row></sheetData></worksheet>'
    page = f'<p>1.排查隐患</p><iframe src="{secret}"></iframe><object data="{secret}"></object><xi:include href="{secret}"/>'
    files = {
        "要点.docx": packed({"[Content_Types].xml": kinds.encode(), "word/document.xml": body.encode()}),
        "要点.xlsx": packed({"[Content_Types].xml": kinds.encode(), "xl/worksheets/sheet1.xml": book.encode()}),
        "要点.html": page.encode(),
        "要点.ofd": packed(
            {"OFD.xml": f"{entity}<OFD><DocBody><DocRoot>../../secret.txt</DocRoot>&s;</DocBody></OFD>".encode()}
        ),
    }
    for name, data in files.items():
        answer = upload(office, "/documents", name, data)
        assert answer.status_code in (200, 422), (name, answer.text)
        assert SECRET not in answer.text, name


def test_an_import_of_labels_takes_its_name_for_a_name(office: Running, untouched: None) -> None:
    line = json.dumps(
        {"text": "排查校园消防隐患并上报结果。", "themes": ["安全"], "source": "../../outside"}, ensure_ascii=False
    )
    jobs = []
    for name in ("../../outside/a.jsonl", "/etc/cron.d/a.jsonl", "..\\..\\a.jsonl", "a\0.jsonl"):
        answer = upload(office, "/labels/imports", name, line.encode(), source="../x", annotator="../../y")
        assert answer.status_code in (202, 422), answer.text
        jobs += [answer.json()["id"]] if answer.status_code == 202 else []
    assert jobs
    for job in jobs:
        until(lambda at=f"/labels/imports/{job}": office.client.get(at).json()["state"] not in ("waiting", "running"))
        ended = office.client.get(f"/labels/imports/{job}").json()
        assert not re.search(r"[/\\]", ended["file"]), ended["file"]
        assert SECRET not in json.dumps(ended, ensure_ascii=False)
