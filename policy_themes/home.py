"""A home: the folder that keeps one field's labels/ and models/, apart from those that came with the program.

FOLDER/labels/themes.yaml   the codebook: what makes the folder a home
FOLDER/labels/*.jsonl       the labelled text, with lexicon.txt and README.md
FOLDER/models/              the versions trained on it
FOLDER/.gitignore           what is not worth keeping in git
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policy_themes.errors import InputError
from policy_themes.themes import Codebook

__all__ = ["Home", "make_home"]

_CODEBOOK = "themes.yaml"
_IGNORED = "*.tmp\n.*.progress\n*.db\n*.db-wal\n*.db-shm\n"
_LONGEST = 40  # characters of a theme's name
_BREAKS = re.compile(r"[\s,\uff0c、;\uff1b|\uff5c]")
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Home:
    """A folder known to hold a codebook."""

    folder: Path

    @property
    def labels(self) -> Path:
        """Its labels folder."""
        return self.folder / "labels"

    @property
    def models(self) -> Path:
        """Its models folder, which need not exist before the first training."""
        return self.folder / "models"

    @classmethod
    def at(cls, folder: Path) -> Home:
        """The home at `folder`. Raises InputError if it is none."""
        if not (folder / "labels" / _CODEBOOK).is_file():
            raise InputError(
                f"不是工作文件夹:没有 labels/{_CODEBOOK};新建一个:policy-themes init {folder}",
                f"is not a home: it has no labels/{_CODEBOOK}; make one with `policy-themes init {folder}`",
                where=str(folder),
                code="not-a-home",
            )
        return cls(folder)


def make_home(folder: Path, themes: Sequence[str] = ()) -> Home:
    """Make `folder` a home whose codebook has entries for `themes` (names) to be filled in.

    labels/ comes last, by one rename: before it the folder is no home to any command, and making it again completes what a kill left.
    Raises InputError for a folder with content of its own or names that cannot be used, OSError as the file system gives it.
    """
    _check_names(themes)
    _check_free(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(".init-*.tmp"):
        shutil.rmtree(leftover)
    temporary = folder / f".init-{secrets.token_hex(4)}.tmp"
    try:
        labels = temporary / "labels"
        shutil.copytree(Path(__file__).parent / "examples" / "empty" / "labels", labels, copy_function=shutil.copyfile)
        codebook = (labels / _CODEBOOK).read_text("utf-8")
        entries = "".join(_entry(number, name) for number, name in enumerate(themes, 1))
        (labels / _CODEBOOK).write_text(codebook.replace("\nthemes:\n", f"\nthemes:\n{entries}", 1), "utf-8")
        if themes:
            Codebook.read(labels / _CODEBOOK)
        (temporary / "ignored").write_text(_IGNORED, "utf-8")
        for path in (temporary / "ignored", *labels.iterdir()):
            _flush(path)
        (folder / "models").mkdir(exist_ok=True)
        (temporary / "ignored").replace(folder / ".gitignore")
        labels.rename(folder / "labels")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Home(folder)


def _check_free(folder: Path) -> None:
    """Raise InputError unless `folder` is missing, empty, or what an interrupted `make_home` left."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError("不是文件夹,请换一个名字", "is not a folder; give another name", where=str(folder))
    if (folder / "labels" / _CODEBOOK).is_file():
        raise InputError(
            f"已经是工作文件夹,直接用 --home {folder}",
            f"is a home already; use it with --home {folder}",
            where=str(folder),
        )
    if own := sorted(path.name for path in folder.iterdir() if not _ours(path)):
        shown = "、".join(own[:3])
        raise InputError(
            f"文件夹里已有内容({shown});请换一个新的或空的文件夹,例如 policy-themes init {folder / 'home'}",
            f"the folder has content of its own; take a new or empty one, as in `policy-themes init {folder / 'home'}`",
            where=str(folder),
        )


def _ours(path: Path) -> bool:
    """Whether it is a piece that `make_home` puts in place before labels/."""
    if path.name == "models":
        return path.is_dir() and not any(path.iterdir())
    if path.name == ".gitignore":
        return path.is_file() and path.read_bytes() == _IGNORED.encode()
    return re.fullmatch(r"\.init-[0-9a-f]{8}\.tmp", path.name) is not None


def _check_names(themes: Sequence[str]) -> None:
    for name in themes:
        if not name.isprintable() or len(name) > _LONGEST or _BREAKS.search(name) or not name:
            raise InputError(
                f"主题名应为一行、至多 {_LONGEST} 个字符,不含空格和标点分隔符",
                f"a theme's name must be at most {_LONGEST} characters without spaces or separators",
                where=name[: _LONGEST + 1],
            )
    if repeated := sorted({name for name in themes if themes.count(name) > 1}):
        raise InputError("主题名重复,请只写一次", "is named twice; name it once", where="、".join(repeated))


def _entry(number: int, name: str) -> str:
    """A codebook entry to be filled in; a name that is an id in itself is taken for both."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    key = name if re.fullmatch(r"[\u4e00-\u9fff]+", name) else f'"{quoted}"'
    identifier = name if _ID.fullmatch(name) else f"theme-{number}"
    return f'  {key}:\n    id: "{identifier}"  # 改成英文代号\n    covers: ""  # 写明包括什么:短语、短语\n    not: ""\n'


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
