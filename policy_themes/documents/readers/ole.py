"""What an OLE compound file holds (.doc, .wps, .xls, and Office's password-protected files), by its directory.

Format: [MS-CFB]. Sectors of 512 or 4096 bytes; a table (FAT) chains them; the directory is such a chain, 128 bytes an entry.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from policy_themes.errors import DocumentError

__all__ = ["SIGNATURE", "check_open", "streams"]

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFFF
_CHAINED = 0xFFFFFFFA  # sector numbers stay below
_HEAD = 512  # bytes of a stream that are given


def streams(data: bytes, name: str) -> dict[str, bytes]:
    """The names of the streams and storages in the file, with the first bytes of each stream that is not a tiny one.

    Raises DocumentError naming `name` if the file is damaged or its end is missing.
    """
    try:
        return dict(_entries(data))
    except (struct.error, IndexError, ValueError) as error:
        raise DocumentError(
            "文件已损坏或不完整,请重新下载,或在 WPS、Word 中打开后另存",
            "is damaged or cut short; fetch it again, or open and save it in Word or WPS",
            where=name,
        ) from error


def check_open(there: dict[str, bytes], name: str) -> None:
    """Raise DocumentError naming `name` if what streams() gave is that of a password-protected file."""
    # [MS-DOC] 2.5.1: the 16-bit flags at offset 10 of WordDocument; fEncrypted is the ninth bit.
    head = there.get("WordDocument", b"")
    if "EncryptedPackage" in there or (len(head) > 11 and head[11] & 0x01):
        raise DocumentError(
            "文件加了密码:请在 WPS 或 Word 中用密码打开,在“文件-文档加密”(或“信息-保护文档-用密码进行加密”)中清空密码后保存",
            "is password-protected: open it in Word or WPS, clear the password (File, Info, Encrypt with Password) and save it",
            where=name,
        )


def _entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(SIGNATURE):
        raise ValueError("no compound file")
    (shift,) = struct.unpack_from("<H", data, 0x1E)
    if shift not in (9, 12):
        raise ValueError("sectors of an unknown size")
    size = 1 << shift
    table = _table(data, size)
    used = max((at for at, following in enumerate(table) if following != _FREE), default=0)
    if len(data) <= (used + 1) * size:
        raise ValueError("sectors in use lie behind the end")
    (start,) = struct.unpack_from("<I", data, 0x30)
    for sector in _chain(start, table):
        for entry in range((sector + 1) * size, (sector + 2) * size, 128):
            (length, kind) = struct.unpack_from("<HB", data, entry + 0x40)
            first, total = struct.unpack_from("<II", data, entry + 0x74)
            if kind in (1, 2, 5):
                place = (first + 1) * size
                yield (
                    data[entry : entry + max(length - 2, 0)].decode("utf-16-le"),
                    data[place : place + _HEAD] if total >= 4096 else b"",
                )


def _table(data: bytes, size: int) -> list[int]:
    """The sector that follows each sector."""
    (count,) = struct.unpack_from("<I", data, 0x2C)
    places = list(struct.unpack_from("<109I", data, 0x4C))
    (more,) = struct.unpack_from("<I", data, 0x44)
    while more < _CHAINED:
        *further, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        places += further
        if len(places) * size > 2 * len(data) + 109 * size:
            raise ValueError("a list of sectors in a circle")
    table: list[int] = []
    for sector in places[:count]:
        table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return table


def _chain(sector: int, table: list[int]) -> Iterator[int]:
    for _ in range(len(table) + 1):
        if sector >= _CHAINED:
            return
        yield sector
        sector = table[sector]
    raise ValueError("a chain of sectors in a circle")
