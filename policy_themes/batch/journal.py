"""The journal of a run: every outcome on disk as soon as it is there, so that a run that was killed goes on where it stopped.

A line of JSON an outcome, in the order they were done: {"index", "key", "outcome"}. The first line says what run it is. A line that was cut
short by a kill is dropped. The journal stands beside the output and goes when that is written.
"""

from __future__ import annotations

import json
from array import array
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from policy_themes.batch.record import outcome_from, record_of
from policy_themes.batch.result import Outcome
from policy_themes.errors import InputError

__all__ = ["Journal", "journal_path"]

_MISSING = 2**64 - 1  # the place of a unit that is not done


def journal_path(output: Path) -> Path:
    """Where the journal of a run that writes `output` stands."""
    return output.with_name(f".{output.name}.progress")


class Journal:
    """Open for the run that `run` describes (model, options). With `resume`, what an earlier run of the same kind did is kept.

    Raises InputError if another run has the journal, or if it is of another model or other options.
    """

    def __init__(self, path: Path, run: dict[str, Any], *, resume: bool) -> None:
        self.path = path
        self._places = array("Q")
        self._keys: dict[int, str] = {}
        self._last = (-1, Outcome())
        self._file: BinaryIO = path.open("r+b" if path.exists() else "w+b")
        _lock(self._file, path)
        header = json.dumps(run, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        if resume and (first := self._file.readline()):
            if first != header:
                self._file.close()
                raise InputError(
                    "上次中断的运行用的是另一个模型、另一些选项或另一版程序;去掉 --resume 从头开始",
                    "the interrupted run had another model, options or version; start again without --resume",
                    where=str(path),
                )
            self._read(len(first))
        else:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(header)
            self._file.flush()

    def has(self, index: int, key: str) -> bool:
        """Whether the unit at `index` is done and still the same."""
        return self._keys.get(index) == key

    @property
    def done(self) -> int:
        """Units done."""
        return len(self._keys)

    def add(self, index: int, key: str, outcome: Outcome) -> None:
        """Keep an outcome. Raises OSError when the disk is full; what was kept before stays good."""
        line = json.dumps({"index": index, "key": key, "outcome": record_of(outcome)}, ensure_ascii=False, default=str)
        place = self._file.seek(0, 2)
        self._file.write(line.encode("utf-8", "surrogatepass") + b"\n")
        self._file.flush()
        self._keep(index, key, place)
        self._last = (index, outcome)

    def outcome(self, index: int) -> Outcome:
        """What was kept for a unit, from the disk; the last one kept, from memory."""
        if index == self._last[0]:
            return self._last[1]
        self._file.seek(self._places[index])
        return outcome_from(json.loads(self._file.readline().decode("utf-8", "surrogatepass"))["outcome"])

    def remove(self) -> None:
        """Delete the journal: the output is written."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _read(self, place: int) -> None:
        """Take up the whole lines; whatever stands behind the last of them is cut off."""
        for line in self._file:
            try:
                if not line.endswith(b"\n"):
                    break
                entry = json.loads(line.decode("utf-8", "surrogatepass"))
            except ValueError:
                break
            self._keep(entry["index"], entry["key"], place)
            place += len(line)
        self._file.seek(place)
        self._file.truncate()

    def _keep(self, index: int, key: str, place: int) -> None:
        while len(self._places) <= index:
            self._places.append(_MISSING)
        self._places[index] = place
        self._keys[index] = key


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has no advisory locks
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise InputError(
            "另一个运行正在写这个结果,请等它结束", "another run is writing this output", where=str(path)
        ) from error
