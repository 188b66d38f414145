"""What a job's process says to the service, and how it ends with it.

Messages are lines of JSON on standard output, each behind a mark that no library prints; every other line is log. Standard input is
the line of life: when it breaks, the service is gone, and the process ends with all that it started.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any

__all__ = ["MARK", "given", "say"]

MARK = "\x1e"


def given() -> dict[str, Any]:
    """The first line of standard input, which says what to do; from then on the end of the input ends this process."""
    asked: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_watch, daemon=True).start()
    return asked


def say(**fields: Any) -> None:
    """Tell the service: values of done, total, message; or `end` (a state) with message and result."""
    sys.stdout.write(MARK + json.dumps(fields, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)
