"""运行 in a real browser: what was tagged over a day, how far it is from the training text, and who changed what."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from browser import Browser, Page, Visit, chromium, faults, needs_chromium, screenshot
from conftest import ROOT
from playwright.sync_api import expect
from running import AUTH, KEY, running

from policy_themes import Tagger
from policy_themes.tagging.tagger import Options
from service.database.database import Database
from service.drift.rows import add
from service.watch.intake import Hour
from service.watch.tally import of_many

pytestmark = needs_chromium
HOURS = 12
TEXTS = [json.loads(line)["text"] for line in (ROOT / "labels" / "protected.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, tagger: Tagger) -> Iterator[httpx.Client]:
    """After half a day of tagging, of which the last hours saw more of one theme."""
    folder = tmp_path_factory.mktemp("operations")
    url = f"sqlite:///{folder / 'store.db'}"
    with running(folder, labels=ROOT / "labels", database=url) as found:
        found.client.post("/labels", json={"labels": [{"text": "足额拨付经费。", "themes": []}]}, headers=AUTH)
        _worked_through(url, tagger)
        yield found.client


def test_the_page_shows_a_day_of_work_to_eyes_and_to_screen_readers(browser: Browser, service: httpx.Client) -> None:
    for scheme in ("light", "dark"):
        visit = Visit(browser, str(service.base_url), color_scheme=scheme)
        page = _signed_in(visit)
        expect(page.locator("#verdict")).to_contain_text("有变化")
        chart = page.get_by_role("img", name="变动最大的主题")
        expect(chart.locator("canvas, svg").first).to_be_visible()
        expect(page.get_by_role("row", name="学前").first).to_contain_text("+")
        expect(page.get_by_role("row", name="POST /labels")).to_contain_text("200")
        assert faults(page) == []
        screenshot(page, f"operations-{scheme}")
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        screenshot(page, f"operations-phone-{scheme}")
        visit.check()
        visit.context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def _signed_in(visit: Visit) -> Page:
    page = visit.open("/desk/sign-in?to=/desk/operations")
    assert faults(page) == []
    page.get_by_label("密钥").fill(KEY)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1, name="运行")).to_be_visible()
    return page


def _worked_through(url: str, tagger: Tagger) -> None:
    """Put into the store what the service would have, had it been asked in the hours before."""
    preschool = [text for text in TEXTS if "幼儿园" in text]
    kept = {}
    for back in range(HOURS, 0, -1):
        texts = TEXTS[back::2] + preschool * (8 if back < HOURS // 2 else 0)
        hour = Hour()
        hour.add(of_many(tagger.version, texts, tagger.tag_batch(texts), Options()))
        kept[(datetime.now(UTC) - timedelta(hours=back)).strftime("%Y-%m-%dT%H"), tagger.version] = hour
    database = Database.open(url)
    with database.write() as connection:
        add(connection, kept)
    database.close()
