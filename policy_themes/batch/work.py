"""One unit of work -> its outcome: a document read and tagged, an archive of them, or a stretch of a table's rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policy_themes.batch.result import Lines, Outcome, Result, Summary, sections_of
from policy_themes.batch.units import ARCHIVES, Call, FileUnit, LinesUnit, RowsUnit, Unit, Upload, Written
from policy_themes.documents.limits import Limits
from policy_themes.documents.tables import Row
from policy_themes.errors import DocumentError, TextError
from policy_themes.tagging.tagger import Options, Tagger
from policy_themes.tagging.text import checked

if TYPE_CHECKING:
    from policy_themes.documents.document import Document

__all__ = ["fault_of", "outcome_of"]


def outcome_of(unit: Unit | Upload, tagger: Tagger, options: Options) -> Outcome:
    """Do one unit. What can't be read or tagged is in the outcome, never raised."""
    if isinstance(unit, Call):
        return unit.outcome(tagger)
    if isinstance(unit, LinesUnit):
        return _written(_of_rows(unit.read(), tagger, options), unit.written)
    if isinstance(unit, RowsUnit):
        return _of_rows(unit, tagger, options)
    try:
        done = _of_file(unit, tagger, options)
    except DocumentError as error:
        # A result shows the document's name; an error says where the file is.
        place = error.where if isinstance(unit, Upload) else str(unit.path)
        return Outcome(failures=(DocumentError(error.zh, error.en, where=place, code=error.code),))
    return done if isinstance(unit, Upload) else _written(done, unit.written)


def fault_of(unit: Unit | Upload, zh: str, en: str) -> Outcome:
    """The outcome of a unit that the program itself could not finish."""
    if isinstance(unit, RowsUnit | LinesUnit):
        rows, error = unit.read() if isinstance(unit, LinesUnit) else unit, DocumentError(zh, en)
        results = tuple(Result(row.where, row.columns, None, error) for row in rows.rows)
        done = Outcome(results, failures=(rows.fault,) if rows.fault else ())
        return _written(done, unit.written) if isinstance(unit, LinesUnit) else done
    return Outcome(failures=(DocumentError(zh, en, where=unit.name if isinstance(unit, Upload) else str(unit.path)),))


def tagged(rows: Sequence[Row], tagger: Tagger, options: Options) -> tuple[Result, ...]:
    """The result of each row, in order; a text that can't be tagged has its error there."""
    errors = [_error(row.text) for row in rows]
    sound = [row.text for row, error in zip(rows, errors, strict=True) if error is None]
    taggings = iter(tagger.tag_batch(sound, options))
    return tuple(
        Result(row.where, row.columns, None if error else next(taggings), error)
        for row, error in zip(rows, errors, strict=True)
    )


def _of_rows(unit: RowsUnit, tagger: Tagger, options: Options) -> Outcome:
    return Outcome(tagged(unit.rows, tagger, options), failures=(unit.fault,) if unit.fault else ())


def _written(outcome: Outcome, written: Written) -> Outcome:
    """The outcome with its results as JSON lines, if they are wanted so."""
    if written is None:
        return outcome
    from policy_themes.batch.writers.jsonl import as_lines

    of_rows = Outcome(outcome.results if written == "all" else sections_of(outcome.results))
    lines = Lines(as_lines(of_rows.results), of_rows.tagged, tuple(of_rows.errors))
    return Outcome((), outcome.summaries, outcome.failures, lines)


def _of_file(unit: FileUnit | Upload, tagger: Tagger, options: Options) -> Outcome:
    """Of a document or an archive. Raises DocumentError."""
    from policy_themes.documents.read import bytes_of, read_document

    limits = unit.limits if isinstance(unit, Upload) else Limits()
    data = unit.data if isinstance(unit, Upload) else bytes_of(unit.path)
    if Path(unit.name).suffix.lower() in ARCHIVES:
        return _of_archive(data, unit.name, tagger, options, limits)
    return _of_document(read_document(data, unit.name, pages=limits.pages), tagger, options)


def _of_archive(data: bytes, name: str, tagger: Tagger, options: Options, limits: Limits) -> Outcome:
    """The outcomes of an archive's documents, joined."""
    from policy_themes.documents.archive import members
    from policy_themes.documents.read import read_document

    outcomes = []
    for member in members(data, name, most=limits.files):
        if member.data is None:
            outcomes.append(Outcome(failures=(member.error,) if member.error else ()))
            continue
        try:
            document = read_document(member.data, f"{name}/{member.name}", pages=limits.pages)
            outcomes.append(_of_document(document, tagger, options))
        except DocumentError as error:
            outcomes.append(Outcome(failures=(error,)))
    return _joined(outcomes, name)


def _of_document(document: Document, tagger: Tagger, options: Options) -> Outcome:
    """One row a piece; only sections are tagged."""
    rows = [
        Row(f"{document.name}#{at}", piece.text, {"document": document.name, **dataclasses.asdict(piece)})
        for at, piece in enumerate(document.sections, 1)
    ]
    kept = [row for row, piece in zip(rows, document.sections, strict=True) if piece.kind == "section"]
    of_section = iter(tagged(kept, tagger, options))
    results = tuple(
        next(of_section) if piece.kind == "section" else Result(row.where, row.columns, None)
        for row, piece in zip(rows, document.sections, strict=True)
    )
    return Outcome(results, (Summary(document.name, document.facts, document.repairs, document.notes),))


def _joined(outcomes: Sequence[Outcome], name: str) -> Outcome:
    if not outcomes:
        raise DocumentError("压缩包中没有可读的文件", "holds no document", where=name)
    return Outcome(
        tuple(result for one in outcomes for result in one.results),
        tuple(summary for one in outcomes for summary in one.summaries),
        tuple(failure for one in outcomes for failure in one.failures),
    )


def _error(text: str) -> TextError | None:
    try:
        checked(text)
    except TextError as error:
        return error
    return None
