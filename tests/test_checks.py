import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from conftest import label_lines, write_labels
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.themes import Codebook, Theme
from training.checks import KINDS, Annotation, Checks, annotations_of, check, text_digest
from training.checks.agreement import agreement, alpha
from training.checks.few import LEAST
from training.checks.finding import latest
from training.labels import Item, read_labels
from training.run import LEAST_ITEMS

CODEBOOK = Codebook(
    (
        Theme("preschool", "学前", "幼儿园", aliases=("幼教",)),
        Theme("safety", "安全", "校园安全"),
        Theme("funding", "经费", "拨款"),
    )
)
THEMES = ["学前", "安全", "经费"]
WRONG = {"学前00": "安全", "经费31": "学前", "安全22": "经费"}


def item(key: str, text: str, *themes: str, line: int = 1, annotator: str = "甲", kind: str = "section") -> Item:
    return Item(key, kind, text, themes, f"s{line}", annotator, "2026-01-01", f"a.jsonl:{line}")


def checked(*items: Item, annotations: list[Annotation] | None = None) -> Checks:
    given = annotations_of(items) if annotations is None else annotations
    return check(items, given, CODEBOOK, suspicious=False)


def planted(folder: Path) -> list[Item]:
    """The sixty written items, three of them with a wrong theme."""
    lines = [{**line, "themes": [WRONG.get(str(line["id"]), line["themes"][0])]} for line in label_lines()]
    write_labels(folder, lines)
    return list(read_labels(folder).items)


def counts(*annotators: str) -> np.ndarray:
    """Of units coded by each annotator, a character a unit, `.` for none: how many gave each value."""
    values = sorted(set("".join(annotators)) - {"."})
    units = ([row[at] for row in annotators] for at in range(len(annotators[0])))
    return np.array([[unit.count(value) for value in values] for unit in units])


@pytest.mark.parametrize(
    ("annotators", "expected"),
    [
        # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: binary data, nominal data, and nominal data with gaps.
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125..", ".33323422513", "12332441251."), 0.743),
    ],
)
def test_alpha_gives_the_published_figures(annotators: tuple[str, ...], expected: float) -> None:
    assert alpha(counts(*annotators)) == pytest.approx(expected, abs=0.0005)


def test_alpha_is_undefined_where_nothing_varies_or_nothing_is_shared() -> None:
    assert alpha(counts("0000", "0000")) is None
    assert alpha(counts("01..", "..01")) is None


@given(st.lists(st.lists(st.booleans(), min_size=2, max_size=5), min_size=1, max_size=20))
def test_alpha_of_binary_data_is_that_of_its_coincidences(units: list[list[bool]]) -> None:
    """Against the definition: every ordered pair of values within a unit weighs 1 / (values - 1)."""
    pairs = [(a, b, 1 / (len(u) - 1)) for u in units for i, a in enumerate(u) for j, b in enumerate(u) if i != j]
    count = Counter(value for unit in units for value in unit)
    given_ = np.array([[unit.count(False), unit.count(True)] for unit in units])
    expected = count[True] * count[False] * 2 / (count.total() - 1)
    if not expected:
        assert alpha(given_) is None
    else:
        assert alpha(given_) == pytest.approx(1 - sum(weight for a, b, weight in pairs if a != b) / expected)


ANSWERS = st.lists(st.lists(st.sampled_from(THEMES), unique=True, max_size=3), min_size=1, max_size=12)


@given(ANSWERS, st.integers(2, 4))
def test_identical_annotators_agree_wholly(answers: list[list[str]], annotators: int) -> None:
    said = [Annotation(str(at), str(a), tuple(one), "") for at, one in enumerate(answers) for a in range(annotators)]
    measured = agreement(latest(said), CODEBOOK)
    assert measured.texts == len(answers)
    assert {pair.f1 for pair in measured.pairs} == {1.0}
    for theme in measured.themes:
        uses = sum(theme.name in one for one in answers)
        assert theme.uses == uses * annotators
        assert theme.f1 == (1.0 if uses else None)
        assert theme.alpha == (pytest.approx(1) if 0 < uses < len(answers) else None)


def test_agreement_reads_ids_and_old_names_and_takes_the_latest_answer() -> None:
    said = [
        Annotation("x", "甲", ("学前",), "2026-01-01"),
        Annotation("x", "乙", ("安全",), "2026-01-01"),
        Annotation("x", "乙", ("幼教",), "2026-01-02"),
        Annotation("y", "甲", (), "2026-01-01"),
        Annotation("y", "乙", ("safety", "已停用"), "2026-01-01"),
        Annotation("z", "甲", ("经费",), "2026-01-01"),
    ]
    measured = agreement(latest(reversed(said)), CODEBOOK)
    assert measured.texts == 2
    assert [(theme.name, theme.f1) for theme in measured.themes] == [("学前", 1.0), ("安全", 0.0), ("经费", None)]
    (pair,) = measured.pairs
    assert (pair.first, pair.second, pair.texts) == ("乙", "甲", 2)
    assert pair.f1 == pytest.approx(2 / 3)


def test_themes_on_which_annotators_disagree_are_named() -> None:
    said = [
        Annotation(str(at), who, ("安全",) if at % 2 == (who == "甲") else (), "") for at in range(12) for who in "甲乙"
    ]
    said += [Annotation(str(at), who, ("学前",) if at % 2 else (), "") for at in range(20, 32) for who in "甲乙"]
    found = check([], said, CODEBOOK, suspicious=False)
    assert [finding.theme for finding in found.of("agreement")] == ["安全"]
    assert "alpha" in found.of("agreement")[0].zh


def test_a_conflict_names_who_said_what_and_the_widest_comes_first() -> None:
    a, b, c = (
        item("a", "新建两所公办幼儿园。", line=1),
        item("b", "本周举行消防演练。", line=2),
        item("c", "足额拨付公用经费。", line=3),
    )
    said = [
        *(
            Annotation(text_digest(a.text), who, themes, "")
            for who, themes in [("甲", ("学前", "经费")), ("乙", ("学前",))]
        ),
        *(Annotation(text_digest(b.text), who, themes, "") for who, themes in [("甲", ("安全",)), ("乙", ("经费",))]),
        *(Annotation(text_digest(c.text), who, ("经费",), "") for who in "甲乙"),
        *(
            Annotation(text_digest("不在标注中的文字"), who, themes, "")
            for who, themes in [("甲", ()), ("乙", ("安全",))]
        ),
    ]
    found = checked(a, b, c, annotations=said).of("conflict")
    assert Counter(finding.ids for finding in found) == {("a",): 1, ("b",): 1, (): 1}
    assert found[-1].where == "a.jsonl:1"
    assert found[-1].strength == pytest.approx(0.5)
    assert "分歧在 经费(乙:学前;甲:学前、经费)" in found[-1].zh


def test_repeats_are_told_apart_by_their_themes() -> None:
    text = "各校每月组织一次消防疏散演练,留存影像与签到记录,镇中心校逐月抽查。"
    near = text.replace("各校", "学校")
    found = checked(
        item("a", text, "安全", line=2),
        item("b", text, "安全", line=10),
        item("c", near, line=11),
        item("d", "食堂每餐留样,专人登记。", line=12),
    )
    assert [(finding.where, finding.ids) for finding in found.of("duplicate")] == [("a.jsonl:10", ("b", "a"))]
    assert {finding.ids for finding in found.of("contradiction")} == {("c", "a"), ("c", "b")}
    assert "此处 无;彼处 安全" in found.of("contradiction")[0].zh


def test_themes_with_few_items_say_what_to_add() -> None:
    texts = [f"第{number}项工作照常进行。" for number in range(110)]
    items = [
        item(str(at), text, "安全", kind="section" if at < 45 else "clause", line=at) for at, text in enumerate(texts)
    ]
    items += [replace(item(f"f{at}", texts[at], "经费", line=200 + at), kind="clause") for at in range(20)]
    found = {finding.theme: finding for finding in checked(*items).of("few")}
    assert set(found) == {"学前", "经费"}
    assert found["学前"].strength == 1
    assert "不能训练" in found["学前"].zh
    assert "请补充 40 段、40 句" in found["经费"].zh
    assert found["经费"].strength == pytest.approx(0.8)
    assert LEAST == LEAST_ITEMS


@pytest.fixture(scope="module")
def suspected(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Item], Checks]:
    """The planted labels and what all checks say of them."""
    items = planted(tmp_path_factory.mktemp("planted"))
    told: list[str] = []
    checks = check(items, annotations_of(items), CODEBOOK, suspicious=True, report=told.append)
    assert [line for line in told if line.startswith("留出验证")]
    return items, checks


def test_planted_wrong_labels_come_first(suspected: tuple[list[Item], Checks]) -> None:
    items, checks = suspected
    right = {one.id: str(line["themes"][0]) for one, line in zip(items, label_lines(), strict=True)}
    for kind in ("unlikely", "missing"):
        first = checks.of(kind)[: len(WRONG)]
        assert {finding.ids[0] for finding in first} == set(WRONG), kind
        for finding in first:
            assert finding.theme == (WRONG if kind == "unlikely" else right)[finding.ids[0]]
            assert finding.probability is not None
            assert finding.words
            assert all(word in finding.texts[0] for word in finding.words)


def test_the_order_of_items_does_not_matter(suspected: tuple[list[Item], Checks]) -> None:
    items, checks = suspected
    mixed = random.Random(5).sample(items, len(items))
    assert check(mixed, annotations_of(mixed), CODEBOOK, suspicious=True) == checks


@settings(max_examples=40)
@given(st.data())
def test_the_order_never_matters_to_the_other_checks(data: st.DataObject) -> None:
    texts = st.text("教育安全幼儿园经费", min_size=1, max_size=8)
    themes = st.lists(st.sampled_from(THEMES), unique=True).map(tuple)
    made = data.draw(st.lists(st.tuples(texts, themes, st.sampled_from("甲乙丙")), max_size=12))
    items = [item(str(at), text, *given_, line=at, annotator=who) for at, (text, given_, who) in enumerate(made)]
    assert checked(*data.draw(st.permutations(items))) == checked(*items)


def test_too_few_labels_are_not_judged_and_it_is_said() -> None:
    told: list[str] = []
    items = [item("a", "新建幼儿园三所。", "学前", line=1), item("b", "开展防溺水教育。", "安全", line=2)]
    checks = check(items, [], CODEBOOK, suspicious=True, report=told.append)
    assert not checks.of("unlikely")
    assert not checks.of("missing")
    assert any("标注太少" in line for line in told)
    assert check([], [], CODEBOOK, suspicious=True).items == 0


def test_the_command_tells_and_writes_everything(run_command, tmp_path: Path) -> None:
    planted(tmp_path / "labels")
    second = [{"text": line["text"], "themes": line["themes"]} for line in label_lines()]
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in second)
    (tmp_path / "李老师.jsonl").write_text(lines, "utf-8")
    book = tmp_path / "quality.xlsx"
    call = ("labels", "check", "--labels", tmp_path / "labels", "--quality", "--against", tmp_path / "李老师.jsonl")
    told = run_command(*call, "-o", book)
    assert told.returncode == 0, told.stderr.decode()
    assert "留出验证" in told.stderr.decode()
    shown = told.stdout.decode()
    assert "标了“安全”(现标注 安全)" in shown
    assert "李老师" in shown
    workbook = openpyxl.load_workbook(book, read_only=True)
    assert workbook.sheetnames == [*KINDS.values(), "各主题的一致性", "两两标注者的一致性"]
    rows = list(workbook[KINDS["conflict"]].iter_rows(values_only=True))
    assert {row[3] for row in rows[1:]} == set(WRONG)
    pair = list(workbook["两两标注者的一致性"].iter_rows(values_only=True))[1]
    assert pair == ("李老师", "测试", 60, pytest.approx(57 / 60)) or pair == (
        "测试",
        "李老师",
        60,
        pytest.approx(57 / 60),
    )
    workbook.close()


@pytest.mark.parametrize("suffix", [".json", ".html"])
def test_what_was_found_is_written_whole(tmp_path: Path, suffix: str) -> None:
    from training.checks.output import write

    text = "<b>各校</b>每月组织一次消防疏散演练,留存影像。"
    checks = checked(item("a", text, "安全", line=1), item("b", text, line=2))
    write(tmp_path / f"out{suffix}", checks)
    written = (tmp_path / f"out{suffix}").read_text("utf-8")
    if suffix == ".json":
        assert json.loads(written)["findings"][-1]["ids"] == ["b", "a"]
        assert len(json.loads(written)["findings"]) == len(checks.findings)
    else:
        assert "&lt;b&gt;各校" in written
        assert "<b>" not in written
        assert "http" not in written
    assert [path.name for path in tmp_path.iterdir()] == [f"out{suffix}"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "x.xlsx"), "--quality"),
        (("--quality", "-o", "x.txt"), ".xlsx"),
        (("--quality", "-o", "no/x.json"), "不存在"),
    ],
)
def test_a_call_that_cannot_be_done_is_refused_at_once(
    run_command, small_labels: Path, words: tuple[str, ...], said: str
) -> None:
    told = run_command("labels", "check", "--labels", small_labels, *words)
    assert told.returncode == 2
    assert said in told.stderr.decode()
    assert not told.stdout
