"""Chromium for the tests of the pages: what a page asked of which host, what it complained of, and what axe-core finds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = HERE / "vendor" / "axe-core" / "axe.min.js"
SCREENSHOTS = HERE / "screenshots"
LARGEST = 300_000  # bytes of a screenshot
PATIENCE = 60_000  # milliseconds; other tests and trainings run on the same two cores. What must be fast is timed where it is tested.
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="sudo apt-get update && sudo apt-get install chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A page in a context of its own that keeps what it asked for and complained of."""

    def __init__(self, browser: Browser, host: str, **options: object) -> None:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options}
        self.host = host.rstrip("/")
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> Page:
        """Go to a path of the host."""
        self.page.goto(self.host + path)
        return self.page

    def check(self) -> None:
        """No other host was asked; no error and no violation of the policy, which Chromium tells as an error, was told."""
        assert [url for url in self.asked if not url.startswith((self.host + "/", "data:", "blob:"))] == []
        assert self.complaints == []


def faults(page: Page) -> list[str]:
    """What axe-core finds, whatever its weight."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['impact']} {one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"][:3]
    ]


def screenshot(page: Page, name: str) -> None:
    """Keep what is seen as screenshots/NAME.png, if SCREENSHOTS is set."""
    if not os.environ.get("SCREENSHOTS"):
        return
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size < LARGEST
