"""A zip of documents -> its files one by one, as people pack them: Chinese names in any encoding, zips inside zips, what systems leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zipfile import ZipFile, ZipInfo

from policy_themes.documents.limits import MAX_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES
from policy_themes.documents.zipped import opened, unpacked
from policy_themes.errors import DocumentError

__all__ = ["Member", "members"]

NESTING = 2  # zips within each other, inside the outer one, that are opened in turn
_UTF8 = 0x800
_LEFT_BY_SYSTEMS = re.compile(
    r"(?:.*/)?(?:__MACOSX/.*|\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini|~\$[^/]*|\.~[^/]*)", re.IGNORECASE | re.DOTALL
)
_ABSOLUTE = re.compile(r"/|[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its path there (folders, and zips inside the zip, parted by "/"), and its bytes or why there are none.

    The error names the archive and the path.
    """

    name: str
    data: bytes | None
    error: DocumentError | None = None


def members(data: bytes, name: str, *, most: int = MAX_MEMBERS) -> Iterator[Member]:
    """The files of the zip called `name`, in the order stored, each unpacked when it is asked for; files of the same name are all given.

    Folders and what systems leave behind are passed over. What can't be read is given with its error and stops nothing.
    Raises DocumentError, at once, if `data` is no readable zip or holds more than `most` files.
    """
    left = _Allowance(most=most, count=most)
    return _members(left.opened(data, name), (name,), left)


@dataclass(slots=True)
class _Allowance:
    """What the archive may still unpack, the zips inside it included."""

    most: int
    count: int
    size: int = MAX_UNPACKED_BYTES

    def opened(self, content: bytes, where: str) -> ZipFile:
        archive = opened(content, where)
        if len(archive.infolist()) > self.count:
            raise DocumentError(
                f"连同各层压缩包,文件超过 {self.most} 个,请另行打包",
                f"brings the archive to over {self.most} files; pack it separately",
                where=where,
            )
        self.count -= len(archive.infolist())
        return archive

    def unpacked(self, archive: ZipFile, entry: ZipInfo, where: str) -> bytes:
        if entry.file_size > self.size:
            total = MAX_UNPACKED_BYTES // 1_000_000
            raise DocumentError(
                f"整个压缩包解压后超过 {total} MB,从这里起请另行打包",
                f"the archive unpacks to over {total} MB; pack what begins here separately",
                where=where,
            )
        content = unpacked(archive, entry, where, limit=MAX_BYTES)
        self.size -= len(content)
        return content


def _members(archive: ZipFile, at: tuple[str, ...], left: _Allowance) -> Iterator[Member]:
    """The files of the archive that stands at `at`: the outer one's name, then the paths of the zips inside it."""
    root, *folders = at
    with archive:
        for entry in archive.infolist():
            own = _path(entry)
            if own.endswith("/") or _LEFT_BY_SYSTEMS.fullmatch(own):
                continue
            path = "/".join([*folders, own])
            where = f"{root}: {path}"
            try:
                _check_path(own, where)
                content = left.unpacked(archive, entry, where)
                nested = _nested(content, len(folders), where, left) if own.lower().endswith(".zip") else None
            except DocumentError as error:
                yield Member(path, None, error)
                continue
            if nested is None:
                yield Member(path, content)
            else:
                yield from _members(nested, (*at, own), left)


def _nested(content: bytes, depth: int, where: str, left: _Allowance) -> ZipFile:
    if depth >= NESTING:
        raise DocumentError(
            f"压缩包套得太深,只打开 {NESTING} 层,请先解压",
            f"is nested over {NESTING} deep; unpack it first",
            where=where,
        )
    return left.opened(content, where)


def _path(entry: ZipInfo) -> str:
    """The path as its author saw it: Windows zips without the UTF-8 flag hold the system's encoding, here GB18030."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        name = _decoded(name.encode("cp437"))
    return name.split("\0")[0].replace("\\", "/")


def _decoded(raw: bytes) -> str:
    # Info-ZIP and macOS leave the flag out too. GB18030 bytes are hardly ever UTF-8, but short ones may be, of two bytes a letter.
    for encoding in ("utf-8", "gb18030"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" or name.isascii() or max(name) >= "\u0800":
            return name
    return raw.decode("cp437")


def _check_path(path: str, where: str) -> None:
    if not path or _ABSOLUTE.match(path) or ".." in path.split("/"):
        raise DocumentError(
            "路径指向压缩包之外,不安全,请重新打包",
            "has a path that leads out of the archive; pack it again",
            where=where,
        )
