"""A backup put back: every digest is checked before anything is written, and what was there is not overwritten unasked."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from policy_themes.errors import InputError
from service.archive import Archive, Manifest, opened
from service.store import FILE

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["restore"]

PLACES = ("labels", "models")
LEFT = re.compile(r"\.restore-[0-9a-f]{8}\.tmp|lost\+found")


def restore(path: Path, home: Path, url: str, *, force: bool = False) -> Manifest:
    """Make `home` and the label store at `url` (empty: store.db in the home) what they were when the backup at `path` was made.

    With `force`, labels/ and models/ that are there are kept aside as HOME/replaced-XXXXXXXX and a store that holds rows is emptied;
    without it they are refused. Raises InputError for that and for a backup that is not sound, StoreUnavailable, and OSError as the
    file system gives it; all of them leave home and store as they were. No service may be running on them.
    """
    with opened(path) as archive:
        archive.check()
        _check_revision(archive)
        if not force:
            _check_free(home)
        home.mkdir(parents=True, exist_ok=True)
        temporary = home / f".restore-{secrets.token_hex(4)}.tmp"
        try:
            _unpack(archive, temporary)
            _fill(archive, url or f"sqlite:///{temporary / 'labels' / FILE}", force)
            _put_in_place(temporary, home)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return archive.manifest


def _check_revision(archive: Archive) -> None:
    from service.database.migrate import knows

    if archive.manifest.revision and not knows(archive.manifest.revision):
        raise InputError(
            f"备份由更新的版本({archive.manifest.program})写成,请先升级 policy-themes",
            f"the backup was made by a newer version ({archive.manifest.program}); upgrade policy-themes first",
            where=str(archive.path),
        )


def _check_free(home: Path) -> None:
    """Raise InputError unless `home` is missing, empty, or holds only what a killed restore left."""
    there = sorted(home.iterdir()) if home.is_dir() else [home] if home.exists() else []
    if own := [one.name for one in there if not LEFT.fullmatch(one.name)]:
        raise InputError(
            f"文件夹里已有内容({'、'.join(own[:3])});换一个新的或空的文件夹,或加 --force(原有内容另存)",
            "the folder has content; take a new or empty one, or give --force, which keeps that content aside",
            where=str(home),
            code="not-empty",
        )


def _unpack(archive: Archive, temporary: Path) -> None:
    """Write labels/ and models/ to `temporary`, on disk when this returns."""
    for place in PLACES:
        (temporary / place).mkdir(parents=True)
    for name in archive.manifest.members:
        if name.startswith(tuple(f"{place}/" for place in PLACES)):
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as target:
                for block in archive.blocks(name):
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())


def _fill(archive: Archive, url: str, force: bool) -> None:
    """Load the store within one transaction. Raises InputError for a database that holds rows or is not ours."""
    from service.database import dump
    from service.database.database import Database

    if (
        not archive.manifest.revision
        and url.startswith("sqlite:///")
        and not Path(url.removeprefix("sqlite:///")).exists()
    ):
        return  # it is made from the labels when it is first asked for
    database = Database(url)
    try:
        with database.write() as connection:
            _check_ours(connection, database.url.render_as_string(hide_password=True), force)
            dump.clear(connection)
            if archive.manifest.revision:
                dump.load(connection, archive.manifest.revision, archive.lines)
    finally:
        database.close()


def _check_ours(connection: Connection, where: str, force: bool) -> None:
    from service.database import dump
    from service.database.migrate import knows

    if dump.tables(connection) and not knows(dump.revision(connection)):
        raise InputError(
            "数据库里有别的程序的同名表,不能恢复到这里;请另建一个空数据库",
            "the database has tables of another program under our names; make an empty database of its own",
            where=where,
        )
    if not force and dump.holds_rows(connection):
        raise InputError(
            "标注库里已有内容;换一个空的数据库,或加 --force(原有内容将被删除,请先备份)",
            "the label store holds rows; take an empty database, or give --force, which deletes them (back them up first)",
            where=where,
            code="not-empty",
        )


def _put_in_place(temporary: Path, home: Path) -> None:
    """Two renames, labels/ last: before it the folder is no home to any command."""
    aside = home / f"replaced-{secrets.token_hex(4)}"
    for place in reversed(PLACES):
        if (home / place).exists():
            aside.mkdir(exist_ok=True)
            (home / place).rename(aside / place)
        (temporary / place).rename(home / place)
    for left in home.glob(".restore-*.tmp"):
        shutil.rmtree(left, ignore_errors=True)
