"""A PostgreSQL server of the tests' own: PostgreSQL refuses to run as root, so then it runs as the user its Debian package made."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Server", "running"]


class Server:
    """A server on a free port of this machine; `crash` is what a power cut does to it, `start` brings it back."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = folder / "log"
        self._as = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(folder, **self._as)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--no-locale")

    def url(self, name: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start and wait until it answers."""
        self._run(
            "pg_ctl",
            "start",
            "--wait",
            f"--log={self._log}",
            "-o",
            f"-p {self.port} -c listen_addresses=127.0.0.1 -k ''",
        )

    def crash(self) -> None:
        """End every process of it at once, with nothing written out."""
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait")

    def create(self, name: str) -> str:
        """The address of a new, empty database."""
        call = [_program("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name]
        subprocess.run(call, check=True, capture_output=True)
        return self.url(name)

    def _run(self, program: str, *words: str) -> None:
        call = [_program(program), "-D", str(self._data), *words]
        # A server keeps the pipes it is started with: its output goes to its log alone.
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self._as)


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
