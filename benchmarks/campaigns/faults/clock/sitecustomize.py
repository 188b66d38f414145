"""Loaded by Python at the start of a process whose PYTHONPATH names this folder: the clock is off by the seconds in the file CLOCK.

Only the time of day: what measures how long something takes (time.monotonic) is never put back by anybody.
"""

import contextlib
import datetime
import os
import threading
import time
from pathlib import Path

import time_machine

LOOK = 0.05  # seconds
FILE = Path(os.environ["CLOCK"])
BEGUN = time.time() - time.monotonic()


def follow() -> None:
    """For as long as the process lives."""
    now = time_machine.travel(BEGUN + time.monotonic(), tick=True).start()
    before = ""
    while True:
        with contextlib.suppress(OSError):
            off = FILE.read_text()
            if off and off != before:
                before = off
                now.move_to(datetime.datetime.fromtimestamp(BEGUN + time.monotonic() + float(off), datetime.UTC))
        time.sleep(LOOK)


def begin() -> None:
    threading.Thread(target=follow, daemon=True).start()


begin()
os.register_at_fork(after_in_child=begin)
