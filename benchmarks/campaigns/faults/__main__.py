"""Faults around the service while people work with it: python -m benchmarks.campaigns.faults [SECONDS] [FAULT ...]

Full disk, database gone and back, clock that jumps, workers killed, models swapped: each for SECONDS (60). What was acknowledged has to
be kept, every answer one that the service states, tagging has to go on, the page has to say what is wrong, and the service recover by
itself. Ends with status 1 if not. Needs root, for a small disk of its own, and PostgreSQL.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import postgres
from benchmarks.campaigns.faults.fault import FAULTS, Fault
from benchmarks.campaigns.faults.trial import Trial
from benchmarks.campaigns.kills.small import small_home

__all__ = ["tried"]

DISK = "256m"  # of which the home takes a few


def tried(fault: Fault, home: Path, seconds: float) -> Trial:
    """What came of a fault, inflicted on a copy of `home`."""
    trial = Trial(fault)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_disk() if fault.name == "disk full" else tempfile.TemporaryDirectory())
        for name in ("labels", "models"):
            shutil.copytree(home / name, Path(folder) / name)
        server = stack.enter_context(postgres.running()) if fault.name == "database down" else None
        trial.run(Path(folder), server, seconds)
    return trial


@contextlib.contextmanager
def _disk() -> Iterator[str]:
    """A folder on a small disk of its own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def main() -> int:
    """Print a row for each fault."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    failed = False
    print("| fault | answers | refusals | broken connections | recovery, s | acknowledged | broken promises |")
    with tempfile.TemporaryDirectory() as home:
        small_home(Path(home))
        for fault in FAULTS:
            if sys.argv[2:] and not any(word in fault.name for word in sys.argv[2:]):
                continue
            trial = tried(fault, Path(home), seconds)
            failed |= bool(trial.faults)
            print(trial.told(), flush=True)
            for said in sorted(trial.said):
                print(f"    {said}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
