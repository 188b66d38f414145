"""The label store as lines of JSON, one table a list: what comes out of one kind of database goes into the other.

Tables are read and written as they stand in the database at its revision, not as the present program knows them, so that an older
store is dumped as it is, and an older dump is loaded first and migrated then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import JSON, Connection, Integer, LargeBinary, MetaData, Table, func, inspect, select, text

from policy_themes.errors import InputError
from service.database.chunks import chunks, insert_all
from service.database.database import MIGRATION_LOCK
from service.database.migrate import upgrade
from service.database.office_tables import metadata

__all__ = ["clear", "holds_rows", "lines", "load", "one_state", "revision", "tables"]

ALEMBIC = "alembic_version"
PAGE = 1_000  # rows fetched at a time


def one_state(connection: Connection) -> None:
    """Have every later statement of `connection`'s transaction, not begun yet, see the same state. SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def revision(connection: Connection) -> str:
    """The revision that the store is at; empty if there are no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def tables(connection: Connection) -> list[Table]:
    """The tables of ours that there are, those that others refer to first."""
    found = MetaData()
    found.reflect(connection, only=[name for name in inspect(connection).get_table_names() if name in metadata.tables])
    return found.sorted_tables


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """Its rows by primary key, each an object on a line of its own; binary values in hexadecimal."""
    query = select(table).order_by(*table.primary_key)
    for row in connection.execution_options(yield_per=PAGE).execute(query).mappings():
        values = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
        yield json.dumps(values, ensure_ascii=False) + "\n"


def holds_rows(connection: Connection) -> bool:
    """Whether any table of ours holds a row."""
    return any(connection.execute(select(table).limit(1)).first() is not None for table in tables(connection))


def clear(connection: Connection) -> None:
    """Drop the tables of ours, with all that is in them, and keep migrations of other processes waiting."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    for table in reversed(tables(connection)):
        table.drop(connection)
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {ALEMBIC}")


def load(connection: Connection, at: str, rows_of: Callable[[str], Iterable[str]]) -> None:
    """Fill a store that has no tables with the lines that `rows_of` gives for a table's name, at revision `at`, then migrate it.

    Raises InputError for a line that is not a row of its table.
    """
    upgrade(connection, at)
    for table in tables(connection):
        for page in chunks(rows_of(table.name)):
            insert_all(connection, _nullable(table), [_row(connection, table, line) for line in page])
        if connection.dialect.name == "postgresql":
            _count_on(connection, table)
    upgrade(connection)


def _nullable(table: Table) -> Table:
    """Where a JSON column can be empty, None is that and not JSON's null."""
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=bool(column.nullable))
    return table


def _row(connection: Connection, table: Table, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
        if list(row) != table.columns.keys():
            raise ValueError("other columns")
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and (kept := row[column.name]) is not None:
                # PostgreSQL gets its rows as JSON, in which binary values are spelled so.
                row[column.name] = f"\\x{kept}" if connection.dialect.name == "postgresql" else bytes.fromhex(kept)
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            "备份中有一行不是该表的记录;请改用另一份备份",
            "a line of the backup is not a row of its table; use another backup",
            where=table.name,
            code="backup-damaged",
        ) from error
    return dict(row)


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL gives out numbers from a counter, which rows that bring their own number do not move."""
    (key, *more) = table.primary_key
    if more or not isinstance(key.type, Integer):
        return
    counter = connection.scalar(
        text("SELECT pg_get_serial_sequence(:of, :column)"), {"of": table.name, "column": key.name}
    )
    last = connection.scalar(select(func.max(key)))
    if counter and last:
        connection.execute(text("SELECT setval(:counter, :last)"), {"counter": counter, "last": last})
