"""Counts over a run: sections of each theme in each document, what was repaired, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from policy_themes.batch.result import Outcome, Result, Summary
from policy_themes.errors import PolicyThemesError

__all__ = ["Tally"]

MAX_ERRORS = 100_000  # errors kept one by one


class Tally:
    """Grows with the number of documents, not of sections. `themes` are the names of all themes, in the codebook's order."""

    def __init__(self, themes: Sequence[str]) -> None:
        self.themes = tuple(themes)
        self.summaries: dict[str, Summary] = {}
        self.errors: list[PolicyThemesError] = []
        self.more_errors = 0
        self._sections: Counter[str] = Counter()
        self._of: dict[str, Counter[str]] = {}

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        for summary in outcome.summaries:
            self.summaries[summary.document] = summary
        for error in outcome.errors:
            if len(self.errors) < MAX_ERRORS:
                self.errors.append(error)
            else:
                self.more_errors += 1
        for result in outcome.results:
            if result.tagging is not None:
                name = document_of(result)
                self._sections[name] += 1
                self._of.setdefault(name, Counter()).update(theme.name for theme in result.tagging.themes)

    @property
    def documents(self) -> list[str]:
        """The documents and tables with a tagged section, in the order they came."""
        return list(self._sections)

    def sections(self, document: str) -> int:
        """Tagged sections of a document."""
        return self._sections[document]

    def count(self, document: str, theme: str) -> int:
        """Sections of `document` that carry `theme`."""
        return self._of[document][theme]

    def years(self) -> dict[int, list[str]]:
        """The documents of each known year."""
        by_year: dict[int, list[str]] = {}
        for document in self.documents:
            if document in self.summaries and (year := self.summaries[document].facts.year):
                by_year.setdefault(year, []).append(document)
        return dict(sorted(by_year.items()))

    def totals(self) -> Iterator[tuple[str, int, int]]:
        """Each theme with its sections and documents, in the codebook's order."""
        for theme in self.themes:
            counts = [self._of[document][theme] for document in self._of]
            yield theme, sum(counts), sum(count > 0 for count in counts)


def document_of(result: Result) -> str:
    """The document of a row; for a table's row the table."""
    return str(result.columns.get("document") or result.columns.get("文件") or result.where.rpartition(":")[0])
