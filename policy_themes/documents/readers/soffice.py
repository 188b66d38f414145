"""One file turned into another format by LibreOffice, run apart from everything else.

Each call has a profile of its own, so that calls can run side by side and a desktop LibreOffice is left alone. In it, macros don't run and
links are not followed: LibreOffice would fetch the pictures that a document links to from any address.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from policy_themes.documents.limits import MAX_BYTES
from policy_themes.errors import DocumentError

__all__ = ["MAX_SECONDS", "Conversion", "converted"]

MAX_SECONDS = 60.0
COMMANDS = ("soffice", "libreoffice")
MAX_MEMORY_KB = 2_000_000  # address space; it starts with about 700 MB, most of them never touched
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
# Limits are set by the shell that becomes LibreOffice; a system that doesn't know one of them (macOS) goes without.
_LIMITED = f'ulimit -v {MAX_MEMORY_KB} 2>/dev/null; ulimit -t {int(MAX_SECONDS)} 2>/dev/null; exec "$@"'


@dataclass(frozen=True, slots=True)
class Conversion:
    """From a file with the suffix `source`, read by LibreOffice's filter `reader`, to one with the suffix `target`, by its filter `writer`.

    The reading filter is named because LibreOffice otherwise takes anything it doesn't know for plain text.
    """

    source: str
    reader: str
    target: str
    writer: str


def converted(data: bytes, conversion: Conversion, name: str, *, seconds: float = MAX_SECONDS) -> bytes:
    """`data` as a file of the other format.

    Raises DocumentError naming `name`: LibreOffice is not installed, can't read it, or takes more than `seconds`.
    """
    command = _command(name, conversion)
    with TemporaryDirectory(prefix="policy-themes-", ignore_cleanup_errors=True) as folder:
        here = Path(folder)
        profile = here / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
        given, made = here / f"document.{conversion.source}", here / "out" / f"document.{conversion.target}"
        given.write_bytes(data)
        _run(
            [
                *(command, "--headless", "--norestore", "--nologo", "--nolockcheck"),
                f"-env:UserInstallation={profile.parent.as_uri()}",
                f"--infilter={conversion.reader}",
                *("--convert-to", f"{conversion.target}:{conversion.writer}"),
                *("--outdir", str(made.parent), str(given)),
            ],
            here,
            name,
            seconds,
        )
        if not made.exists() or made.stat().st_size > MAX_BYTES:
            raise DocumentError(
                f"LibreOffice 打不开:文件可能已损坏、加了密码或过大,请在 WPS 或 Word 中打开后另存为 .{conversion.target}",
                f"LibreOffice cannot open it: damaged, password-protected or too large; save it as .{conversion.target}",
                where=name,
            )
        return made.read_bytes()


def _command(name: str, conversion: Conversion) -> str:
    found = next((path for command in COMMANDS if (path := shutil.which(command))), None)
    if found is None:
        raise DocumentError(
            f"读取这种格式需要 LibreOffice(Debian、Ubuntu:apt install libreoffice-writer-nogui libreoffice-calc-nogui);"
            f"或在 WPS、Word 中另存为 .{conversion.target}",
            f"this format needs LibreOffice (Debian, Ubuntu: apt install libreoffice-writer-nogui libreoffice-calc-nogui); "
            f"or save it as .{conversion.target}",
            where=name,
        )
    return found


def _run(call: list[str], folder: Path, name: str, seconds: float) -> None:
    """Run it to its end, or end it and all it started."""
    limited = ["/bin/sh", "-c", _LIMITED, "sh", *call] if os.name == "posix" else call
    # A home of its own: fonts' caches and the like are written there.
    process = subprocess.Popen(  # noqa: S603 (the program is LibreOffice, its arguments are ours)
        limited,
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(
            f"LibreOffice 转换超过 {seconds:.0f} 秒,请拆分文件或在 WPS、Word 中另存为新格式",
            f"LibreOffice took over {seconds:.0f} seconds; split the file, or save it in the new format",
            where=name,
        ) from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what still runs. The program that was started is a launcher: what works is its child, in the same group."""
    if process.poll() is None:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
