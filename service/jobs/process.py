"""A job's process, as the service holds it."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from service.jobs.child.lifeline import MARK

__all__ = ["Process"]


class Process:
    """A process in a group of its own, so that what it starts ends with it."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        # -P: what lies in the folder that the service was started in is not taken for ours.
        call = [sys.executable, "-P", "-m", "service.jobs.child"]
        self._child = subprocess.Popen(  # noqa: S603 -- ourselves
            call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        self._input, self._output = cast(IO[bytes], self._child.stdin), cast(IO[bytes], self._child.stdout)
        self._rest = b""
        with contextlib.suppress(BrokenPipeError):  # gone already: `ended` will say so
            self._input.write(json.dumps(dict(asked)).encode() + b"\n")
            self._input.flush()

    @property
    def ended(self) -> bool:
        """Whether it has; it is not yet reaped, so its number is still its own."""
        return os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def messages(self, seconds: float) -> Iterator[dict[str, Any] | str]:
        """What it says within `seconds`: messages, and lines of log."""
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while (left := until - time.monotonic()) > 0 and selector.select(left):
                got = os.read(self._output.fileno(), 65_536)
                if not got:
                    return
                yield from self._lines(got)

    def stop(self) -> int:
        """End it and all it started; gives its exit code, negative for the signal that ended it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)
        code = self._child.wait()
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):
                pipe.close()
        return code

    def _lines(self, got: bytes) -> Iterator[dict[str, Any] | str]:
        *lines, self._rest = (self._rest + got).split(b"\n")
        for line in lines:
            text = line.decode("utf-8", "replace")
            yield json.loads(text[1:]) if text.startswith(MARK) else text
