"""What the run hands to a writer: one row a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Tagging

__all__ = ["Result", "Writer", "flat"]


@dataclass(frozen=True, slots=True)
class Result:
    """A tagged row: the columns it came with, and its tagging or the error that kept it from one."""

    where: str
    columns: Mapping[str, Any]
    tagging: Tagging | None
    error: PolicyThemesError | None = None


Writer = Callable[[Result], None]

THEMES, PROBABILITIES, EVIDENCE, ERROR = "主题", "概率", "依据", "错误"


def flat(result: Result) -> dict[str, Any]:
    """A result for a sheet of cells: its columns, then themes, probabilities, the best sentence of each, and the error.

    A column of the input that already bears one of these names is kept as "<name>(原)".
    """
    themes = result.tagging.themes if result.tagging else ()
    added = {
        THEMES: "、".join(theme.name for theme in themes),
        PROBABILITIES: "、".join(f"{theme.probability:.2f}" for theme in themes),
        EVIDENCE: "\n".join(f"{theme.name}:{theme.evidence[0].text}" for theme in themes if theme.evidence),
        ERROR: str(result.error) if result.error else "",
    }
    kept = {f"{name}(原)" if name in added else name: value for name, value in result.columns.items()}
    return {**kept, **added}
