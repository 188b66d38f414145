"""The services that are measured, each a process of its own on a free port of this machine."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.load import post
from benchmarks.peers.run import ENVIRONMENTS, HERE

__all__ = ["ANNIF", "EMPTY", "OURS", "TUTORIAL", "Server", "pinned", "started"]

OURS, EMPTY, TUTORIAL, ANNIF = "policy-themes serve", "empty endpoint", "tutorial service", "Annif REST suggest"

_BIN = Path(sys.executable).parent
_UVICORN = (str(_BIN / "python"), "-m", "uvicorn", "--log-level", "warning")
_ANNIF = (str(ENVIRONMENTS.absolute() / "annif/bin/python"), str(HERE.absolute() / "annif_command.py"), "run")
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    OURS: (str(_BIN / "policy-themes"), "serve"),
    EMPTY: (*_UVICORN, "benchmarks.peers.empty_service:app"),
    TUTORIAL: (*_UVICORN, "benchmarks.peers.tutorial_service:app"),
    ANNIF: _ANNIF,
}
_FORM = "application/x-www-form-urlencoded"
_ADDRESSES = {ANNIF: ("/v1/projects/p/suggest", _FORM)}  # the others: POST /classify, JSON
_PATIENCE = 300  # seconds until the first answer; the tutorial service fits its pipeline when it starts


class Server:
    """A running service, and the seconds from its start to its first answer."""

    def __init__(self, kind: str, body: bytes, folder: Path | None) -> None:
        begin = time.perf_counter()
        self.port = _free_port()
        self._path, self._type = _ADDRESSES.get(kind, ("/classify", "application/json"))
        command = [*_COMMANDS[kind], "--port", str(self.port)]
        self._process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pinned(self._process.pid, core=0)
        while not self._answers(body):
            if self._process.poll() is not None or time.perf_counter() - begin > _PATIENCE:
                self.stop()
                raise RuntimeError(f"{kind} did not start")
            time.sleep(0.002)
        self.seconds = time.perf_counter() - begin

    def request(self, body: bytes) -> bytes:
        """A request for it as it goes over the wire."""
        return post(self._path, body, self._type)

    def memory(self) -> float:
        """Resident memory in megabytes; 0 where the system does not tell."""
        status = Path(f"/proc/{self._process.pid}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)

    def spent(self) -> float:
        """Seconds of processor time of its threads, to the nanosecond; 0 where the system does not tell."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in threads) / 1e9

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)

    def _answers(self, body: bytes) -> bool:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            try:
                connection.request("POST", self._path, body, {"content-type": self._type})
                return connection.getresponse().status == 200
            except OSError:
                return False


@contextlib.contextmanager
def started(kind: str, body: bytes, folder: Path | None = None) -> Iterator[Server]:
    """The service of that kind, run in `folder`, once it has answered `body`; ended afterwards."""
    server = Server(kind, body, folder)
    try:
        yield server
    finally:
        server.stop()


def pinned(process: int, core: int) -> None:
    """Keep a process (0: this one) on one core, where there are two and the system can: load then takes no time from what is loaded."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0) | {core}) > 1:
        os.sched_setaffinity(process, {core})


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
