"""A label import: file -> entries -> what they would change -> the store, in one transaction, with the end of the job in it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from policy_themes.errors import LabelError
from policy_themes.themes import Codebook
from service.database.database import Database
from service.jobs.child.lifeline import say
from service.jobs.child.reading import Read, read_entries
from service.jobs.child.settling import Outcome, outcome_of
from service.jobs.child.similar import without_near
from service.jobs.job import Job
from service.jobs.queue import end, get, payload_of, report
from service.labels.record import ensure_texts, record
from service.labels.themes import codebook_of
from training.labels import Fault

__all__ = ["SHOWN", "run_import"]

SHOWN = 1_000  # faults kept of those found
ROUNDS = 3  # times an import is begun anew because the codebook changed meanwhile


def run_import(database: Database, job: str, runner: str) -> None:
    """Do the import with this id, which is that of `runner`. Raises LabelError if the codebook does not hold still."""
    with database.read() as connection:
        asked, data = get(connection, "import", job), payload_of(connection, job)
    for _ in range(ROUNDS):
        with database.read() as connection:
            codebook = codebook_of(connection)
        read = _read(database, asked, data, codebook)
        if read.faults or asked.asked["preview"]:
            with database.read() as connection:
                outcome = outcome_of(connection, read, replacing=asked.asked["replace"])
            _told(outcome, len(read.entries), preview=asked.asked["preview"])
            return
        if _written(database, asked, read, codebook, runner):
            return
    raise LabelError("导入期间主题表被改动,请重试", "the codebook was changed during the import; try again")


def _read(database: Database, job: Job, data: bytes, codebook: Codebook) -> Read:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    read = read_entries(data, job.asked, codebook, job.by, today)
    total = len(read.entries)
    say(
        done=0, total=total, message=f"已读 {total} 条,核对近似重复 ({total} entries read; looking for near-duplicates)"
    )
    with database.read() as connection:
        return without_near(connection, read)


def _written(database: Database, job: Job, read: Read, codebook: Codebook, runner: str) -> bool:
    """Compare once more with what the store now holds, and write; False, with nothing written, if the codebook has changed."""
    total = len(read.entries)
    say(done=total // 2, total=total, message="写入标注库 (writing)")
    with database.write() as connection:
        if codebook_of(connection) != codebook:
            return False
        outcome = outcome_of(connection, read, replacing=job.asked["replace"])
        if outcome.faults:
            _told(outcome, total, preview=False)
            return True
        record(connection, outcome.entries)
        ensure_texts(connection, outcome.unlabelled)
        message = _message(outcome, preview=False)
        report(connection, job.id, runner, done=total, total=total)
        if not end(connection, job.id, runner, "done", message, _result(outcome)):
            connection.rollback()  # cancelled meanwhile
    return True


def _told(outcome: Outcome, read: int, *, preview: bool) -> None:
    state = "failed" if outcome.faults and not preview else "done"
    say(done=read, total=read)
    say(end=state, message=_message(outcome, preview=preview), result=_result(outcome))


def _message(outcome: Outcome, *, preview: bool) -> str:
    if outcome.faults:
        return f"有 {len(outcome.faults)} 处错误,未写入 (faults: {len(outcome.faults)}, nothing written)"
    counts = (outcome.new, outcome.changed, outcome.same, len(outcome.unlabelled), len(outcome.near))
    zh = "新增 {} 条,更改 {} 条,相同 {} 条,待标 {} 条,近似重复 {} 条".format(*counts)
    en = "{} new, {} changed, {} the same, {} to be labelled, {} near-duplicates left out".format(*counts)
    return f"{zh} ({en}){';预览,未写入 (preview, nothing written)' if preview else ''}"


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "new": outcome.new,
        "changed": outcome.changed,
        "same": outcome.same,
        "unlabelled": len(outcome.unlabelled),
        "conflicts": outcome.conflicts,
        "differing": outcome.differing,
        "near": len(outcome.near),
        "fault_count": len(outcome.faults),
        "faults": _shown(outcome.faults),
        "warnings": _shown(outcome.near),
        "themes": outcome.themes,
    }


def _shown(faults: Sequence[Fault]) -> list[dict[str, str]]:
    return [{"where": fault.where, "zh": fault.zh, "en": fault.en} for fault in faults[:SHOWN]]
