"""Which process works on a job, told so that a process number used again is not taken for it."""

from __future__ import annotations

import functools
import os
import socket
from pathlib import Path

__all__ = ["alive", "identity"]


def identity(pid: int | None = None) -> str:
    """host|process|when it started, of this process by default."""
    number = os.getpid() if pid is None else pid
    return f"{_host()}|{number}|{_started(number)}"


def alive(runner: str) -> bool | None:
    """Whether the process named by `identity` still runs; None if it is one of another machine."""
    host, _, rest = runner.rpartition("|")[0].rpartition("|")
    if host != _host():
        return None
    return identity(int(rest)) == runner and _exists(int(rest))


@functools.cache
def _host() -> str:
    """This machine since it was started, and in it the container: each counts its processes anew."""
    marks = [socket.gethostname()]
    for mark in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        path = Path(mark)
        try:
            marks.append(str(path.readlink()) if path.is_symlink() else path.read_text("ascii").strip())
        except OSError:  # no Linux: a machine and its processes are told by their names alone
            continue
    return "/".join(marks)[:160]


def _started(pid: int) -> str:
    """The tick at which a process started; "" where that cannot be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
