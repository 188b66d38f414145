"""Cells of tables: text that a spreadsheet would run or spoil, made safe and restored; marks of yes and no."""

from __future__ import annotations

import json
import re
import unicodedata

from policy_themes.batch.cells import RISKY, inert

__all__ = ["marked", "restored", "safe"]

# What XML or a workbook cannot hold as it is, and the escapes that workbooks use for it.
_AWKWARD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd-\uffff]|_x[0-9A-Fa-f]{4}_|x005F_")
_JSON = "'json:"
_YES = frozenset({"1", "1.0", "是", "有", "对", "✓", "✔", "☑", "√", "x", "y", "yes", "true"})
_NO = frozenset({"", "0", "0.0", "否", "无", "✗", "✘", "☐", "-", "n", "no", "false"})


def safe(text: str) -> str:
    """`text` as a cell that no spreadsheet runs and every one keeps; `restored` gives it back exactly."""
    if _AWKWARD.search(text):
        return _JSON + json.dumps(text).replace("_", "\\u005f")
    return inert(text)


def restored(cell: str) -> str:
    """The text of a cell that `safe` wrote; any other cell as it is."""
    if cell.startswith(_JSON):
        try:
            return str(json.loads(cell.removeprefix(_JSON)))
        except ValueError:
            return cell
    return cell[1:] if cell.startswith("'") and RISKY.match(cell[1:]) else cell


def marked(cell: str) -> bool | None:
    """Whether a cell marks its column's theme: 1, 是, ✓, x and the like do, an empty one does not; None for what is no mark."""
    # × is left out: some write it for yes, others for no.
    bare = unicodedata.normalize("NFKC", cell).strip().strip("'").lower()
    return True if bare in _YES else False if bare in _NO else None
