"""What is done at a time: a document or an archive, or a stretch of a table's rows."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from policy_themes.batch.result import Outcome
from policy_themes.documents.limits import Limits
from policy_themes.documents.tables import Row, read_jsonl
from policy_themes.errors import PolicyThemesError, TableError
from policy_themes.tagging.tagger import Tagger

__all__ = ["ARCHIVES", "Call", "FileUnit", "LinesUnit", "RowsUnit", "Unit", "Upload", "Written"]

ARCHIVES = (".zip",)

# For a file of JSON lines: whoever tags writes the results as such, those of sections or all.
Written = Literal["sections", "all"] | None


@dataclass(frozen=True, slots=True)
class FileUnit:
    """A document or an archive on disk, under the name that results show; `written`: see Written."""

    table: ClassVar[str] = ""
    path: Path
    name: str
    written: Written = None

    @property
    def key(self) -> str:
        """What tells this file from another or a later one of its name."""
        try:
            facts = self.path.stat()
        except OSError:
            return self.name
        return f"{self.name}|{facts.st_size}|{facts.st_mtime_ns}|{self.written}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A document or an archive in memory, and what it is held to."""

    data: bytes
    name: str
    limits: Limits = field(default=Limits(), kw_only=True)


class Call(Upload):
    """Bytes that bring their own work, done where a tagger is: for callers that take more than documents and tables."""

    __slots__ = ()

    def outcome(self, tagger: Tagger) -> Outcome:
        """Do it. What goes wrong is in the outcome, never raised."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class RowsUnit:
    """Rows of a table that are tagged together; `fault` is what stopped the table from being read on behind them."""

    table: ClassVar[str] = ""
    rows: tuple[Row, ...]
    fault: PolicyThemesError | None = None

    @property
    def key(self) -> str:
        """A digest of the rows."""
        digest = hashlib.sha256(str(self.fault).encode())
        for row in self.rows:
            digest.update(f"{row.where}\0{row.columns!r}\0".encode(errors="surrogatepass"))
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class LinesUnit:
    """Lines of the JSON lines file `table`, from line `first` on, as they stand there: whoever tags them reads them. `written`:
    see Written."""

    table: str
    first: int
    data: bytes
    column: str | None = None
    written: Written = None

    @property
    def key(self) -> str:
        """A digest of the lines and of where they stand."""
        return hashlib.sha256(
            f"{self.table}:{self.first}:{self.column}:{self.written}\0".encode() + self.data
        ).hexdigest()

    def read(self) -> RowsUnit:
        """The rows, up to the first that cannot be read."""
        rows: list[Row] = []
        try:
            rows.extend(read_jsonl(io.BytesIO(self.data), self.table, self.column, self.first))
        except TableError as error:
            return RowsUnit(tuple(rows), error)
        return RowsUnit(tuple(rows))


Unit = FileUnit | RowsUnit | LinesUnit
