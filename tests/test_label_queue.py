"""The queue: doubt first, no document fills it, no text goes to two people, skip and none are answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from service.database.database import Database
from service.labels.doubt import doubted, stale
from service.labels.entry import Entry
from service.labels.queue import Turn, skip, take, waiting
from service.labels.record import ensure_texts, record

AT = "2026-11-20T08:00:00.000000+00:00"
LATER = "2026-11-20T08:16:00.000000+00:00"


def fill(store: Database, probabilities: dict[str, dict[str, float]], document: str = "") -> dict[str, int]:
    """Texts that wait, each with what a model says of it; gives their ids."""
    with store.write() as connection:
        entries = [Entry(text, (), "甲", AT, document=document) for text in probabilities]
        ids = ensure_texts(connection, entries)
        named = {entry.text: ids[entry.digest] for entry in entries}
        doubted(connection, "m1", {named[text]: said for text, said in probabilities.items()})
    return named


def taken(store: Database, by: str, size: int, at: str = AT, theme: str | None = None) -> list[Turn]:
    with store.write() as connection:
        return take(connection, by, size, at, theme)


def test_the_most_doubtful_comes_first_and_says_what_is_doubted(store: Database) -> None:
    ids = fill(
        store,
        {
            "拨付经费。": {"funding": 0.97},
            "排查隐患,健全制度。": {"safety": 0.55, "funding": 0.3},
            "召开会议。": {"safety": 0.1},
        },
    )
    turns = taken(store, "甲", 3)
    assert [turn.text for turn in turns] == [ids["排查隐患,健全制度。"], ids["召开会议。"], ids["拨付经费。"]]
    assert turns[0].why == "doubt"
    assert turns[0].themes == ("safety", "funding")


def test_a_theme_on_demand_asks_about_that_theme(store: Database) -> None:
    ids = fill(store, {"拨付经费。": {"funding": 0.4, "safety": 0.01}, "排查隐患。": {"safety": 0.55, "funding": 0.0}})
    assert [turn.text for turn in taken(store, "甲", 5, theme="funding")] == [ids["拨付经费。"]]


def test_one_document_does_not_fill_the_queue(store: Database) -> None:
    fill(store, {f"第{at}条 {chr(0x4E00 + at) * 9}。": {"safety": 0.5} for at in range(450)}, "大文件.docx")
    other = fill(store, {"小文件的唯一一段。": {"safety": 0.2}}, "小文件.docx")
    turns = taken(store, "甲", 3)
    assert other["小文件的唯一一段。"] in [turn.text for turn in turns]
    with store.write() as connection:
        record(connection, [Entry(f"第{at}条 {chr(0x4E00 + at) * 9}。", ("safety",), "乙", AT) for at in range(25)])
    fresh = fill(store, {"又一份文件的一段。": {"safety": 0.1}}, "第三份.docx")
    assert taken(store, "丙", 1)[0].text == fresh["又一份文件的一段。"]


def test_texts_alike_are_not_asked_together(store: Database) -> None:
    ids = fill(
        store,
        {
            "全面排查校园消防安全隐患,限期整改。": {"safety": 0.5},
            "全面排查校园消防安全隐患,限期整改到位。": {"safety": 0.49},
            "足额拨付义务教育生均公用经费。": {"funding": 0.4},
        },
    )
    assert {turn.text for turn in taken(store, "甲", 2)} == {
        ids["全面排查校园消防安全隐患,限期整改。"],
        ids["足额拨付义务教育生均公用经费。"],
    }


def test_a_text_lies_before_one_person_until_the_lease_ends(store: Database) -> None:
    ids = fill(store, {"排查隐患。": {"safety": 0.5}})
    assert [turn.text for turn in taken(store, "甲", 1)] == [ids["排查隐患。"]]
    assert taken(store, "乙", 1) == []
    assert [turn.text for turn in taken(store, "甲", 1)] == [ids["排查隐患。"]]
    assert [turn.text for turn in taken(store, "乙", 1, LATER)] == [ids["排查隐患。"]]


def test_a_skipped_text_goes_to_others_and_an_answered_one_to_nobody(store: Database) -> None:
    ids = fill(store, {"排查隐患。": {"safety": 0.5}})
    taken(store, "甲", 1)
    with store.write() as connection:
        skip(connection, ids["排查隐患。"], "甲", AT)
        skip(connection, ids["排查隐患。"], "甲", AT)
    assert taken(store, "甲", 1) == []
    assert len(taken(store, "乙", 1)) == 1
    with store.write() as connection:
        record(connection, [Entry("排查隐患。", (), "乙", AT)])
        assert waiting(connection) == (0, 0)
    assert taken(store, "丙", 1) == []


def test_a_conflict_is_put_before_somebody_who_has_not_said_anything(store: Database) -> None:
    with store.write() as connection:
        record(
            connection,
            [Entry("拨付安全经费。", ("funding",), "甲", AT), Entry("拨付安全经费。", ("safety",), "乙", AT)],
        )
    assert taken(store, "甲", 1) == []
    (turn,) = taken(store, "丙", 1)
    assert turn.why == "conflict"


def test_thirty_people_at_once_never_get_the_same_text(store: Database) -> None:
    fill(store, {f"第{at}段 {chr(0x4E00 + at) * 5}。": {"safety": 0.5} for at in range(80)})
    with ThreadPoolExecutor(30) as pool:
        got = list(pool.map(lambda who: taken(store, f"员工{who}", 3), range(30)))
    given_out = [turn.text for turns in got for turn in turns]
    assert len(given_out) == len(set(given_out)) == 80


def test_a_new_model_sees_every_waiting_text_again(store: Database) -> None:
    ids = fill(store, {"排查隐患。": {"safety": 0.5}})
    with store.write() as connection:
        assert stale(connection, "m1", 10) == {}
        assert stale(connection, "m2", 10) == {ids["排查隐患。"]: "排查隐患。"}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.floats(0, 1)), max_size=30), st.integers(1, 10))
def test_whatever_waits_is_given_once_each(documents: list[tuple[str, float]], size: int) -> None:
    store = Database.open("sqlite:///:memory:")
    for at, (document, p) in enumerate(documents):
        fill(store, {f"{at}号文本{chr(0x4E00 + at) * 4}。": {"safety": p}}, document)
    got = []
    for who in range(len(documents) // size + 1):
        got += [turn.text for turn in taken(store, f"员工{who}", size)]
    store.close()
    assert len(got) == len(set(got)) == len(documents)
