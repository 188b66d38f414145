"""The service that the campaigns attack: `policy-themes serve` over a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["COMMAND", "KEY", "Target", "address_of", "prepared", "started"]

KEY = "a-key-for-campaigns-only"
COMMAND = str(Path(sys.executable).with_name("policy-themes"))
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Target:
    """A running service: its address, such as http://127.0.0.1:8000, and its process."""

    address: str
    process: int

    def memory(self) -> float:
        """Resident memory of the service and the processes it started, in megabytes; 0 where the system does not tell."""
        return sum(_resident(one) for one in (self.process, *self.children()))

    def children(self) -> list[int]:
        """The processes it started."""
        return _children(self.process)


def prepared(folder: Path, labels: Path = _ROOT / "labels", models: Path = _ROOT / "models") -> None:
    """Make `folder` a place for `started`: copies of a labels and of a models folder, by default those of the repository."""
    shutil.copytree(labels, folder / "labels")
    shutil.copytree(models, folder / "models")


@contextlib.contextmanager
def started(folder: Path, *words: str, store: str = "", around: Mapping[str, str] | None = None) -> Iterator[Target]:
    """The service over `folder`/labels and `folder`/models, until the end of the block.

    `store` is the address of its database, `around` more of its environment.
    """
    environment = {
        **os.environ,
        "POLICY_THEMES_LABELS": str(folder / "labels"),
        "POLICY_THEMES_DATABASE": store or f"sqlite:///{folder / 'store.db'}",
        "POLICY_THEMES_LOCAL_KEY": KEY,
        # One machine sends what a bureau would.
        "POLICY_THEMES_MAX_IMPORTS": "100000",
        **{
            f"POLICY_THEMES_{who}_{what}_PER_MINUTE": "0"
            for who in ("KEY", "ADDRESS")
            for what in ("WRITES", "MEGABYTES")
        },
        **(around or {}),
    }
    call = [COMMAND, "serve", "--port", "0", "--models", str(folder / "models"), *words]
    with (folder / "service.log").open("w") as log, subprocess.Popen(call, stderr=log, env=environment) as process:
        try:
            yield Target(address_of(folder / "service.log", process), process.pid)
        finally:
            process.terminate()
            process.wait(30)


def address_of(log: Path, process: subprocess.Popen[bytes]) -> str:
    """Where a service that says it in `log` listens. Raises RuntimeError with what it said instead."""
    while process.poll() is None:
        line = log.read_text(encoding="utf-8")
        if "\n" in line:
            return line.split()[1]
    raise RuntimeError(log.read_text(encoding="utf-8"))


def _children(process: int) -> list[int]:
    """Of all its threads: each has those that it started."""
    files = Path(f"/proc/{process}/task").glob("*/children")
    return [int(one) for file in files for one in file.read_text().split()]


def _resident(process: int) -> float:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
    return 0.0
