"""Progress of a run on a terminal, and what went wrong in it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from policy_themes.batch.result import Outcome, Writer
    from policy_themes.batch.run import Engine
    from policy_themes.batch.units import Unit
    from policy_themes.errors import PolicyThemesError

__all__ = ["Counted", "Faults", "progress"]

SHOWN = 20  # errors told on the terminal; a workbook has them all


class Counted:
    """Counts files or stretches of tables as they are met and done; shows nothing unless it has a bar."""

    def __init__(self, bar: Any = None) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None, sections=0, failed=0) if bar else None
        self._found = self._sections = self._failed = 0

    def units(self, units: Iterable[Unit]) -> Iterator[Unit]:
        """The units again."""
        for unit in units:
            self._found += 1
            yield unit
        if self._bar:
            self._bar.update(self._task, total=self._found)

    def outcomes(self, engine: Engine) -> Engine:
        """The engine again, counted."""

        def done(units: Iterable[tuple[int, Unit]]) -> Iterator[tuple[int, Outcome]]:
            for index, outcome in engine(units):
                self._sections += outcome.tagged
                self._failed += len(outcome.errors)
                if self._bar:
                    self._bar.update(self._task, advance=1, sections=self._sections, failed=self._failed)
                yield index, outcome

        return done


@contextlib.contextmanager
def progress() -> Iterator[Counted]:
    """A bar on a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield Counted()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    told = TextColumn("{task.fields[sections]} 段  {task.fields[failed]} 处问题")
    columns = (SpinnerColumn(), TextColumn("打标"), BarColumn(), MofNCompleteColumn(), told, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield Counted(bar)


class Faults:
    """What went wrong in a run. With `refuse_whole` the first unreadable input is raised: there is nothing else to write."""

    def __init__(self, *, refuse_whole: bool) -> None:
        self._refuse_whole = refuse_whole
        self._first: list[PolicyThemesError] = []
        self._count = 0

    def noting(self, write: Writer) -> Writer:
        """The writer again; errors of what passes through are kept."""

        def noted(outcome: Outcome) -> None:
            if self._refuse_whole and outcome.failures:
                raise outcome.failures[0]
            errors = outcome.errors
            self._count += len(errors)
            self._first += errors[: SHOWN - len(self._first)]
            write(outcome)

        return noted

    def tell(self) -> None:
        """Say what went wrong and exit with 1, if anything did."""
        if not self._count:
            return
        for error in self._first:
            sys.stderr.write(f"{error}\n")
        sys.stderr.write(
            f"{self._count} 处未能打标,其余已写出 ({self._count} could not be tagged, the rest is written)\n"
        )
        raise typer.Exit(1)
