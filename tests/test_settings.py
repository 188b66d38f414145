"""`policy-themes settings`: what it prints is what there is and what is in force, and never a secret."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import readme
from conftest import ROOT

from service.setting import listed
from service.settings import Settings

Run = Callable[..., subprocess.CompletedProcess[bytes]]
VARIABLES = [f"POLICY_THEMES_{name.upper()}" for name in Settings.model_fields]


def told(run_command: Run, *words: str, **environment: str) -> str:
    done = run_command("settings", *words, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_every_setting_is_printed_with_what_is_in_force(run_command: Run) -> None:
    printed = told(run_command, POLICY_THEMES_MAX_BATCH="7654")
    assert [name for name in VARIABLES if name not in printed] == []
    assert "7654" in printed
    assert "1 – 10000" in printed


def test_as_json_it_is_what_the_class_says(run_command: Run) -> None:
    found = {one["variable"]: one for one in json.loads(told(run_command, "--json", POLICY_THEMES_WAIT_SECONDS="2.5"))}
    assert list(found) == VARIABLES
    assert (found["POLICY_THEMES_WAIT_SECONDS"]["default"], found["POLICY_THEMES_WAIT_SECONDS"]["value"]) == (
        "60",
        "2.5",
    )
    for name, field in Settings.model_fields.items():
        assert found[f"POLICY_THEMES_{name.upper()}"]["help"] == field.description
        assert any("\u4e00" <= one <= "\u9fff" for one in field.description), name
        assert " (" in field.description, name


def test_as_markdown_it_is_the_table_of_the_readmes_whatever_is_in_force(run_command: Run) -> None:
    printed = told(run_command, "--markdown", POLICY_THEMES_MAX_BATCH="wrong").strip()
    for document in readme.READMES:
        assert printed in document.read_text("utf-8")


@pytest.mark.parametrize("words", [(), ("--json",), ("--markdown",)])
def test_secrets_are_never_printed(words: tuple[str, ...], run_command: Run) -> None:
    printed = told(
        run_command,
        *words,
        POLICY_THEMES_DATABASE="postgresql://a:pass-word@host/b",
        POLICY_THEMES_LOCAL_KEY="local-secret",
    )
    assert "pass-word" not in printed
    assert "local-secret" not in printed
    assert printed.count("已设置") == (0 if words == ("--markdown",) else 2)


@pytest.mark.parametrize("command", ["settings", "serve"])
@pytest.mark.parametrize(("value", "said"), [("many", "整数"), ("10001", "10000"), ("0", "1")])
def test_a_value_that_cannot_be_used_is_refused_by_name(command: str, value: str, said: str, run_command: Run) -> None:
    done = run_command(command, env={**os.environ, "POLICY_THEMES_MAX_BATCH": value})
    assert done.returncode == 2
    message = done.stderr.decode()
    assert message.startswith("错误:POLICY_THEMES_MAX_BATCH: ")
    assert said in message
    assert message.count("\n") == 1


def test_changed_settings_are_told_from_defaults() -> None:
    changed = [one.variable for one in listed(Settings(max_batch=5, local_key="a")) if one.changed]
    assert changed == ["POLICY_THEMES_LOCAL_KEY", "POLICY_THEMES_MAX_BATCH"]


def test_no_setting_is_without_a_test_that_sets_it() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(ROOT, "tests").glob("*.py") if path.name != "readme.py")
    unset = [
        name
        for name in Settings.model_fields
        if not re.search(rf'\b{name}=|"{name}"|"{name.upper()}"|POLICY_THEMES_{name.upper()}\b', tests)
    ]
    assert unset == []
