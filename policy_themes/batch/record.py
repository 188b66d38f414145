"""Outcome <-> plain JSON, for the journal and for other machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from policy_themes.batch.result import Lines, Outcome, Result, Summary
from policy_themes.documents.facts import Facts
from policy_themes.errors import InputError, PolicyThemesError
from policy_themes.tagging.evidence import Span
from policy_themes.tagging.tagger import Tagging, ThemeScore

__all__ = ["outcome_from", "record_of"]


def record_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON holds it."""
    record: dict[str, Any] = {
        "results": [_record_of_result(result) for result in outcome.results],
        "summaries": [asdict(summary) for summary in outcome.summaries],
        "failures": [_record_of_error(failure) for failure in outcome.failures],
    }
    if lines := outcome.lines:
        record["lines"] = [lines.text, lines.tagged, [_record_of_error(error) for error in lines.errors]]
    return record


def outcome_from(record: dict[str, Any]) -> Outcome:
    """The outcome that a record was made of."""
    return Outcome(
        tuple(_result_from(result) for result in record["results"]),
        tuple(
            Summary(one["document"], Facts(**one["facts"]), one["repairs"], tuple(one["notes"]))
            for one in record["summaries"]
        ),
        tuple(_error_from(failure) for failure in record["failures"]),
        _lines_from(*record["lines"]) if "lines" in record else None,
    )


def _record_of_result(result: Result) -> dict[str, Any]:
    record: dict[str, Any] = {"where": result.where, "columns": dict(result.columns)}
    if result.tagging:
        record["themes"] = [
            [theme.id, theme.name, theme.probability, [[span.start, span.end, span.text] for span in theme.evidence]]
            for theme in result.tagging.themes
        ]
        if result.tagging.scores is not None:
            record["scores"] = dict(result.tagging.scores)
    if result.error:
        record["error"] = _record_of_error(result.error)
    return record


def _result_from(record: dict[str, Any]) -> Result:
    tagging = None
    if "themes" in record:
        themes = (
            ThemeScore(theme, name, probability, tuple(Span(*span) for span in evidence))
            for theme, name, probability, evidence in record["themes"]
        )
        tagging = Tagging(tuple(themes), record.get("scores"))
    error = _error_from(record["error"]) if "error" in record else None
    return Result(record["where"], record["columns"], tagging, error)


def _lines_from(text: str, tagged: int, errors: list[dict[str, str]]) -> Lines:
    return Lines(text, tagged, tuple(map(_error_from, errors)))


def _record_of_error(error: PolicyThemesError) -> dict[str, str]:
    return {"zh": error.zh, "en": error.en, "where": error.where, "code": error.code}


def _error_from(record: dict[str, str]) -> InputError:
    return InputError(record["zh"], record["en"], where=record["where"], code=record["code"])
