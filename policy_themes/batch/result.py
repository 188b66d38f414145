"""What the run hands to a writer: outcomes, one a document or a stretch of a table, with a result for every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Tagging

if TYPE_CHECKING:
    from policy_themes.documents.facts import Facts

__all__ = [
    "ERROR",
    "EVIDENCE",
    "PROBABILITIES",
    "THEMES",
    "Lines",
    "Outcome",
    "Result",
    "Summary",
    "Writer",
    "flat",
    "sections_of",
]


@dataclass(frozen=True, slots=True)
class Result:
    """A row: the columns it came with, and its tagging or the error that kept it from one. Boilerplate and headings of documents
    have neither."""

    where: str
    columns: Mapping[str, Any]
    tagging: Tagging | None
    error: PolicyThemesError | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A document that was read: its name, what it says of itself, the number of each repair, and notes of its reader."""

    document: str
    facts: Facts
    repairs: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows that were written as JSON lines where they were tagged: the `text`, how many are tagged, and the errors of the others."""

    text: str
    tagged: int
    errors: tuple[PolicyThemesError, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one unit of work gave: rows in order, a summary of each document, and what could not be read. Rows for a file of JSON lines
    may come as `lines`."""

    results: tuple[Result, ...] = ()
    summaries: tuple[Summary, ...] = ()
    failures: tuple[PolicyThemesError, ...] = ()
    lines: Lines | None = None

    @property
    def errors(self) -> list[PolicyThemesError]:
        """The failures, and the errors of rows, each with its place."""
        of_lines = self.lines.errors if self.lines else ()
        return [*self.failures, *(result.error.at(result.where) for result in self.results if result.error), *of_lines]

    @property
    def tagged(self) -> int:
        """How many rows are tagged."""
        return sum(result.tagging is not None for result in self.results) + (self.lines.tagged if self.lines else 0)


Writer = Callable[[Outcome], None]


def sections_of(results: Iterable[Result]) -> tuple[Result, ...]:
    """The results without the rows of documents that are not tagged."""
    return tuple(row for row in results if row.columns.get("kind", "section") == "section" or row.tagging or row.error)


THEMES, PROBABILITIES, EVIDENCE, ERROR = "主题", "概率", "依据", "错误"


# The columns of a document's rows, as people read them.
_NAMES = {
    "document": "文件",
    "number": "编号",
    "heading": "标题路径",
    "text": "正文",
    "kind": "类型",
    "start": "起",
    "end": "止",
}
_BEHIND = ("类型", "起", "止")


def flat(result: Result) -> dict[str, Any]:
    """A result for a sheet of cells: its columns, then themes, probabilities, the best sentence of each, and the error.

    A column of the input that already bears one of these names is kept as "<name>(原)". A document's columns get Chinese names.
    """
    themes = result.tagging.themes if result.tagging else ()
    added = {
        THEMES: "、".join(theme.name for theme in themes),
        PROBABILITIES: "、".join(f"{theme.probability:.2f}" for theme in themes),
        EVIDENCE: "\n".join(f"{theme.name}:{theme.evidence[0].text}" for theme in themes if theme.evidence),
        ERROR: str(result.error) if result.error else "",
    }
    if "document" in result.columns and "kind" in result.columns:
        own = {name: result.columns[key] for key, name in _NAMES.items()}
        behind = {name: own.pop(name) for name in _BEHIND}
        return {**own, **added, **behind}
    kept = {f"{name}(原)" if name in added else name: value for name, value in result.columns.items()}
    return {**kept, **added}
