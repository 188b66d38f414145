"""Long lists in the pieces that a statement can take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Table, any_, literal, text
from sqlalchemy.dialects import sqlite

__all__ = ["among", "chunks", "insert_all"]

T = TypeVar("T")
SIZE = 5_000  # SQLite and pg8000 both stop at 32,767 parameters


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """`values` in their order, 5,000 at a time."""
    rest = iter(values)
    while chunk := list(islice(rest, SIZE)):
        yield chunk


def among(connection: Connection, column: Column[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """`column` is one of `values`, which PostgreSQL gets as one array: pg8000 takes long to read a placeholder for each."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(values)


def insert_all(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], passing: Column[Any] | None = None
) -> None:
    """Insert `rows`, which have the same keys; with `passing`, a unique column, those whose value is there already are passed over."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _as_json(connection, table, rows, passing)
        return
    adding = sqlite.insert(table)
    connection.execute(adding.on_conflict_do_nothing(index_elements=[passing]) if passing is not None else adding, rows)


def _as_json(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], passing: Column[Any] | None) -> None:
    """A chunk as one parameter: pg8000 takes a tenth of the time that it needs for as many parameters as values."""
    quoted = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quoted(name) for name in rows[0])
    conflict = f" ON CONFLICT ({quoted(passing.name)}) DO NOTHING" if passing is not None else ""
    adding = text(
        f"INSERT INTO {quoted(table.name)} ({columns}) SELECT {columns} "  # noqa: S608 -- names of ours, quoted; values are a parameter
        f"FROM json_populate_recordset(NULL::{quoted(table.name)}, CAST(:rows AS json)){conflict}"
    )
    for chunk in chunks(rows):
        connection.execute(adding, {"rows": json.dumps(chunk, ensure_ascii=False)})
