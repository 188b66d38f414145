"""Scripts stored wherever strangers write: every page, found among the routes, and every file shows them as text and runs none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from browser import Browser, Visit, chromium, needs_chromium
from conftest import THEMES, label_lines, write_labels
from test_csrf import COOKIE, HTML, Signed, routes, sign_in
from test_jobs import until

from policy_themes.versions import Promotion, Versions
from service.app import create_app
from service.database.database import Database, now
from service.keys import create
from service.settings import Settings
from training.run import train

pytestmark = needs_chromium
RUN = "alert(window.taken=1)"
HOSTILE = f'</title></script><script>{RUN}</script>"\'><img src=x onerror="{RUN}"><svg/onload={RUN}>{{{{7*7}}}}${{7*7}}'
# What fits where names are short, and where neither blanks nor some marks may stand.
SHORT = f"\"'><svg/onload={RUN}>"
THEME = f"\"'><img/src=x/onerror={RUN}>"
PARTS = ("/follow", "/comparison")
# Which show nothing that strangers wrote, but for the name in the bar; here there is no other version to compare or go back to.
PLAIN = re.compile(r"/desk/(help|new-theme|train/(import|checks|rollback|versions/[^/]+))|.*/follow")
LINK = f"javascript:{RUN}"
# Whatever in a page could run what was stored: none of ours is written so.
FOUND = """() => [...document.querySelectorAll('*')].filter(one => [...one.attributes].some(attribute =>
    attribute.name.startsWith('on') || /^\\s*javascript:/i.test(attribute.value))
    || (one.tagName === 'SCRIPT' && !one.src) || one.closest('svg')?.hasAttribute('onload')
    || (one.tagName === 'IMG' && one.getAttribute('src') === 'x')).map(one => one.outerHTML)"""


@dataclass(frozen=True, slots=True)
class Office:
    """A service with scripts everywhere; `named` is what its addresses name."""

    client: httpx.Client
    signed: Signed
    named: dict[str, str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels whose theme, sources and annotators are scripts, and two versions trained on them, one live."""
    folder = tmp_path_factory.mktemp("xss")
    lines = [
        {**line, "themes": [THEME], "source": f"{line['source']}{SHORT}", "annotator": HOSTILE}
        if line["themes"] == ["安全"]
        else line
        for line in label_lines()
    ]
    write_labels(folder / "labels", lines)
    quoted = json.dumps(THEME)
    hostile = f"  {quoted}: {{id: safety, covers: {json.dumps(HOSTILE)}, aliases: [{json.dumps(SHORT)}]}}"
    (folder / "labels" / "themes.yaml").write_text(re.sub("  安全:.*", lambda _: hostile, THEMES), "utf-8")
    versions = Versions(folder / "models")
    train(folder / "labels", versions, "20200101")
    first = versions.names()[0]
    versions.go_live(Promotion(first, "2026-01-01T09:00:00+00:00", "force", HOSTILE, HOSTILE))
    return folder


@pytest.fixture(scope="module")
def office(home: Path, serve: Callable[..., httpx.Client]) -> Iterator[Office]:
    environment = {"POLICY_THEMES_LABELS": str(home / "labels"), "TMPDIR": str(home)}
    with serve("--models", home / "models", environment=environment) as client:
        yield stored(client, home)


def stored(client: httpx.Client, home: Path) -> Office:
    """Store scripts through every door."""
    client.get("/codebook").raise_for_status()
    store = Database.open(f"sqlite:///{home / 'store.db'}")
    with store.write() as connection:
        key = create(connection, HOSTILE[:100], ("admin",), now())
    store.close()
    auth = {"authorization": f"Bearer {key}"}

    def sent(path: str, body: object) -> dict[str, object]:
        answer = client.post(path, json=body, headers=auth)
        assert answer.is_success, (path, answer.text)
        return dict(answer.json()) if answer.content else {}

    sent("/codebook/themes", {"id": "second", "name": f"{THEME}乙", "covers": HOSTILE})
    sent("/codebook/themes/funding/retire", {"note": HOSTILE})
    said = {"source": SHORT, "document": HOSTILE, "place": SHORT, "note": HOSTILE, "model": SHORT}
    disputed = [
        {"text": f"排查{HOSTILE}", "themes": themes, "annotator": f"{by}{SHORT}", **said}
        for themes, by in ((["safety"], "甲"), (["second"], "乙"))
    ]
    (text, _) = sent("/labels", {"labels": disputed})["ids"]
    sent("/labels/queue/texts", {"texts": [{"text": f"等候{HOSTILE}", "document": HOSTILE, "place": SHORT}]})
    line = json.dumps({"text": f"导入{HOSTILE}", "themes": [SHORT, "没有的" + SHORT], "source": SHORT})
    imported = client.post(
        "/labels/imports", files={"file": (f"{SHORT}.jsonl", line)}, data={"annotator": SHORT}, headers=auth
    ).json()
    until(lambda: client.get(f"/labels/imports/{imported['id']}").json()["state"] not in ("waiting", "running"))
    run = sent("/training-runs", {"force": True, "note": HOSTILE})["id"]
    sent(f"/training-runs/{run}/cancel", {})
    signed = sign_in(client, key)
    cookie = {**HTML, "cookie": f"{COOKIE}={signed.cookie}"}
    begun = client.post("/desk/train/checks", data={"csrf": signed.csrf}, headers=cookie)
    assert begun.status_code == 303, begun.text
    checks = re.search(r"checks/([0-9a-zA-Z-]+)/follow", client.get("/desk/train/checks", headers=cookie).text)
    assert checks
    client.post(f"/desk/train/checks/{checks[1]}/cancel", data={"csrf": signed.csrf}, headers=cookie)
    written = f"{HOSTILE}工作要点\n{HOSTILE}局文件\n一、{HOSTILE}\n1.排查校园消防隐患{HOSTILE}。\n2.组织应急疏散演练{LINK}。\n"
    result = (
        client.post("/desk/results", files={"file": (f"2024{SHORT}.txt", written.encode())})
        .raise_for_status()
        .json()["id"]
    )
    version = client.get("/models").json()["live"]
    named = {"key": result, "theme": "safety", "version": version, "text": str(text)}
    return Office(client, signed, {**named, "imports": imported["id"], "runs": str(run), "checks": checks[1]})


def addresses(named: dict[str, str]) -> list[str]:
    """The address of every page, with what it names; KeyError for a name that nothing was stored for."""
    found = []
    for route in routes(create_app(Settings()).routes):
        path = route.path
        if (
            "GET" not in route.methods
            or route.include_in_schema
            or ".{kind}" in path
            or path in ("/docs", "/openapi.json")
        ):
            continue
        job = next((named[kind] for kind in ("imports", "runs", "checks") if f"/{kind}/{{job}}" in path), "")
        for action in ("define", "rename", "merge", "retire") if "{action}" in path else ("",):
            filled = {**named, "job": job, "action": action}
            found.append(re.sub(r"\{(\w+)(:\w+)?\}", lambda one, filled=filled: filled[one[1]], path))
    return found


def watched(visit: Visit) -> list[str]:
    """What asks for attention in a dialog."""
    dialogs: list[str] = []
    visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    return dialogs


def assert_text(visit: Visit, where: str) -> str:
    """Nothing stored has run or could; gives the text that is seen."""
    assert visit.page.evaluate("window.taken") is None, where
    assert visit.page.evaluate(FOUND) == [], where
    return str(visit.page.evaluate("(document.querySelector('main') ?? document.body).innerText"))


def test_every_page_shows_scripts_as_text(browser: Browser, office: Office) -> None:
    visit = Visit(browser, str(office.client.base_url))
    visit.context.add_cookies([{"name": COOKIE, "value": office.signed.cookie, "url": visit.host}])
    dialogs = watched(visit)
    special = [f"/desk/compare?r={office.named['key']}", f"/desk/results/{office.named['key']}?theme=safety"]
    special += ["/desk/review/labels?words=%22%3E%3Csvg%2Fonload%3Dalert(1)%3E", f"/desk/sign-in?to={LINK}"]
    special += [
        "/desk/themes?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "/desk/operations?who=%3Csvg%2Fonload%3Dalert(1)%3E",
    ]
    shown = {}
    for path in [*addresses(office.named), *special]:
        answer = visit.page.goto(visit.host + path)
        assert answer is not None
        assert answer.status < 300, (path, answer.status)
        shown[path] = assert_text(visit, path)
        # A part of a page names no icon, so the browser asks for /favicon.ico, which there is none of.
        told = [said for said in visit.complaints if not path.endswith(PARTS) or "404 (Not Found)" not in said]
        assert told == [], path
        visit.complaints.clear()
    assert dialogs == []
    visit.check()
    silent = {path for path, text in shown.items() if RUN not in text}
    assert [path for path in silent if not PLAIN.fullmatch(path)] == []
    visit.context.close()


def test_every_file_shows_scripts_as_text(browser: Browser, office: Office, home: Path) -> None:
    answer = office.client.get(f"/desk/results/{office.named['key']}/download.html")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert not re.search(r"[<>\r\n]", answer.headers["content-disposition"])
    (home / "download.html").write_bytes(answer.content)
    files = [home / "download.html", *(home / "models").glob("*/report.html")]
    assert len(files) == 2
    for file in files:
        visit = Visit(browser, "file://")
        dialogs = watched(visit)
        visit.page.goto(file.as_uri())
        assert visit.page.evaluate("window.taken") is None, file.name
        ours = visit.page.evaluate(FOUND)
        assert all(one.startswith("<script>") and RUN not in one for one in ours), (file.name, ours)
        assert RUN in str(visit.page.evaluate("document.body.innerText")), file.name
        assert dialogs == []
        assert visit.complaints == []
        visit.context.close()
