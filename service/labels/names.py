"""Which names a theme may have: each must stay one name where several are written side by side, as in the cells of a sheet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from policy_themes.errors import CodebookError

__all__ = ["LONGEST", "check_aliases", "check_name"]

LONGEST = 100  # characters
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # shows nothing, or turns the text around


def check_name(name: str) -> None:
    """Raise CodebookError for a name that is empty, too long, or would not stay one name in a list of names."""
    if not name:
        raise CodebookError("请填写名称", "a name is needed", where="name")
    _check(name, "名称", "name")


def check_aliases(aliases: Iterable[str]) -> None:
    """The same for other names of a theme."""
    for alias in aliases:
        _check(alias, "别名", "aliases")


def _check(written: str, called: str, where: str) -> None:
    from training.exchange.names import writable

    if len(written) > LONGEST:
        each = "每个" if where == "aliases" else ""
        raise CodebookError(f"{each}{called}不能超过 {LONGEST} 个字", f"{where}: one is too long", where=where)
    if not writable(written) or any(unicodedata.category(one) in _UNSEEN for one in written):
        raise CodebookError(
            f"{called}里不能有空格、顿号、逗号、分号、竖线或看不见的字符:在表格里几个名称就是用它们隔开的",
            f"{where}: none can hold spaces, commas, semicolons, bars or invisible characters, which part names in lists",
            where=where,
        )
