"""/docs in a real browser that reaches nothing but the service."""

import shutil

import httpx
import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.mark.skipif(CHROMIUM is None, reason="sudo apt-get update && sudo apt-get install chromium")
def test_docs_work_without_any_other_host(client: httpx.Client) -> None:
    host = str(client.base_url)
    asked, said = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto(f"{host}/docs")
        page.get_by_text("/classify/batch").first.wait_for()
        page.get_by_text("tag one section").click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        page.locator(".live-responses-table .response-col_status", has_text="200").first.wait_for()
        browser.close()
    assert [url for url in asked if not url.startswith((host, "data:"))] == []
    assert said == []
