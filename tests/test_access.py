"""Attempts to get in: every operation that writes, found in the API description, so that a new one cannot be forgotten."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import write_labels

KEY = "0123456789abcdef"
# What is asked by POST and changes nothing.
READING = {"/classify", "/classify/batch", "/documents"}


@pytest.fixture(scope="module")
def home(small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("access")
    write_labels(folder / "labels")
    shutil.copytree(small_models, folder / "models")
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


def operations(service: httpx.Client) -> list[tuple[str, str]]:
    """Every operation that writes: its method, and its address with something in the place of what it names."""
    paths = service.get("/openapi.json").json()["paths"]
    found = [(method, path) for path, one in paths.items() for method in one if method != "get" and path not in READING]
    assert len(found) > 10
    return [(method, re.sub(r"\{\w+\}", "1", path)) for method, path in found]


def call(service: httpx.Client, method: str, path: str, key: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return service.request(method, path, json={}, headers=headers)


def label(service: httpx.Client, key: str, text: str = "足额拨付经费。") -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return service.post("/labels", json={"labels": [{"text": text, "themes": ["经费"]}]}, headers=headers)


def test_no_operation_that_writes_opens_to_a_missing_or_wrong_key(service: httpx.Client) -> None:
    for method, path in operations(service):
        for key in ("", "wrong", f"{KEY}0", "ptk_0000000000000000_"):
            answer = call(service, method, path, key)
            assert answer.status_code == 401, (method, path, key, answer.text)
            assert answer.json()["type"] == "urn:policy-themes:unauthorized"


def test_a_key_opens_what_its_scopes_say_until_it_is_revoked(
    service: httpx.Client, keys: Callable[..., str], home: Path
) -> None:
    assert label(service, KEY).json()["new"] == 1
    key = keys("create", "王芳", "--scope", "label")
    assert label(service, key, "又一段经费。").json()["new"] == 1
    shown = service.get("/labels", params={"words": "又一段经费"}).json()["items"][0]["labels"][0]
    assert shown["annotator"] == "王芳"
    # Once there are keys, the one printed at start opens nothing.
    assert label(service, KEY).status_code == 401
    for method, path in operations(service):
        answer = call(service, method, path, key)
        assert answer.status_code != 401, (method, path)
        if not path.startswith("/labels"):
            assert answer.status_code == 403, (method, path, answer.text)
    assert key.split("_")[2] not in (home / "store.db").read_bytes().decode("latin-1")
    identifier = key.split("_")[1]
    assert "label" in keys("list")
    keys("revoke", identifier)
    assert label(service, key).status_code == 401
    assert "已撤销" in keys("list")
    assert label(service, KEY).json()["same"] == 1


def test_an_admin_may_everything_and_a_bad_scope_is_said(
    service: httpx.Client,
    keys: Callable[..., str],
    home: Path,
    run_command: Callable[..., subprocess.CompletedProcess[bytes]],
) -> None:
    admin = keys("create", "管理员", "--scope", "admin")
    for method, path in operations(service):
        assert call(service, method, path, admin).status_code not in (401, 403), (method, path)
    done = run_command("keys", "create", "甲", "--scope", "root", "--labels", home / "labels")
    assert done.returncode == 2
    assert "read、label、train、admin" in done.stderr.decode()
