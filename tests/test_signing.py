"""Signing in on the page: with a key, for as long as the key is good, on every worker, and for changes only with the page's token."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

HERE = "key-of-this-machine"
HTML = {"accept": "text/html"}
Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="module")
def shared(serve: Callable[..., httpx.Client], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Two workers without keys of their own."""
    with serve("--workers", "2", environment=environment(tmp_path_factory.mktemp("shared"))) as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def page(shared: httpx.Client) -> httpx.Client:
    """A browser that is not signed in."""
    shared.cookies.clear()
    return shared


@pytest.fixture
def office(serve: Callable[..., httpx.Client], tmp_path: Path) -> Iterator[httpx.Client]:
    """A server for a test that makes keys."""
    with serve(environment=environment(tmp_path)) as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def keys(run_command: Run, tmp_path: Path) -> Callable[..., str]:
    """`policy-themes keys` on the store of `office`."""

    def keys(*words: str) -> str:
        done = run_command("keys", *words, env={**os.environ, **environment(tmp_path)})
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return keys


def environment(folder: Path) -> dict[str, str]:
    return {"POLICY_THEMES_DATABASE": f"sqlite:///{folder / 'store.db'}", "POLICY_THEMES_LOCAL_KEY": HERE}


def sign_in(page: httpx.Client, key: str, to: str = "") -> httpx.Response:
    return page.post("/desk/sign-in", data={"key": key, "to": to})


def token(page: httpx.Client) -> str:
    found = re.search(r'data-csrf="(\w+)"', page.get("/desk/sign-in").text)
    assert found
    return found[1]


def test_this_machines_key_signs_in_on_every_worker_and_out_again(page: httpx.Client) -> None:
    answer = sign_in(page, HERE, "/desk/compare?r=example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/compare?r=example")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert all("本机" in page.get("/desk/sign-in", headers={"connection": "close"}).text for _ in range(12))
    kept = dict(page.cookies)
    assert page.post("/desk/sign-out", data={"csrf": token(page)}).status_code == 303
    page.cookies.update(kept)
    assert "本机" not in page.get("/desk/sign-in").text.split("<main")[1].split("密钥")[0]


@pytest.mark.parametrize("key", ["", "not-a-key", "ptk_0000000000000000_x", "ptk_", "键" * 10])
def test_a_wrong_key_is_told_and_asked_for_again(page: httpx.Client, key: str) -> None:
    answer = sign_in(page, key)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "set-cookie" not in answer.headers
    assert not key or key not in answer.text


def test_a_session_ends_with_its_key(office: httpx.Client, keys: Callable[..., str]) -> None:
    made = keys("create", "王老师", "--scope", "label")
    key = re.search(r"ptk_\w+_[\w-]+", made)
    assert key
    assert sign_in(office, HERE).status_code == 422  # once keys are made, only they open anything
    assert sign_in(office, key[0]).status_code == 303
    assert "王老师" in office.get("/desk/sign-in").text
    keys("revoke", key[0].split("_")[1])
    assert "王老师" not in office.get("/desk/sign-in").text


def test_this_machines_session_ends_when_keys_are_made(office: httpx.Client, keys: Callable[..., str]) -> None:
    sign_in(office, HERE)
    assert "data-csrf" in office.get("/desk/sign-in").text
    keys("create", "王老师", "--scope", "label")
    assert "data-csrf" not in office.get("/desk/sign-in").text


@pytest.mark.parametrize("sent", [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "键"}])
def test_a_change_without_the_sessions_token_is_refused(page: httpx.Client, sent: dict[str, str]) -> None:
    sign_in(page, HERE)
    assert page.post("/desk/sign-out", data=sent).status_code == 403
    assert "data-csrf" in page.get("/desk/sign-in").text


def test_a_change_that_another_site_sends_is_refused(page: httpx.Client) -> None:
    sign_in(page, HERE)
    right = {"csrf": token(page)}
    assert page.post("/desk/sign-out", data=right, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert page.post("/desk/sign-out", data=right, headers={"origin": "http://evil.example"}).status_code == 403
    assert "data-csrf" in page.get("/desk/sign-in").text


def test_without_a_session_one_is_sent_to_sign_in_and_back(page: httpx.Client) -> None:
    sent = page.post("/desk/sign-out", data={}, headers={"referer": str(page.base_url.join("/desk/compare?r=a"))})
    address = urlsplit(sent.headers["location"])
    assert (sent.status_code, address.path, parse_qs(address.query)) == (
        303,
        "/desk/sign-in",
        {"to": ["/desk/compare?r=a"]},
    )
    part = page.post("/desk/sign-out", data={}, headers={"hx-request": "true"})
    assert (part.status_code, urlsplit(part.headers["hx-redirect"]).path) == (401, "/desk/sign-in")
    assert page.post("/desk/sign-out", data={}, headers={"accept": "application/json"}).status_code == 401


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/desk//evil.example\\x", "/desk/a\r\nX: y", "javascript:1"]
)
def test_one_is_never_sent_to_another_host(page: httpx.Client, to: str) -> None:
    location = sign_in(page, HERE, to).headers["location"]
    assert location == "/" or (location.startswith("/desk/") and "\n" not in location)


def test_what_is_done_in_a_session_counts_as_its_keys(serve: Callable[..., httpx.Client], tmp_path: Path) -> None:
    few = {"POLICY_THEMES_KEY_WRITES_PER_MINUTE": "2", "POLICY_THEMES_ADDRESS_WRITES_PER_MINUTE": "9"}
    with serve(environment={**environment(tmp_path), **few}) as office:
        office.headers.update(HTML)
        assert sign_in(office, HERE).status_code == 303
        unsigned = {"csrf": "0"}  # the first tells whose the session is, and counts for the address
        assert [office.post("/desk/sign-out", data=unsigned).status_code for _ in range(4)] == [403, 403, 403, 429]
        office.cookies.clear()
        assert sign_in(office, "no-key").status_code == 422  # the address has not used its own up
