"""The connection to the label store, brought to the present tables when it is first opened."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import InterfaceError as LostConnection

from service.refusals import StoreUnavailable

__all__ = ["Database", "now"]

BUSY_SECONDS = 30  # a writer of SQLite waits this long for the writers before it
# Beginnings of PostgreSQL error codes that are no fault of what was asked: connection, resources (a full disk), shutdown, input and output
AWAY = ("08", "53", "57P", "58")
MIGRATION_LOCK = 7_340_034  # PostgreSQL's advisory lock that migrations take


def now() -> str:
    """This moment, ISO 8601 in UTC to the microsecond."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


class Database:
    """Transactions on the store at `url` (sqlite:///FILE, postgresql://...). Safe to share between threads."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+pg8000")
        self.url = address
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self._engine = _sqlite(address) if self.is_sqlite else create_engine(address, pool_pre_ping=True, pool_size=20)

    @classmethod
    def open(cls, url: str) -> Database:
        """The store with its tables as this program wants them. Raises StoreUnavailable with the address (never the password)."""
        database = cls(url)
        with database._faults():
            database._upgrade()
        return database

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store."""
        with self._faults(), self._engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is kept whole when the block ends, and not at all if it raises."""
        with self._faults(), self._engine.connect() as connection, connection.execution_options(immediate=True).begin():
            yield connection

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, LostConnection) as error:
            raise self._unavailable(error) from error
        except DBAPIError as error:
            if not error.connection_invalidated and not _told(error).get("C", "").startswith(AWAY):
                raise
            raise self._unavailable(error) from error
        except (OSError, TimeoutError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        where = self.url.render_as_string(hide_password=True)
        said = _said(error).splitlines()[:1]
        return StoreUnavailable(
            f"标注库无法使用:{''.join(said)};请检查数据库是否在运行、磁盘是否已满,稍后重试",
            "the label store cannot be used; see that the database runs and the disk has room, then try again",
            where=where,
        )

    def _upgrade(self) -> None:
        """Run the migrations that are due, one process at a time."""
        from service.database.migrate import upgrade

        if self.is_sqlite and self.url.database in (None, "", ":memory:"):
            with self.write() as connection:
                upgrade(connection)
        elif self.is_sqlite:
            path = Path(str(self.url.database))
            with path.with_name(f"{path.name}.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                with self.write() as connection:
                    upgrade(connection)
        else:
            with self.write() as connection:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
                upgrade(connection)


def _told(error: Exception) -> dict[str, str]:
    """What PostgreSQL says of an error, by the letters of its protocol; pg8000 makes nearly all of them one class."""
    told = error.orig.args[0] if isinstance(error, DBAPIError) and error.orig and error.orig.args else None
    return told if isinstance(told, dict) else {}


def _said(error: Exception) -> str:
    return _told(error).get("M") or str(error.orig if isinstance(error, DBAPIError) else error)


def _sqlite(address: Any) -> Engine:
    """SQLite as a server's store: write-ahead log, full durability, foreign keys, writers that queue up."""
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=20)

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _: Any) -> None:
        raw.isolation_level = None  # transactions are begun below, not by the driver
        cursor = raw.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A writer takes its place in the queue at once: one that first reads and then writes may find that it read what is past.
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
