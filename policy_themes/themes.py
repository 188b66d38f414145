"""The codebook: the themes there are, and what each covers.

`themes.yaml` maps each theme's name (what people type and read) to its English id (what programs keep), its definition and its history:

    version: 1
    themes:
      党建: {id: party, covers: ..., not: ..., aliases: [党的建设], retired: false}
    boundaries: [...]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_themes.errors import CodebookError

__all__ = ["Codebook", "Theme", "check_names"]

MAX_BYTES = 1_000_000
ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme. `covers` and `excludes` are the codebook's Chinese definition; `excludes` may be empty."""

    id: str
    name: str
    covers: str
    excludes: str = ""
    aliases: tuple[str, ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Codebook:
    """The themes in their order, and the boundary decisions that annotators follow."""

    themes: tuple[Theme, ...]
    boundaries: tuple[str, ...] = ()
    source: bytes = b""  # the file as read, comments included

    @property
    def active(self) -> tuple[Theme, ...]:
        """The themes that labels may carry today, in order."""
        return tuple(theme for theme in self.themes if not theme.retired)

    def name_of(self, written: str) -> str | None:
        """The present name of a theme written by its name, its id or an old name; None if there is none such."""
        for theme in self.active:
            if written in (theme.name, theme.id, *theme.aliases):
                return theme.name
        return None

    @classmethod
    def read(cls, path: Path) -> Codebook:
        """Read themes.yaml. Raises CodebookError that names the file, the theme and the remedy."""
        import yaml

        try:
            raw = path.read_bytes()
            if len(raw) > MAX_BYTES:
                raise _fault(path, "文件超过 1 MB", "the file is over 1 MB")
            content = yaml.safe_load(raw)
        except OSError as error:
            raise _fault(path, "无法读取主题表", f"cannot be read: {error.strerror}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise _fault(path, f"不是合法的 YAML:{error}", "is not valid YAML") from error
        themes = tuple(_themes(content, path))
        check_names(themes, path)
        return cls(themes, tuple(str(line) for line in content.get("boundaries") or ()), raw)


def _fault(path: Path | str, zh: str, en: str) -> CodebookError:
    return CodebookError(zh, en, where=str(path))


def _themes(content: Any, path: Path) -> Iterator[Theme]:
    entries = content.get("themes") if isinstance(content, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise _fault(path, "缺少 themes:应为“主题名: {id, covers}”", "needs `themes:`, a mapping of name to definition")
    for name, entry in entries.items():
        if not isinstance(name, str) or not isinstance(entry, dict) or not ID.fullmatch(str(entry.get("id", ""))):
            raise _fault(
                path,
                f"主题“{name}”需要 id(小写英文字母开头)与 covers",
                f"theme {name!r} needs an id (lower-case letters) and `covers`",
            )
        yield Theme(
            id=str(entry["id"]),
            name=name,
            covers=str(entry.get("covers", "")),
            excludes=str(entry.get("not") or ""),
            aliases=tuple(str(alias) for alias in entry.get("aliases") or ()),
            retired=bool(entry.get("retired", False)),
        )


def check_names(themes: Iterable[Theme], path: Path | str) -> None:
    """No name, id or alias may mean two themes: a label would then be read as either. Raises CodebookError."""
    seen: dict[str, str] = {}
    for theme in themes:
        for written in {theme.name, theme.id, *theme.aliases}:
            if written in seen:
                other = seen[written]
                raise _fault(
                    path,
                    f"“{written}”同时指主题“{other}”和“{theme.name}”,请改其中一个",
                    f"{written!r} means both {other!r} and {theme.name!r}; change one",
                )
            seen[written] = theme.name
