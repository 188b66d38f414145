"""What a process of a test says on stderr."""

from __future__ import annotations

import subprocess
import threading

__all__ = ["Said"]


class Said:
    """Read as it comes: a pipe that nobody reads holds the process up once it is full. The process has said its `first` line already."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.first = process.stderr.readline()
        self._lines = [self.first]
        self._thread = threading.Thread(target=self._read, name="said", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Of a service, which its first line tells."""
        return self.first.split()[1]

    def all(self) -> str:
        """Everything; waits for the process to end."""
        self._thread.join(30)
        return "".join(self._lines)

    def _read(self) -> None:
        with self._process.stderr as stream:
            self._lines.extend(stream)
