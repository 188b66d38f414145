"""A PostgreSQL server for tests and campaigns: PostgreSQL refuses to run as root, so then it runs as the user its Debian package made."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Server", "running"]


class Server:
    """A server on a free port of this machine; `crash` and `kill` are what a power cut does to it, `start` brings it back."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = folder / "log"
        self._as = "postgres" if os.geteuid() == 0 else None
        if self._as:
            shutil.chown(folder, self._as, self._as)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--no-locale")
        call = [_program("initdb"), "-D", str(self._data), *options]
        subprocess.run(call, check=True, capture_output=True, cwd="/", user=self._as, group=self._as)

    def url(self, name: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
        call = [_program("postgres"), "-D", str(self._data), "-p", str(self.port), *options]
        with self._log.open("ab") as log:
            # A child of ours, not pg_ctl's: who kills it has to wait for it too, or its id stays taken and it is not started again.
            self._master = subprocess.Popen(call, stdout=log, stderr=log, cwd="/", user=self._as, group=self._as)
        until = time.monotonic() + 60
        ready = [_program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        while subprocess.run(ready, check=False).returncode:
            assert self._master.poll() is None, self._log.read_text("utf-8", "replace")
            assert time.monotonic() < until, "PostgreSQL does not answer after a minute"
            time.sleep(0.05)

    def crash(self) -> None:
        """End every process of it at once, with nothing written out."""
        self._master.send_signal(signal.SIGQUIT)
        self._master.wait(60)

    def kill(self) -> None:
        """Kill every process of it with SIGKILL, the one that watches over the others first."""
        master = self._master.pid
        below = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        for process in (master, *map(int, below)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._master.wait(60)

    def create(self, name: str) -> str:
        """The address of a new, empty database."""
        call = [_program("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name]
        subprocess.run(call, check=True, capture_output=True)
        return self.url(name)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A started server, stopped and deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="policy-themes-postgres-") as folder:
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.crash()


def _program(name: str) -> str:
    """The newest of Debian's versions, which are not on the path; else the one on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(debian[-1]) if debian else shutil.which(name)
    assert found, f"{name} not found: install PostgreSQL (Debian: postgresql)"
    return found
