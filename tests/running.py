"""A service of a test's own, with the process that it is, ended with the test."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from conftest import COMMAND, write_labels
from said import Said

__all__ = ["AUTH", "KEY", "Running", "running"]

KEY = "key-of-the-tests"
AUTH = {"authorization": f"Bearer {KEY}"}


@dataclass(frozen=True, slots=True)
class Running:
    """A client to it, the process to signal, and what that says."""

    client: httpx.Client
    process: subprocess.Popen[str]
    said: Said


@contextlib.contextmanager
def running(folder: Path, **settings: object) -> Iterator[Running]:
    """`policy-themes serve` with these settings, labels and a label store in `folder`, and the shipped model, ready to answer."""
    write_labels(folder / "labels")
    environment = {f"POLICY_THEMES_{name.upper()}": str(value) for name, value in settings.items()}
    places = {"POLICY_THEMES_LABELS": str(folder / "labels"), "POLICY_THEMES_LOCAL_KEY": KEY}
    call = [COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(call, stderr=subprocess.PIPE, text=True, env=os.environ | places | environment) as process:
        try:
            said = Said(process)
            with httpx.Client(base_url=said.address, timeout=60, trust_env=False) as client:
                client.get("/health/ready").raise_for_status()
                yield Running(client, process, said)
        finally:
            process.terminate()
            process.wait(30)
