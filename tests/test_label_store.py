"""The label store, on SQLite and on a real PostgreSQL: nothing acknowledged is lost, nothing is doubled, history stays."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import ROOT, write_labels

from benchmarks import postgres
from policy_themes.errors import CodebookError, LabelError
from policy_themes.themes import Theme
from service.database.database import Database
from service.database.office_tables import metadata
from service.labels.entry import Entry
from service.labels.find import Filter, count, find, get, history
from service.labels.record import record, withdraw
from service.labels.seed import seed
from service.labels.snapshot import write_snapshot
from service.labels.themes import Change, add, codebook_of, define, merge, rename, retire, use_of
from service.refusals import StoreUnavailable
from service.settings import Settings
from service.store import LabelStore

AT = "2026-11-20T08:00:00+00:00"


def entry(text: str, *themes: str, by: str = "甲", **more: object) -> Entry:
    return Entry(text=text, themes=themes, annotator=by, at=AT, **more)


def test_migrations_make_the_tables_that_the_program_uses(store: Database) -> None:
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_label_keeps_who_when_and_from_where(store: Database) -> None:
    said = entry(
        "新建公办幼儿园三所。", "preschool", document="计划.docx", place="一、(二)", model="20260101-a", note="见批注"
    )
    with store.write() as connection:
        (text,) = record(connection, [said]).ids
    with store.read() as connection:
        (kept,) = get(connection, [text])
    assert (kept.text, kept.document, kept.place, kept.state) == (said.text, "计划.docx", "一、(二)", "labelled")
    (label,) = kept.said
    assert (label.annotator, label.themes, label.at, label.model, label.note) == (
        "甲",
        ("preschool",),
        AT,
        "20260101-a",
        "见批注",
    )


def test_saying_the_same_twice_is_recorded_once_and_a_change_keeps_what_was_said_before(store: Database) -> None:
    with store.write() as connection:
        assert record(connection, [entry("排查隐患。", "safety")]).new == 1
        assert record(connection, [entry("排查隐患。", "safety")]).same == 1
        changed = record(connection, [entry("排查隐患。", "safety", "funding")])
    assert (changed.new, changed.changed, changed.same) == (0, 1, 0)
    with store.read() as connection:
        assert [said.themes for said in history(connection, changed.ids[0])] == [("safety",), ("safety", "funding")]
        assert get(connection, changed.ids)[0].themes == ("safety", "funding")


def test_a_withdrawn_label_is_a_tombstone_and_can_be_given_anew(store: Database) -> None:
    with store.write() as connection:
        (text,) = record(connection, [entry("排查隐患。", "safety")]).ids
        assert withdraw(connection, text, "甲", AT, "误标")
        assert not withdraw(connection, text, "甲", AT)
        assert not withdraw(connection, text, "乙", AT)
    with store.read() as connection:
        assert get(connection, [text])[0].state == "open"
        assert [said.deleted for said in history(connection, text)] == [False, True]
    with store.write() as connection:
        assert record(connection, [entry("排查隐患。", "safety")]).new == 1
    with store.read() as connection:
        assert get(connection, [text])[0].themes == ("safety",)


def test_annotators_who_differ_are_in_conflict_until_someone_settles_it(store: Database) -> None:
    with store.write() as connection:
        (text,) = record(connection, [entry("拨付经费,排查隐患。", "funding")]).ids
        record(connection, [entry("拨付经费,排查隐患。", "funding", "safety", by="乙")])
        assert get(connection, [text])[0].state == "conflict"
        record(connection, [entry("拨付经费,排查隐患。", "safety", by="丙", final=True)])
        record(connection, [entry("拨付经费,排查隐患。", by="丁")])
    with store.read() as connection:
        kept = get(connection, [text])[0]
    assert (kept.state, kept.themes, len(kept.said)) == ("labelled", ("safety",), 4)


def test_none_is_an_answer(store: Database) -> None:
    with store.write() as connection:
        (text,) = record(connection, [entry("联系人:王老师。")]).ids
    with store.read() as connection:
        assert get(connection, [text])[0].state == "labelled"
        assert count(connection, Filter(theme="")) == 1


def test_texts_are_found_by_theme_annotator_state_words_and_page(store: Database) -> None:
    entries = [
        entry(f"第{at}项 100%拨付经费。", "funding", by="甲" if at % 2 else "乙", source=f"s{at % 3}")
        for at in range(9)
    ]
    with store.write() as connection:
        record(connection, [*entries, entry("排查_隐患。", "safety")])
    with store.read() as connection:
        assert count(connection, Filter(theme="funding")) == 9
        assert count(connection, Filter(theme="funding", annotator="甲", source="s0")) == 1
        assert count(connection, Filter(words="100% 经费")) == 9
        assert count(connection, Filter(words="%")) == 9
        assert count(connection, Filter(words="_")) == 1
        first = find(connection, Filter(theme="funding"), limit=4)
        rest = find(connection, Filter(theme="funding"), after=first[-1].id)
    assert [one.text for one in first + rest] == [one.text for one in entries]


def test_a_folder_brought_in_comes_out_byte_for_byte(store: Database, tmp_path: Path) -> None:
    labels, out = tmp_path / "labels", tmp_path / "out"
    write_labels(labels)
    out.mkdir()
    with store.write() as connection:
        assert seed(connection, labels) == 60
        assert seed(connection, labels) == 0
        write_snapshot(connection, out)
    for name in ("themes.yaml", "lexicon.txt", "a.jsonl"):
        assert (out / name).read_bytes() == (labels / name).read_bytes()


def test_a_faulty_folder_is_not_brought_in_at_all(store: Database, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels")
    with (tmp_path / "labels" / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "x"}\n')
    with pytest.raises(LabelError, match=r"a\.jsonl:61"), store.write() as connection:
        seed(connection, tmp_path / "labels")
    with store.read() as connection:
        assert count(connection, Filter()) == 0
        assert codebook_of(connection).themes == ()


@pytest.fixture
def seeded(store: Database, tmp_path: Path) -> Database:
    write_labels(tmp_path / "labels")
    with store.write() as connection:
        seed(connection, tmp_path / "labels")
    return store


def test_a_renamed_theme_keeps_its_old_name_as_an_alias_and_its_labels(seeded: Database, tmp_path: Path) -> None:
    with seeded.write() as connection:
        rename(connection, "safety", "校园安全", Change("甲", AT))
        assert codebook_of(connection).name_of("安全") == "校园安全"
        assert count(connection, Filter(theme="safety")) == 20
        write_snapshot(connection, tmp_path)
    assert '"themes": ["校园安全"]' in (tmp_path / "a.jsonl").read_text("utf-8")


def test_a_merged_theme_gives_its_labels_and_names_to_the_other(seeded: Database) -> None:
    with seeded.write() as connection:
        record(connection, [entry("拨付安全经费。", "safety", "funding")])
        before = use_of(connection, "safety")
        assert (before.sections, before.alone) == (21, 20)
        assert merge(connection, "safety", "funding", Change("甲", AT)) == 21
        assert codebook_of(connection).name_of("安全") == "经费"
        assert count(connection, Filter(theme="funding")) == 41
        (both,) = find(connection, Filter(words="拨付安全经费"))
        assert both.themes == ("funding",)
        assert len(history(connection, both.id)) == 2


def test_a_retired_theme_leaves_training_and_comes_back_with_its_labels(seeded: Database, tmp_path: Path) -> None:
    with seeded.write() as connection:
        retire(connection, "safety", Change("甲", AT))
        write_snapshot(connection, tmp_path)
        written = (tmp_path / "a.jsonl").read_text("utf-8")
        assert written.count('"themes": []') == 20
        assert '"themes": ["安全"]' not in written
        retire(connection, "safety", Change("甲", AT), restore=True)
        assert count(connection, Filter(theme="safety")) == 20


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        (Theme("tuoyu", "学前", ""), "学前"),
        (Theme("safety", "托育", ""), "safety"),
        (Theme("T", "托育", ""), "id"),
        (Theme("t", "幼教", ""), "幼教"),
    ],
)
def test_no_name_may_mean_two_themes(seeded: Database, theme: Theme, said: str) -> None:
    with seeded.read() as connection:
        before = codebook_of(connection)
    with pytest.raises(CodebookError, match=said), seeded.write() as connection:
        add(connection, theme, Change("甲", AT))
    with seeded.read() as connection:
        assert codebook_of(connection) == before


def test_a_defined_theme_says_what_it_says(seeded: Database) -> None:
    with seeded.write() as connection:
        add(connection, Theme("childcare", "托育", "3岁以下婴幼儿照护"), Change("甲", AT))
        define(connection, "childcare", "3岁以下婴幼儿照护服务", "幼儿园归学前", Change("乙", AT))
        theme = codebook_of(connection).themes[-1]
    assert (theme.name, theme.covers, theme.excludes) == ("托育", "3岁以下婴幼儿照护服务", "幼儿园归学前")


def test_fifty_clients_writing_at_once_lose_and_double_nothing(store: Database) -> None:
    def write(client: int) -> None:
        for number in range(6):
            text = f"共同的第{number}段。" if number % 2 else f"客户{client}的第{number}段。"
            with store.write() as connection:
                record(connection, [entry(text, "safety", by=f"员工{client}")])
                record(connection, [entry(text, "safety", by=f"员工{client}")])

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(write, range(50)))
    with store.read() as connection:
        assert count(connection, Filter()) == 50 * 3 + 3
        shared = find(connection, Filter(words="共同的"))
        assert [len(one.said) for one in shared] == [50, 50, 50]
        assert all(len(history(connection, one.id)) == 50 for one in shared)


WRITER = """
import sys
from service.database.database import Database
from service.labels.entry import Entry
from service.labels.record import record
store = Database.open(sys.argv[1])
for number in range(100_000):
    with store.write() as connection:
        texts = [f"第{number}批第{at}段,由{sys.argv[2]}标注。" for at in range(3)]
        record(connection, [Entry(text, ("safety",), sys.argv[2], "2026-11-20") for text in texts])
    print(number, flush=True)
"""


def test_killed_writers_keep_what_was_acknowledged_and_no_half_batch(store: Database, store_url: str) -> None:
    chance = random.Random(7)
    for round_ in range(4):
        name = f"员工{round_}"
        writer = subprocess.Popen([sys.executable, "-c", WRITER, store_url, name], stdout=subprocess.PIPE, cwd=ROOT)
        acknowledged = -1
        for _ in range(chance.randint(1, 40)):
            acknowledged = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
        writer.stdout.close()
        writer.wait()
        acknowledged = int(rest[-1]) if rest else acknowledged
        with store.read() as connection:
            kept = count(connection, Filter(annotator=name))
        assert kept % 3 == 0
        assert kept in ((acknowledged + 1) * 3, (acknowledged + 2) * 3)


def test_a_crashed_postgresql_keeps_what_was_acknowledged(postgres_server: postgres.Server) -> None:
    store = Database.open(postgres_server.create("crashed"))
    kept = 0
    for round_ in range(3):
        with store.write() as connection:
            kept += record(connection, [entry(f"第{round_}次。", "safety")]).new
        postgres_server.crash()
        with pytest.raises(StoreUnavailable, match="标注库无法使用") as raised, store.write() as connection:
            record(connection, [entry("没有数据库。", "safety")])
        assert "postgres@" in str(raised.value)
        postgres_server.start()
    with store.read() as connection:
        assert count(connection, Filter()) == kept == 3
    store.close()


def test_a_full_disk_or_a_missing_folder_is_said_and_the_password_is_not(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="标注库无法使用"):
        Database.open(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")
    with pytest.raises(StoreUnavailable) as raised:
        Database.open("postgresql://staff:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(raised.value)


def test_processes_that_begin_on_an_empty_store_bring_the_labels_in_once(store_url: str, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels")
    settings = Settings(labels=tmp_path / "labels", models=tmp_path / "models", database=store_url)
    stores = [LabelStore(settings) for _ in range(6)]
    with ThreadPoolExecutor(len(stores)) as pool:
        opened = list(pool.map(LabelStore.open, stores))
    with opened[0].read() as connection:
        assert count(connection, Filter()) == 60
    for one in stores:
        one.close()
