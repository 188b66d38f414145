"""Backup and restore, rehearsed: on SQLite, on PostgreSQL, from each to the other, and after everything that can go wrong with a file."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from benchmarks import postgres
from policy_themes.errors import InputError
from policy_themes.home import Home
from service.archive import PLACE, Manifest, opened
from service.backup import write_backup
from service.database import dump
from service.database.database import Database
from service.database.migrate import upgrade
from service.database.office_tables import jobs, metadata
from service.keys import create, holder
from service.labels.entry import Entry
from service.labels.record import record, withdraw
from service.labels.seed import seed
from service.labels.themes import Change, rename
from service.restore import restore

AT = "2026-11-20T08:00:00+00:00"
Run = Callable[..., subprocess.CompletedProcess[bytes]]
# Five labelled texts a transaction, as fast as they go in.
WRITER = """
import itertools, sys
from service.database.database import Database
from service.labels.entry import Entry
from service.labels.record import record
database = Database.open(sys.argv[1])
for at in itertools.count():
    with database.write() as connection:
        record(connection, [Entry(f"第{at}批第{n}段。", ("safety",), annotator="甲", at="2026-11-20") for n in range(5)])
    if not at:
        print("begun", flush=True)
"""


@pytest.fixture
def home(small_labels: Path, small_models: Path, tmp_path: Path) -> Home:
    """A home with labels and one model version, live."""
    folder = tmp_path / "原来的"
    shutil.copytree(small_labels, folder / "labels")
    shutil.copytree(small_models, folder / "models")
    (version,) = [path.name for path in (folder / "models").iterdir() if (path / "manifest.json").is_file()]
    (folder / "models" / "current").write_text(f"{version}\n", "utf-8")
    line = {"version": version, "at": AT, "action": "promote", "note": "首次", "by": "甲"}
    (folder / "models" / "history.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", "utf-8")
    return Home.at(folder)


def fill(database: Database, labels: Path) -> str:
    """What a bureau's store holds after a while; gives a key that opens it."""
    with database.write() as connection:
        seed(connection, labels)
        (text,) = record(connection, [Entry("夜间巡查“宿舍”\n并登记😀。", ("safety",), annotator="乙", at=AT)]).ids
        withdraw(connection, text, "乙", AT, "误标")
        rename(connection, "safety", "校园安全", Change("甲", AT))
        job = {
            "id": "1",
            "kind": "import",
            "state": "done",
            "by": "甲",
            "asked": {"a": [1, None]},
            "done": 1,
            "total": 1,
        }
        job |= {"message": "", "payload": bytes(range(256)), "runner": "", "seen_at": AT, "created_at": AT}
        connection.execute(insert(jobs).values(**job))
        return create(connection, "基教科", ("label",), AT)


def content(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    database = Database(url)
    with database.read() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in metadata.sorted_tables
        }
    database.close()
    return found


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder that a backup keeps."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not path.name.startswith(("store.db", "."))}


def other_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'other.db'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.create(f"other_{uuid.uuid4().hex}")


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_what_was_backed_up_comes_back_on_either_database(
    home: Home, store: Database, store_url: str, into: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    key = fill(store, home.labels)
    made = write_backup(tmp_path / "a.zip", home.labels, home.models, store_url, AT)
    with store.write() as connection:  # the loss: what is written after the backup, and then everything
        record(connection, [Entry("备份之后的一段。", ("funding",), annotator="丙", at=AT)])
    new, url = tmp_path / "新的", other_url(into, request, tmp_path)
    assert restore(tmp_path / "a.zip", new, url) == made
    before, after = content(store_url), content(url)
    assert len(before["texts"]) == len(after["texts"]) + 1 == made.rows["texts"] + 1
    for name in set(before) - {"texts", "labels", "text_themes"}:
        assert after[name] == before[name], name
    for name in ("texts", "labels", "text_themes"):
        assert [row for row in before[name] if row in after[name]] == after[name], name
    assert {f"labels/{name}": one for name, one in files(home.labels).items()} | {
        f"models/{name}": one for name, one in files(home.models).items()
    } == files(new)
    opened_anew = Database.open(url)
    with opened_anew.write() as connection:
        assert holder(connection, key).name == "基教科"
        # The counters go on where they were: a new text takes a number of its own.
        (text,) = record(connection, [Entry("恢复之后的一段。", ("funding",), annotator="丙", at=AT)]).ids
        assert text > max(row["id"] for row in after["texts"])
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    opened_anew.close()


def test_the_rehearsal_by_command_ends_in_a_service_that_knows_the_same(
    home: Home, run_command: Run, serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    with serve("--home", home.folder, environment={"POLICY_THEMES_LOCAL_KEY": "local"}) as client:
        key = {"Authorization": "Bearer local"}
        known = client.get("/labels", headers=key).json()
        done = run_command("backup", tmp_path / "a.zip", "--home", home.folder)
    assert done.returncode == 0, done.stderr.decode()
    assert "标注库 60 段" in done.stderr.decode()
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600
    assert run_command("restore", tmp_path / "a.zip", "--check").returncode == 0
    done = run_command("--home", tmp_path / "new", "restore", tmp_path / "a.zip")
    assert done.returncode == 0, done.stderr.decode()
    with serve("--home", tmp_path / "new", environment={"POLICY_THEMES_LOCAL_KEY": "local"}) as client:
        assert client.get("/health/ready").status_code == 200
        assert client.get("/labels", headers=key).json() == known


def test_a_backup_taken_while_labels_are_written_holds_no_half_transaction(
    home: Home, store: Database, store_url: str, tmp_path: Path
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, store_url], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
    )
    try:
        assert writer.stdout.readline() == "begun\n"
        for at in range(4):
            write_backup(tmp_path / f"{at}.zip", home.labels, home.models, store_url, AT)
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    counts = []
    for at in range(4):
        with opened(tmp_path / f"{at}.zip") as archive:
            texts = {json.loads(line)["id"] for line in archive.lines("texts")}
            said = [json.loads(line)["text_id"] for line in archive.lines("labels")]
        assert sorted(texts) == sorted(said)
        assert len(texts) % 5 == 0
        counts.append(len(texts))
    assert counts == sorted(counts)
    assert counts[0] > 0


def test_an_old_store_opens_under_the_present_program_with_its_rows(store_url: str, tmp_path: Path, home: Home) -> None:
    old = Database(store_url)
    with old.write() as connection:
        upgrade(connection, "0001")
        old_rows(connection)
    old.close()
    write_backup(tmp_path / "old.zip", home.labels, home.models, store_url, AT)
    with opened(tmp_path / "old.zip") as archive:
        assert archive.manifest.revision == "0001"
    upgraded = Database.open(store_url)
    with upgraded.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    upgraded.close()
    kept = content(store_url)
    assert kept["texts"][0]["text"] == "老库里的一段。"
    assert kept["labels"][0]["themes"] == ["safety"]
    restore(tmp_path / "old.zip", tmp_path / "new", "")
    assert content(f"sqlite:///{tmp_path / 'new' / 'labels' / 'store.db'}") == kept


def test_what_is_there_is_not_overwritten_unasked_and_kept_aside_when_asked(
    home: Home, store: Database, store_url: str, tmp_path: Path
) -> None:
    fill(store, home.labels)
    write_backup(tmp_path / "a.zip", home.labels, home.models, store_url, AT)
    with pytest.raises(InputError, match="已经存在"):
        write_backup(tmp_path / "a.zip", home.labels, home.models, store_url, AT)
    before, known = files(home.folder), content(store_url)
    with pytest.raises(InputError, match="已有内容"):
        restore(tmp_path / "a.zip", home.folder, "")
    with pytest.raises(InputError, match="标注库里已有内容"):
        restore(tmp_path / "a.zip", tmp_path / "new", store_url)
    assert not files(tmp_path / "new")
    assert files(home.folder) == before
    (home.labels / "a.jsonl").write_text("", "utf-8")
    restore(tmp_path / "a.zip", home.folder, store_url, force=True)
    assert content(store_url) == known
    (aside,) = home.folder.glob("replaced-*")
    assert (aside / "labels" / "a.jsonl").read_text("utf-8") == ""
    assert {name: one for name, one in files(home.folder).items() if not name.startswith("replaced-")} == before


def test_what_a_killed_restore_left_is_cleared_by_the_next(sound: Path, tmp_path: Path) -> None:
    left = tmp_path / "home" / ".restore-0123abcd.tmp" / "labels"
    left.mkdir(parents=True)
    (left / "themes.yaml").write_text("half", "utf-8")
    restore(sound, tmp_path / "home", "")
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"labels", "models"}
    assert Home.at(tmp_path / "home")


def test_a_database_of_another_program_is_never_emptied(home: Home, store_url: str, tmp_path: Path) -> None:
    write_backup(tmp_path / "a.zip", home.labels, home.models, f"sqlite:///{tmp_path / 'none.db'}", AT)
    foreign = Database(store_url)
    with foreign.write() as connection:
        connection.exec_driver_sql("CREATE TABLE jobs (id INTEGER PRIMARY KEY)")
    foreign.close()
    with pytest.raises(InputError, match="别的程序"):
        restore(tmp_path / "a.zip", tmp_path / "new", store_url, force=True)
    assert not (tmp_path / "none.db").exists()
    with foreign.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM jobs").scalar() == 0
    foreign.close()


@pytest.fixture(scope="module")
def sound(small_labels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small backup with a store, and no model."""
    folder = tmp_path_factory.mktemp("sound")
    url = f"sqlite:///{folder / 'store.db'}"
    database = Database.open(url)
    with database.write() as connection:
        seed(connection, small_labels)
    database.close()
    write_backup(folder / "a.zip", small_labels, folder / "none", url, AT)
    return folder / "a.zip"


def test_a_flipped_bit_is_refused_before_anything_is_written_or_changes_nothing(sound: Path, tmp_path: Path) -> None:
    raw, chance, refused = sound.read_bytes(), random.Random(3), 0
    with opened(sound) as archive:
        manifest = archive.manifest
    for at in range(200):
        broken = bytearray(raw)
        broken[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{at}.zip"
        path.write_bytes(broken)
        try:
            with opened(path) as archive:
                archive.check()
                # A bit of a date or of the system that wrote it: nothing that is read.
                assert archive.manifest == manifest
        except InputError:
            refused += 1
            with pytest.raises(InputError):
                restore(path, tmp_path / "home", "")
    assert refused > 150
    assert not (tmp_path / "home").exists()


def rewritten(sound: Path, path: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """The backup with its manifest and members changed and every digest right again, as whoever wants to get in would write it."""
    with zipfile.ZipFile(sound) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(manifest, members)
    manifest["members"] = {
        name: {"sha256": hashlib.sha256(one).hexdigest(), "size": len(one)} for name, one in members.items()
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, one in members.items():
            archive.writestr(name, one)
    return path


OUTSIDE = [
    "../a",
    "labels/../../a",
    "/etc/a",
    "labels//a",
    "labels/./a",
    "labels/.ssh/a",
    "C:/a",
    "labels\\..\\a",
    "other/a",
    "labels",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_member_outside_the_home_is_refused(sound: Path, tmp_path: Path, name: str) -> None:
    path = rewritten(sound, tmp_path / "a.zip", lambda _, members: members.update({name: b"x"}))
    with pytest.raises(InputError, match="不是完好的备份"):
        restore(path, tmp_path / "home", "")
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


@given(st.text("./\\abc:\0 ~", max_size=20))
@settings(max_examples=300)
def test_whatever_is_let_in_lies_inside(name: str) -> None:
    place = f"labels/{name}"
    if PLACE.fullmatch(place):
        assert Path("/home", place).resolve().is_relative_to("/home/labels")
        assert Path(place).as_posix() == place


WRONG_ROWS = {
    "other columns": b'{"id": 1, "kind); DROP TABLE texts; --": 2}\n',
    "a list": b"[1, 2]\n",
    "not JSON": b"{\n",
    "not UTF-8": b"\xff\n",
}


@pytest.mark.parametrize("row", WRONG_ROWS.values(), ids=WRONG_ROWS)
def test_rows_that_are_none_are_refused_and_leave_the_store_as_it_was(
    sound: Path, store_url: str, tmp_path: Path, row: bytes
) -> None:
    path = rewritten(sound, tmp_path / "a.zip", lambda _, members: members.update({"store/jobs.jsonl": row}))
    with pytest.raises(InputError, match="备份"):
        restore(path, tmp_path / "home", store_url)
    assert not files(tmp_path / "home")
    database = Database(store_url)
    with database.read() as connection:
        assert dump.tables(connection) == []
    database.close()


def test_a_backup_of_a_newer_program_and_one_larger_than_is_bearable_are_refused(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = rewritten(
        sound, tmp_path / "newer.zip", lambda manifest, _: manifest.update(revision="9999", program="9.0")
    )
    with pytest.raises(InputError, match=r"更新的版本\(9\.0\)"):
        restore(newer, tmp_path / "home", "")
    other = rewritten(sound, tmp_path / "format.zip", lambda manifest, _: manifest.update(format=2))
    with pytest.raises(InputError, match="备份格式为 2"):
        restore(other, tmp_path / "home", "")
    monkeypatch.setattr("service.archive.MAX_BYTES", 1_000)
    with pytest.raises(InputError):
        restore(sound, tmp_path / "home", "")
    assert not (tmp_path / "home").exists()


def test_a_member_that_unpacks_to_more_than_it_says_is_refused(sound: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sound) as archive:
        size = archive.getinfo("labels/themes.yaml").file_size
    raw = sound.read_bytes().replace(size.to_bytes(4, "little"), (size - 5).to_bytes(4, "little"))
    assert raw != sound.read_bytes()
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(InputError):
        restore(tmp_path / "a.zip", tmp_path / "home", "")
    assert not (tmp_path / "home").exists()


def test_a_backup_that_cannot_be_finished_leaves_no_file(home: Home, store_url: str, tmp_path: Path) -> None:
    (home.labels / "a.jsonl").unlink()
    (home.labels / "a.jsonl").symlink_to("/proc/self/mem")  # a file that opens and cannot be read
    with pytest.raises(OSError, match="Input/output"):
        write_backup(tmp_path / "a.zip", home.labels, home.models, store_url, AT)
    assert not list(tmp_path.glob("*.zip*"))
    assert not list(tmp_path.glob(".*.tmp"))


def test_manifests_say_what_is_in_the_backup(sound: Path) -> None:
    with opened(sound) as archive:
        manifest: Manifest = archive.manifest
        counted = {name: sum(1 for _ in archive.lines(name)) for name in manifest.rows}
    assert manifest.rows == counted
    assert set(counted) == set(metadata.tables)
    assert manifest.rows["texts"] == 60


def old_rows(connection: Connection) -> None:
    """A text and its label, written as revision 0001 had them."""
    by_name = {table.name: table for table in dump.tables(connection)}
    text = {
        "id": 7,
        "name": "x",
        "digest": "d",
        "kind": "section",
        "text": "老库里的一段。",
        "source": "s",
        "file": "a.jsonl",
    }
    text |= {
        "document": "",
        "place": "",
        "model": "",
        "proposed": {},
        "protected": False,
        "state": "labelled",
        "added_at": AT,
    }
    connection.execute(insert(by_name["texts"]).values(**text))
    label = {"id": 9, "text_id": 7, "annotator": "甲", "themes": ["safety"], "deleted": False, "final": False}
    label |= {"current": True, "model": "", "note": "", "at": AT}
    connection.execute(insert(by_name["labels"]).values(**label))
    connection.execute(insert(by_name["text_themes"]).values(text_id=7, theme_id="safety", position=0))
