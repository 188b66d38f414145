"""Attempts to get in: every operation in the API description with every kind of key, so that a new one cannot be forgotten."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from conftest import write_labels

from service.app import create_app
from service.database.database import Database, now
from service.keys import SCOPES, create, revoke
from service.settings import Settings
from service.web.desk import PAGES

KEY = "0123456789abcdef"
SCHEME = "HTTPBearer"
METHODS = ("get", "put", "post", "delete", "patch")
# Not of the API, and in no description: pages (tests/test_csrf.py) and what they load.
OUTSIDE = re.compile(r"/|/docs|/openapi\.json|/static|/desk/.*")
# uvicorn believes a proxy on this machine about where a request comes from.
FAR = {"x-forwarded-for": "203.0.113.8"}
WRONG = ("", "wrong", f"{KEY}0", KEY[:-1], "ptk_0000000000000000_", "ptk__", "None", "本机")


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and an address, with something in the place of what it names; `scope` is empty where anybody may, `near` where a key is
    asked for from other machines only."""

    method: str
    path: str
    scope: str
    near: bool

    def call(self, service: httpx.Client, key: str = "", **headers: str) -> httpx.Response:
        """Ask with a body that nothing is done with: no operation takes a list."""
        sent = {"authorization": f"Bearer {key}"} if key else {}
        body = None if self.method == "get" else []
        try:
            headers = {name: value.encode() for name, value in {**sent, **headers}.items()}
            return service.request(self.method, self.path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise AssertionError(f"{self}: {error}") from error


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("access")
    write_labels(folder / "labels")
    (folder / "models").mkdir()
    return folder


@pytest.fixture(scope="module")
def service(serve: Callable[..., httpx.Client], home: Path) -> Iterator[httpx.Client]:
    environment = {"POLICY_THEMES_LABELS": str(home / "labels"), "POLICY_THEMES_LOCAL_KEY": KEY}
    with serve("--models", home / "models", environment=environment) as client:
        yield client


@pytest.fixture(scope="module")
def keys(home: Path, run_command: Callable[..., subprocess.CompletedProcess[bytes]]) -> Callable[..., str]:
    def run(*words: str) -> str:
        done = run_command("keys", *words, "--labels", home / "labels")
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    return run


@pytest.fixture(scope="module")
def operations(service: httpx.Client) -> list[Operation]:
    """Every operation, with what its description says of keys; one that says nothing fails whatever asks for this."""
    found = []
    for path, one in service.get("/openapi.json").json()["paths"].items():
        for method, told in one.items():
            assert "security" in told, (
                f"{method} {path} does not say who may (service/api/access.py: writer or ANYBODY)"
            )
            scopes = [scope for way in told["security"] for scope in way.get(SCHEME, ())]
            assert len(scopes) == bool(told["security"]), (method, path, told["security"])
            assert set(scopes) <= set(SCOPES)
            filled = re.sub(r"\{\w+\}", "999999", path)
            found.append(Operation(method, filled, "".join(scopes), {} in told["security"]))
    assert {one.scope for one in found} == {"", *SCOPES}
    return found


def asking(operations: list[Operation]) -> list[Operation]:
    return [one for one in operations if one.scope and not one.near]


def label(service: httpx.Client, key: str, text: str = "足额拨付经费。") -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return service.post("/labels", json={"labels": [{"text": text, "themes": ["经费"]}]}, headers=headers)


def held(home: Path) -> list[tuple[object, ...]]:
    """What the store holds, but for the audit, which tells of refusals too."""
    store = Database.open(f"sqlite:///{home / 'store.db'}")
    try:
        with store.read() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            return [line for line in driver.iterdump() if not re.match(r'INSERT INTO "(audit|sqlite_sequence)"', line)]
    finally:
        store.close()


def test_every_address_is_described_or_a_page(operations: list[Operation]) -> None:
    described = create_app(Settings()).openapi()["paths"]
    for path in addresses(create_app(Settings()).routes):
        assert path in described or OUTSIDE.fullmatch(path), f"{path} is neither described nor a page"
    assert len(operations) == sum(len(one) for one in described.values())
    assert all(OUTSIDE.fullmatch(page.VIEW.path) for page in PAGES)


def addresses(routes: list[object]) -> Iterator[str]:
    """Every address there is, without the converters in it."""
    for route in routes:
        if router := getattr(route, "original_router", None):
            yield from addresses(router.routes)
        else:
            yield re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)


def test_without_a_good_key_nothing_that_asks_for_one_opens(
    service: httpx.Client, operations: list[Operation], home: Path
) -> None:
    label(service, KEY)
    before = held(home)
    for one in asking(operations):
        for key in WRONG:
            answer = one.call(service, key)
            assert answer.status_code == 401, (one, key, answer.text)
            assert answer.json()["type"] == "urn:policy-themes:unauthorized"
            assert answer.headers["www-authenticate"] == "Bearer"
        for way in (
            {"authorization": KEY},
            {"authorization": f"Basic {KEY}"},
            {"x-api-key": KEY},
            {"cookie": f"key={KEY}"},
        ):
            assert one.call(service, **way).status_code == 401, (one, way)
        # The key of this machine is good on this machine.
        assert one.call(service, KEY, **FAR).status_code == 401, one
        assert one.call(service, KEY).status_code not in (401, 403), one
    assert held(home) == before


def test_what_is_not_described_is_not_there(service: httpx.Client, operations: list[Operation]) -> None:
    described = {(one.method, one.path) for one in operations}
    for path in {path for _, path in described}:
        for method in METHODS:
            if (method, path) not in described:
                answer = Operation(method, path, "", near=False).call(service, KEY)
                assert answer.status_code in (404, 405), (method, path, answer.text)


def test_a_key_opens_what_its_scopes_say_until_it_is_revoked(
    service: httpx.Client, operations: list[Operation], keys: Callable[..., str], home: Path
) -> None:
    assert label(service, KEY, "生均经费足额到位。").json()["new"] == 1
    key = keys("create", "王芳", "--scope", "label")
    assert label(service, key, "又一段经费。").json()["new"] == 1
    shown = service.get("/labels", params={"words": "又一段经费"}).json()["items"][0]["labels"][0]
    assert shown["annotator"] == "王芳"
    # Once there are keys, the one printed at start opens nothing.
    assert all(one.call(service, KEY).status_code == 401 for one in asking(operations))
    assert key.split("_", 2)[2] not in (home / "store.db").read_bytes().decode("latin-1")
    identifier = key.split("_")[1]
    assert "label" in keys("list")
    keys("revoke", identifier)
    assert label(service, key).status_code == 401
    assert "已撤销" in keys("list")
    assert label(service, KEY).json()["same"] == 1


def test_every_operation_opens_to_its_own_scope_and_to_admin_alone(
    service: httpx.Client, operations: list[Operation], home: Path
) -> None:
    store = Database.open(f"sqlite:///{home / 'store.db'}")
    with store.write() as connection:
        made = {scope: create(connection, f"有 {scope}", (scope,), now()) for scope in SCOPES}
        gone = create(connection, "已撤销的", ("admin",), now())
        revoke(connection, gone.split("_")[1], now())
    store.close()
    mixed = "_".join([*made["admin"].split("_", 2)[:2], made["label"].split("_", 2)[2]])
    before = held(home)
    for one in operations:
        for key in (gone, mixed, made["admin"][:-1], made["admin"] + "0", made["admin"].upper()):
            refused = bool(one.scope)
            assert (one.call(service, key, **FAR).status_code == 401) == refused, (one, key)
        for scope, key in made.items():
            status = one.call(service, key, **FAR).status_code
            if one.scope in ("", scope) or scope == "admin":
                assert status not in (401, 403), (one, scope)
            else:
                assert status == 403, (one, scope)
        if one.near:
            assert all(one.call(service, key).status_code == 200 for key in ("", gone, made["label"])), one
    assert held(home) == before


def test_a_bad_scope_is_said(home: Path, run_command: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    done = run_command("keys", "create", "甲", "--scope", "root", "--labels", home / "labels")
    assert done.returncode == 2
    assert "read、label、train、admin" in done.stderr.decode()


@pytest.mark.parametrize("name", ["", "甲\n", "甲\t乙", "甲" * 101])
def test_a_key_is_named_in_one_line(
    name: str, home: Path, run_command: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    done = run_command("keys", "create", name, "--scope", "label", "--labels", home / "labels")
    assert done.returncode == 2
    assert "1 至 100 个字符" in done.stderr.decode()
