"""Changes by another site: every form of the pages, found among the routes, with a session and without its token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from running import KEY, Running, running

from service.app import create_app
from service.database.database import Database
from service.settings import Settings

HTML = {"accept": "text/html"}
# These change nothing that is anybody's: a document tagged for whoever sent it, and signing in, which is what gives a token.
WITHOUT_TOKEN = {"/desk/results", "/desk/sign-in"}
FAR = {"x-forwarded-for": "203.0.113.8"}
COOKIE = "policy_themes_session"


@dataclass(frozen=True, slots=True)
class Signed:
    """A browser's cookie, and the token its pages carry."""

    cookie: str
    csrf: str


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csrf")


@pytest.fixture(scope="module")
def office(home: Path) -> Iterator[Running]:
    with running(home) as office:
        yield office


@pytest.fixture(scope="module")
def mine(office: Running) -> Signed:
    return sign_in(office.client)


@pytest.fixture(scope="module")
def other(office: Running) -> Signed:
    return sign_in(office.client)


def sign_in(client: httpx.Client, key: str = KEY) -> Signed:
    answer = client.post("/desk/sign-in", data={"key": key}, headers=HTML)
    assert answer.status_code == 303, answer.text
    cookie = str(answer.cookies[COOKIE])
    client.cookies.clear()
    shown = client.get("/desk/sign-in", headers={**HTML, "cookie": f"{COOKIE}={cookie}"}).text
    found = re.search(r'data-csrf="(\w+)"', shown)
    assert found
    return Signed(cookie, found[1])


def routes(found: list[Any]) -> Iterator[Any]:
    for route in found:
        if router := getattr(route, "original_router", None):
            yield from routes(router.routes)
        elif hasattr(route, "methods"):
            yield route


def pages(method: str) -> list[str]:
    """The addresses of the pages that take `method`, with something in the place of what they name."""
    every = routes(create_app(Settings()).routes)
    paths = [one.path for one in every if method in one.methods and not one.include_in_schema]
    named = (path.replace("{theme}/{action}", "safety/retire").replace("{theme}", "safety") for path in paths)
    return [re.sub(r"\{\w+(:\w+)?\}", "1", path) for path in named]


FORMS = [path for path in pages("POST") if path not in WITHOUT_TOKEN]


def held(home: Path) -> list[str]:
    """What the store holds, but for the audit, which tells of refusals too."""
    store = Database.open(f"sqlite:///{home / 'store.db'}")
    try:
        with store.read() as connection:
            driver: Any = connection.connection.driver_connection
            return [line for line in driver.iterdump() if not re.match(r'INSERT INTO "(audit|sqlite_sequence)"', line)]
    finally:
        store.close()


def post(client: httpx.Client, path: str, cookie: str, csrf: str | None, **headers: str) -> httpx.Response:
    """A form as it would be sent with all that any of them asks for."""
    filled = {
        "step": "do",
        "name": "平安",
        "covers": "校园",
        "into": "funding",
        "note": "记",
        "text": "1",
        "themes": "safety",
    }
    data = filled if csrf is None else {**filled, "csrf": csrf}
    return client.post(path, data=data, headers={**HTML, "cookie": f"{COOKIE}={cookie}", **headers})


def test_there_are_forms() -> None:
    assert len(FORMS) > 15
    assert set(pages("POST")) >= WITHOUT_TOKEN
    assert all(path.startswith("/desk/") for path in FORMS)


def test_no_form_changes_anything_without_its_sessions_token(
    office: Running, mine: Signed, other: Signed, home: Path
) -> None:
    before = held(home)
    for path in FORMS:
        for csrf in (None, "", "0" * 64, mine.csrf[:-1], mine.csrf.upper(), other.csrf, mine.cookie, "键"):
            answer = post(office.client, path, mine.cookie, csrf)
            assert answer.status_code == 403, (path, csrf, answer.text[:500])
        by_header = post(office.client, path, mine.cookie, None, **{"x-csrf-token": other.csrf})
        assert by_header.status_code == 403, path
        # A token in the address would be in logs and Referer headers.
        assert post(office.client, f"{path}?csrf={mine.csrf}", mine.cookie, None).status_code == 403, path
    assert held(home) == before


def test_no_form_is_taken_from_another_site_even_with_the_token(office: Running, mine: Signed, home: Path) -> None:
    before = held(home)
    sites = ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "null"})
    for path in [*FORMS, *WITHOUT_TOKEN]:
        for told in (*sites, {"origin": "http://evil.example"}, {"origin": f"{office.client.base_url}.evil.example"}):
            answer = post(office.client, path, mine.cookie, mine.csrf, **told)
            assert answer.status_code == 403, (path, told)
            assert "set-cookie" not in answer.headers
    assert held(home) == before


def test_every_form_asks_for_a_session(office: Running, home: Path) -> None:
    before = held(home)
    for path in FORMS:
        for cookie in ("", "x", "0" * 43):
            answer = post(office.client, path, cookie, "0" * 64)
            assert answer.status_code == 303, (path, answer.text[:500])
            assert answer.headers["location"].startswith("/desk/sign-in?")
    assert held(home) == before


def test_the_token_is_what_was_missing(office: Running, mine: Signed) -> None:
    # With it each form comes to what it is about: no page of this name, a field that is wrong, or where it leads.
    for path in FORMS:
        if path not in ("/desk/sign-out", "/desk/themes/safety/retire", "/desk/train/runs", "/desk/train/checks"):
            answer = post(office.client, path, mine.cookie, mine.csrf)
            assert answer.status_code not in (401, 403, 405), (path, answer.status_code)


def test_a_session_is_no_key_for_the_api(office: Running, mine: Signed) -> None:
    label = {"labels": [{"text": "排查消防隐患并上报。", "themes": ["安全"]}]}
    cookie = {"cookie": f"{COOKIE}={mine.cookie}", "x-csrf-token": mine.csrf}
    assert office.client.post("/labels", json=label, headers=cookie).status_code == 401
    assert office.client.get("/audit", headers=cookie).status_code == 401
    for key in (mine.cookie, mine.csrf):
        assert office.client.post("/labels", json=label, headers={"authorization": f"Bearer {key}"}).status_code == 401


def test_looking_changes_nothing(office: Running, mine: Signed, home: Path) -> None:
    before = held(home)
    asked = {"csrf": mine.csrf, "step": "do", "name": "平安", "into": "funding", "note": "记", "themes": "safety"}
    cookie = {**HTML, "cookie": f"{COOKIE}={mine.cookie}"}
    addresses = {*pages("GET"), *pages("POST")} - {"/desk/review"}  # which holds the text it shows for this person
    for path in sorted(addresses):
        for method in ("GET", "HEAD"):
            answer = office.client.request(method, path, params=asked, headers=cookie)
            assert answer.status_code < 500, (path, answer.text)
            assert "set-cookie" not in answer.headers, path
    assert held(home) == before


def test_the_cookie_is_out_of_reach(office: Running) -> None:
    def cookie(**headers: str) -> list[str]:
        answer = office.client.post("/desk/sign-in", data={"key": KEY}, headers=headers)
        office.client.cookies.clear()
        return [part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]]

    plain, secure = cookie(), cookie(**{"x-forwarded-proto": "https"})
    for flags in (plain, secure):
        assert {"httponly", "samesite=lax", "path=/"} <= set(flags)
        assert not any(flag.startswith("domain") for flag in flags)
    assert "secure" in secure
    assert "secure" not in plain
    # This machine's own session is of no use from elsewhere.
    here = sign_in(office.client)
    far = post(office.client, "/desk/review/skip", here.cookie, here.csrf, **FAR)
    assert far.headers["location"].startswith("/desk/sign-in?")
