"""Zip archives from anywhere: opened with a bound on their members, read with a bound on what each unpacks to."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from policy_themes.documents.limits import MAX_BYTES, MAX_MEMBERS
from policy_themes.errors import DocumentError

__all__ = ["opened", "unpacked"]

# What zipfile raises on damaged bytes; UnicodeDecodeError and binascii's errors are ValueErrors.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
    NotImplementedError,
)
# LZMA streams name the size of the dictionary to set aside, up to 4 GB; no office program writes them.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1


def opened(data: bytes, name: str) -> zipfile.ZipFile:
    """The archive in `data`. Raises DocumentError naming `name` if it is damaged or holds more than MAX_MEMBERS members."""
    # Counted before zipfile sees it: the directory of an archive of 100 MB can list two million members, each an object.
    # Files stored as they are may be zips themselves (docx) with entries of their own, so this first count is a rough one.
    if data.count(_ENTRY) > 20 * MAX_MEMBERS:
        raise _too_many(name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise DocumentError(
            "文件已损坏或不完整,请重新下载或重新生成", "is damaged or cut short; fetch or make it again", where=name
        ) from error
    if len(archive.infolist()) > MAX_MEMBERS:
        raise _too_many(name)
    return archive


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, *, limit: int = MAX_BYTES) -> bytes:
    """The content of one member, at most `limit` bytes. Raises DocumentError naming `name`."""
    if entry.flag_bits & _ENCRYPTED:
        raise DocumentError(
            "加了密码,请用密码解压后再试", "is password-protected; unpack it with its password", where=name
        )
    if entry.compress_type not in _METHODS:
        raise DocumentError(
            "压缩方式不常用,请重新压缩为普通 zip",
            "uses an unusual compression; pack it again as a plain zip",
            where=name,
        )
    # zipfile gives no more than the declared size whatever the stream holds, so checking what is declared bounds both.
    if entry.file_size > limit:
        raise DocumentError(
            f"解压后超过 {max(limit, 0) // 1_000_000} MB,请拆分",
            f"unpacks to over {max(limit, 0) // 1_000_000} MB; split it",
            where=name,
        )
    try:
        with archive.open(entry) as stream:
            content = stream.read(limit + 1)
    except _DAMAGE as error:
        raise DocumentError(
            "已损坏,无法解压,请重新下载或重新生成", "is damaged; fetch or make it again", where=name
        ) from error
    if len(content) != entry.file_size:
        raise DocumentError("不完整,请重新下载或重新生成", "is cut short; fetch or make it again", where=name)
    return content


def _too_many(name: str) -> DocumentError:
    return DocumentError(
        f"内含的文件超过 {MAX_MEMBERS} 个,请拆分后再试", f"holds more than {MAX_MEMBERS} files; split it", where=name
    )
