"""The labels folder into a store that holds nothing yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from service.database.tables import extras
from service.labels.entry import Entry
from service.labels.record import record
from service.labels.themes import write_codebook

if TYPE_CHECKING:
    from training.labels import Labels

__all__ = ["seed"]

LOCK = 7_340_038  # PostgreSQL's advisory lock: two processes that start on an empty store bring the labels in once


def seed(connection: Connection, folder: Path) -> int:
    """Bring in codebook, lexicon and labels of `folder`, within one transaction; gives the number of texts, 0 if there was a codebook.

    Raises CodebookError or LabelError for a folder that cannot be read or has faulty lines.
    """
    from policy_themes.errors import LabelError
    from training.exchange.apply import labels_in

    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    if connection.scalar(select(func.count()).select_from(extras)):
        return 0
    read = labels_in(folder)
    if read.faults:
        raise LabelError(
            f"{len(read.faults)} 处错误,第一处:{read.faults[0]};请用 policy-themes labels check 查看并改正",
            f"{len(read.faults)} faults; see `policy-themes labels check`",
            where=str(folder),
        )
    lexicon = folder / "lexicon.txt"
    write_codebook(connection, read.codebook, lexicon.read_text(encoding="utf-8") if lexicon.is_file() else "")
    return len(record(connection, _entries(read)).ids)


def _entries(read: Labels) -> list[Entry]:
    ids = {theme.name: theme.id for theme in read.codebook.themes}
    return [
        Entry(
            text=item.text,
            themes=tuple(ids[name] for name in item.themes),
            annotator=item.annotator,
            at=item.date,
            kind=item.kind,
            name=item.id,
            source=item.source,
            file=Path(item.where.rpartition(":")[0]).name,
            protected=protected,
        )
        for protected, items in ((False, read.items), (True, read.protected))
        for item in items
    ]
