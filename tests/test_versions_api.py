"""/models/{version} of a running service: look, compare, promote, go back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import label_lines, write_labels

from policy_themes.versions import Promotion, Versions
from training.run import train
from training.version import Candidate

KEY = "0123456789abcdef"
AUTH = {"authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def two_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a live version, and one trained on labels that are half wrong, measured on sections that are right."""
    folder = tmp_path_factory.mktemp("versions")
    lines = label_lines()
    kept, seen = lines[::3], [line for at, line in enumerate(lines) if at % 3]
    good = trained(folder, "labels", seen, kept, "20200101")
    wrong = {"学前": "安全", "安全": "经费", "经费": "学前"}
    mislabelled = [
        line if at % 5 < 2 else {**line, "themes": [wrong[line["themes"][0]]]} for at, line in enumerate(seen)
    ]
    bad = trained(folder, "mislabelled", mislabelled, kept, "20200102")
    (folder / "names").write_text(f"{good.version} {bad.version}")
    Versions(folder / "models").go_live(Promotion(good.version, "2026-01-01", "promote"))
    return folder


def trained(
    folder: Path, name: str, seen: list[dict[str, object]], kept: list[dict[str, object]], date: str
) -> Candidate:
    write_labels(folder / name, seen)
    protected = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
    (folder / name / "protected.jsonl").write_text(protected, encoding="utf-8")
    return train(folder / name, Versions(folder / "models"), date)


@pytest.fixture
def service(serve: Callable[..., httpx.Client], two_models: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    for name in ("models", "labels"):
        shutil.copytree(two_models / name, tmp_path / name)
    with serve("--models", tmp_path / "models", environment={"POLICY_THEMES_LOCAL_KEY": KEY}) as client:
        yield client


@pytest.fixture
def names(two_models: Path) -> list[str]:
    return (two_models / "names").read_text().split()


def test_a_version_shows_what_it_was_trained_on_and_its_figures(service: httpx.Client, names: list[str]) -> None:
    shown = service.get(f"/models/{names[0]}").json()
    assert shown["live"] is True
    assert shown["metrics"]
    assert shown["promotions"][0]["action"] == "promote"
    assert service.get("/models/20200101-none").status_code == 404
    assert service.get("/models/..%2f..%2fetc").status_code == 404


def test_a_worse_version_is_refused_with_reasons_and_forced_with_a_note(
    service: httpx.Client, names: list[str]
) -> None:
    good, bad = names
    compared = service.get(f"/models/{bad}/comparison").json()
    assert compared["verdict"]["passes"] is False
    assert any(reason["against"] for reason in compared["verdict"]["reasons"])
    refused = service.post(f"/models/{bad}/promote", json={}, headers=AUTH)
    assert refused.status_code == 409
    assert service.get("/models").json()["live"] == good
    assert service.post(f"/models/{bad}/promote", json={"force": True}, headers=AUTH).status_code == 422
    forced = service.post(f"/models/{bad}/promote", json={"force": True, "note": "演示"}, headers=AUTH)
    assert forced.json()["live"] == bad
    newest = service.get("/models/history").json()[0]
    assert (newest["action"], newest["note"], newest["by"]) == ("force", "演示", "本机")
    back = service.post("/models/rollback", json={"note": "演示结束"}, headers=AUTH).json()
    assert back["live"] == good
    nothing_before = service.post("/models/rollback", json={}, headers=AUTH)
    assert nothing_before.status_code == 409
