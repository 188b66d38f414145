"""The drift of new text from the training text: the index, its rows in both databases, and what the service says of it."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from running import AUTH, running

from policy_themes import Tagger
from policy_themes.tagging.known import Familiar
from service.database.database import Database
from service.drift.expected import Expected, Reference
from service.drift.psi import psi, word_of
from service.drift.rows import add, hours, window
from service.drift.verdict import verdict_of
from service.drift.window import Window
from service.watch.intake import MOST_HOURS, Hour, Intake
from service.watch.tally import Tally

counts = st.lists(st.integers(0, 10_000), min_size=2, max_size=40)
HOUR = "2026-11-23T08"


def test_the_index_is_that_of_the_textbook_less_what_chance_gives() -> None:
    """Two classes, 50:50 against 70:30: (0.2) ln 1.4 + (-0.2) ln 0.6 = 0.1695."""
    many = 1_000_000
    exact = 0.2 * math.log(1.4) - 0.2 * math.log(0.6)
    assert psi([5 * many, 5 * many], [7 * many, 3 * many]) == pytest.approx(exact, abs=1e-5)
    assert [word_of(one) for one in (0.0, 0.0999, 0.1, 0.2499, 0.25, 9)] == [
        "稳定",
        "稳定",
        "有变化",
        "有变化",
        "明显偏移",
        "明显偏移",
    ]


@given(counts)
def test_the_index_of_the_same_shares_is_nothing(one: list[int]) -> None:
    assert psi(one, one) == 0
    assert psi(one, [3 * count for count in one]) < 0.1


@given(counts, counts)
def test_the_index_is_finite_and_the_same_both_ways(one: list[int], other: list[int]) -> None:
    size = min(len(one), len(other))
    there, back = psi(one[:size], other[:size]), psi(other[:size], one[:size])
    assert 0 <= there < 1_000
    assert there == pytest.approx(back)


def test_samples_of_the_same_text_are_called_stable() -> None:
    """Sections drawn from what is expected, as few as are judged: the verdict is not chance."""
    import random

    draw = random.Random(1)
    names = [f"t{at}" for at in range(34)]
    weights = [1 / (at + 1) for at in range(34)]
    pool = draw.choices(names, weights, k=4_000)
    expected = Expected(4_000, {name: pool.count(name) for name in names}, Familiar())
    words = []
    for _ in range(200):
        drawn = draw.choices(names, weights, k=200)
        found = Window(200, 0, {name: (drawn.count(name), 0.0) for name in set(drawn)})
        words.append(verdict_of("v", expected, found).word)
    assert words.count("稳定") >= 195
    assert "明显偏移" not in words


def tally(version: str = "v", **more: object) -> Tally:
    made = Tally(version, 2, 50, {"a": (1, 0.75), "b": (2, 1.5)}, 0, True, ("足额拨付学校经费。",))
    return made._replace(**more)


def hour(*tallies: Tally, familiar: Familiar = Familiar()) -> Hour:
    found = Hour(familiar=familiar)
    for one in tallies:
        found.add(one)
    return found


def test_counts_of_an_hour_add_up_whoever_brings_them(store: Database) -> None:
    """Eight writers at once, each with the hours in another order."""
    keys = [(f"2026-11-23T0{at}", version) for at in range(5) for version in ("v", "w")]

    def bring(at: int) -> None:
        order = keys[at:] + keys[:at]
        with store.write() as connection:
            add(connection, {key: hour(tally(key[1]), tally(key[1], themes={}, none=2)) for key in order})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bring, range(8)))
    with store.read() as connection:
        found = window(connection, "v", "2026-11-23T01", "2026-11-23T03")
        by_hour = hours(connection, "w", "2026-11-23T04")
    assert (found.sections, found.characters) == (2 * 8 * 4, 2 * 8 * 100)
    assert found.themes == {"a": (16, 12.0), "b": (32, 24.0), "": (32, 0.0)}
    assert list(by_hour) == ["2026-11-23T04"]
    assert by_hour["2026-11-23T04"].themes["b"] == (16, 12.0)


def test_what_was_asked_for_with_other_thresholds_does_not_count() -> None:
    intake = Intake()
    intake.add(tally())
    intake.add(tally(own=False))
    (one,) = intake.fresh().values()
    assert one.sections == 2
    assert intake.fresh() == {}


def test_what_waits_for_a_store_is_bounded_and_the_oldest_goes() -> None:
    intake = Intake()
    for at in range(MOST_HOURS + 10):
        intake.keep(f"2026-{at:05}", "v", hour(tally()))
    assert len(intake.kept) == MOST_HOURS
    assert min(intake.kept) == ("2026-00010", "v")


def test_a_model_knows_the_words_of_its_training_and_not_those_of_another_trade(tagger: Tagger) -> None:
    known = tagger.known()
    own = known.familiar(["落实义务教育生均公用经费,扩建公办幼儿园两所。"])
    other = known.familiar(["鹦鹉螺与鲎栖于潮间带,鳐鲼觅食蛤蜊。"])
    assert own.unknown_words == own.unknown_characters == 0
    assert other.unknown_words / other.words > 0.5
    assert 0 < other.unknown_characters <= other.characters
    assert known.familiar([]) == Familiar()
    assert known.familiar(["1234, ABC!"]) == Familiar()


def test_held_out_text_is_what_new_text_is_measured_against(tagger: Tagger) -> None:
    expected = Reference(ROOT / "models", ROOT / "labels").of(tagger)
    assert expected.sections > 4_000
    assert set(expected.themes) - {""} == {theme.id for theme in tagger.themes}
    assert expected.familiar.words > 5_000
    assert 0 < expected.familiar.unknown_words / expected.familiar.words < 0.2


def test_a_folder_that_says_nothing_of_held_out_text_is_no_fault(tagger: Tagger, tmp_path: Path) -> None:
    assert Reference(tmp_path, tmp_path).of(tagger) is None
    told = verdict_of("v", None, Window(1_000))
    assert (told.word, told.signals) == ("无法判断", ())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """With the labels that the shipped model was trained on, which it is measured against."""
    folder = tmp_path_factory.mktemp("drift")
    with running(folder, labels=ROOT / "labels", database=f"sqlite:///{folder / 'store.db'}") as found:
        yield found.client


def test_the_service_sees_text_of_another_kind_and_says_what_to_do(service: httpx.Client) -> None:
    assert service.get("/drift").json()["word"] == "段数不足"
    item = {"text": "鹦鹉螺与鲎栖于潮间带,鳐鲼觅食蛤蜊,幼儿园小朋友看见螃蟹与寄居蟹在礁石上爬。"}
    for _ in range(3):
        service.post("/classify/batch", json={"items": [item] * 100}).raise_for_status()
    service.post("/classify/batch", json={"items": [item] * 50, "threshold": 0.0}).raise_for_status()
    told = service.get("/drift", params={"window": "7d"}).json()
    assert told["sections"] == 300
    assert told["word"] == "明显偏移"
    assert "标注" in told["advice"]
    signals = {one["name"]: one for one in told["signals"]}
    assert signals["themes"]["word"] == "明显偏移"
    assert signals["words"]["share"] > signals["words"]["expected_share"]
    found = {one["name"]: one["found"] for one in told["movers"]}
    assert max(found.values()) > 0.9
    means = [one["probability"] for one in told["movers"] if one["found"] and one["theme"]]
    assert means
    assert all(0 < mean <= 1 for mean in means)
    assert service.get("/drift", params={"window": "1y"}).status_code == 422
    gauges = [line for line in service.get("/metrics").text.splitlines() if line.startswith("policy_themes_drift_psi{")]
    assert any('signal="themes",window="7d"' in line and float(line.split()[-1]) >= 0.25 for line in gauges)


def test_the_page_tells_it_in_words(service: httpx.Client) -> None:
    shown = service.get("/desk/operations", params={"window": "7d"}, headers={"accept": "text/html"})
    assert shown.status_code == 200
    assert "明显偏移" in shown.text
    assert "幼" not in shown.text.partition('id="verdict"')[0]
    assert "用有 admin 权限的密钥" in shown.text
    service.post("/labels", json={"labels": [{"text": "足额拨付经费。", "themes": []}]}, headers=AUTH)
    assert "POST /labels" not in service.get("/desk/operations", headers={"accept": "text/html"}).text


def test_counts_go_to_the_store_when_the_service_stops_and_none_is_made_for_them(
    tmp_path: Path, store_url: str
) -> None:
    with running(tmp_path, database=store_url) as one:
        one.client.get("/labels").raise_for_status()
        one.client.post("/classify", json={"text": "足额拨付学校经费。"}).raise_for_status()
    database = Database.open(store_url)
    with database.read() as connection:
        found = window(connection, Tagger.load().version, datetime.now(UTC).strftime("%Y-%m-%d"))
    database.close()
    assert found.sections == 1
    with running(tmp_path, database=f"sqlite:///{tmp_path / 'none.db'}") as one:
        one.client.post("/classify", json={"text": "足额拨付学校经费。"}).raise_for_status()
    assert not (tmp_path / "none.db").exists()
