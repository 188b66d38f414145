"""The log on stderr. Lines are made and written by a thread: a terminal or a pipe that takes none holds up no request.

What cannot be written is kept up to MOST lines, then dropped and counted. Each line is one write, so that the lines of several workers
do not run into one another.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
from collections import deque

from service.watch.line import Asked, json_of, json_of_record, plain_of, plain_of_record

__all__ = ["FORMATS", "LEVELS", "Log"]

FORMATS = ("auto", "json", "plain", "off")
LEVELS = ("debug", "info", "warning", "error")
MOST = 20_000  # lines that wait to be written
GATHER = 0.05  # seconds; lines that come together are written together
AT_ONCE = 4_000  # bytes, which a pipe takes whole
LAST = 1.0  # seconds that the last lines get when the process ends


class Log(logging.Handler):
    """`form` is of FORMATS, `level` of LEVELS. Also what the loggers of our libraries write to, once `attach` has been called."""

    def __init__(self, form: str = "off", level: str = "info", with_text: bool = False) -> None:
        super().__init__(logging.getLevelName(level.upper()))
        terminal = form == "plain" or (form == "auto" and sys.stderr is not None and sys.stderr.isatty())
        self.form = "off" if form == "off" else "plain" if terminal else "json"
        self.on, self.dropped, self._with_text = self.form != "off", 0, with_text
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def attach(self) -> None:
        """Take over what the program and its libraries log."""
        logging.basicConfig(handlers=[self], level=max(self.level, logging.WARNING), force=True)
        logging.getLogger("policy_themes").setLevel(self.level)
        atexit.register(self.end)

    def put(self, line: Asked | str) -> None:
        """Have a line written."""
        if len(self._lines) >= MOST:
            self.dropped += 1
            return
        self._lines.append(line)
        if not self._woken.is_set():
            self._wake()

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging. What is off still tells of faults, as a program that has no log does."""
        try:
            self.put((json_of_record if self.form == "json" else plain_of_record)(record))
        except Exception:
            self.handleError(record)

    def end(self) -> None:
        """Write what waits, within a second."""
        if self._thread is not None:
            self._ended = True
            self._woken.set()
            self._thread.join(LAST)

    def _begin(self) -> None:
        """Also in a forked process, which has no thread yet, and whose parent writes the lines that were there."""
        self._lines: deque[Asked | str] = deque()
        self._woken, self._starting = threading.Event(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = False

    def _wake(self) -> None:
        self._woken.set()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ended or self._lines:
            self._woken.wait()
            if not self._ended:
                time.sleep(GATHER)
            self._woken.clear()
            held = b""
            for _ in range(len(self._lines)):
                line = self._text(self._lines.popleft()).encode("utf-8", "backslashreplace") + b"\n"
                if len(held) + len(line) > AT_ONCE and held:
                    _write(held)
                    held = b""
                held += line
            _write(held)

    def _text(self, line: Asked | str) -> str:
        if isinstance(line, str):
            return line
        return (json_of if self.form == "json" else plain_of)(line, self._with_text)


def _write(data: bytes) -> None:
    """To stderr; nobody may be there to read it."""
    while data:
        try:
            data = data[os.write(2, data) :]
        except OSError:
            return
