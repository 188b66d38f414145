"""Candidate against live: what is compared, how sure it is, what the gate makes of it."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import THEMES, label_lines, write_labels

from policy_themes.errors import InputError, ModelDamaged, PromotionRefused
from policy_themes.store import load_manifest, load_model, save_model
from policy_themes.versions import Versions
from training import heldout
from training.compare.bootstrap import bootstrap, interval
from training.compare.changed import changed
from training.compare.comparison import Comparison, compare
from training.compare.difference import Difference, SetDifference, differences
from training.compare.pairs import Known, Pairs
from training.compare.protected import FILE, TRAINED, trained
from training.compare.report import page, to_json, write
from training.compare.verdict import judge
from training.faults import faults
from training.gate import promote
from training.heldout import HeldOut, digest_of
from training.labels import digest_of as digest_of_labels
from training.labels import read_labels
from training.run import train

AT = "2026-01-01T00:00:00+00:00"

APART = {
    "学前": [
        "城东新区公办园秋季开园,首批招收六个班",
        "清理幼儿园提前教授拼音和算术的做法",
        "乡镇中心园对周边小园开展业务帮扶",
        "普惠园收费标准由县发改部门重新核定",
        "幼儿园户外活动每天不少于两小时",
        "对无证办园点限期整改,逾期予以取缔",
        "保教质量评估结果向家长公开",
    ],
    "安全": [
        "开学前逐校检查灭火器和疏散通道",
        "暑假期间在河道水库边设立防溺水值守点",
        "校车驾驶人每季度接受一次安全培训",
        "联合公安整治学校周边流动摊贩和网吧",
        "每月组织一次应急疏散演练并留存记录",
        "学校门口配备硬质隔离设施和专职保安",
        "实验室危险药品实行双人双锁管理",
    ],
    "经费": [
        "生均公用经费按学期足额拨到学校账户",
        "对三所学校的基建账目开展专项审计",
        "预算执行进度每季度通报一次",
        "教育附加费统筹用于化解历史债务",
        "学校收费项目一律上墙公示",
        "绩效评价不合格的项目下年度不再安排资金",
        "财政对农村教育的投入比上年增长一成",
    ],
}


def apart() -> list[dict[str, object]]:
    """Twenty-one protected sections of the same three themes, in sources of their own."""
    return [
        {"id": f"p-{theme}{at}", "kind": "section", "text": f"{text}。", "themes": [theme], "source": f"p{at}"}
        | {"annotator": "测试", "date": "2026-01-01"}
        for theme, texts in APART.items()
        for at, text in enumerate(texts)
    ]


def protect(folder: Path, lines: list[dict[str, object]]) -> None:
    (folder / FILE).write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def wrong() -> list[dict[str, object]]:
    """The training items, two of three with another theme than theirs."""
    other = {"学前": "安全", "安全": "经费", "经费": "学前"}
    return [
        line if at % 3 == 0 else {**line, "themes": [other[str(theme)] for theme in line["themes"]]}
        for at, line in enumerate(label_lines())
    ]


CARE = [
    "新建两家公办托育中心,接收三岁以下婴幼儿",
    "社区嵌入式托育点今年增加四百个托位",
    "托育机构备案和卫生评价同步办理",
    "对托育从业人员开展婴幼儿照护培训",
    "用人单位在厂区举办托育服务的给予补助",
    "每千人口托位数达到四个半",
    "托育收费实行明码标价",
    "幼儿园开设托班须具备独立的婴幼儿活动场地",
    "卫生健康部门牵头检查托育机构的照护记录",
    "鼓励国有企业利用闲置用房举办普惠托育",
]
CARE_APART = ["把托育服务纳入社区生活圈,托位优先给双职工家庭", "托育机构的婴幼儿照护人员须持证上岗"]


def care(texts: list[str], name: str) -> list[dict[str, object]]:
    return [
        {"id": f"{name}{at}", "kind": "section", "text": f"{text}。", "themes": ["托育"], "source": f"{name}{at}"}
        | {"annotator": "测试", "date": "2026-01-01"}
        for at, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def versions(small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """`old`: trained before there was a protected set. `same`: the same with one. `wrong`: from wrong labels. `care`: with
    a theme more. Each is trained once, as users train."""
    folder = tmp_path_factory.mktemp("compared")
    first = Versions(small_models).path(Versions(small_models).names()[0])
    save_copy(first, folder / "old")
    for name, lines, protected in (
        ("same", None, apart()),
        ("wrong", wrong(), apart()),
        ("care", [*label_lines(), *care(CARE, "托")], [*apart(), *care(CARE_APART, "护")]),
    ):
        labels = folder / f".{name}-labels"
        write_labels(labels, lines)
        if name == "care":
            text = THEMES + "  托育: {id: care, covers: 三岁以下婴幼儿照护、托位}\n"
            (labels / "themes.yaml").write_text(text, "utf-8")
        protect(labels, protected)
        train(labels, Versions(folder), "20200101").folder.rename(folder / name)
    return Versions(folder)


def save_copy(source: Path, target: Path, without: tuple[str, ...] = ()) -> Path:
    """The model folder under another name, its manifest sealed anew, as training of another day would have left it."""
    named = [name for name in load_manifest(source)["files"] if name not in without]
    model = load_model(source)
    save_model(target, model, {}, {name: (source / name).read_bytes() for name in named})
    return target


@pytest.fixture(scope="module")
def labels_of(versions: Versions):
    return lambda name: versions.folder / f".{name}-labels"


def of(comparison: Comparison, name: str) -> SetDifference:
    return next(one for one in comparison.sets if one.name == name)


def test_protected_items_are_read_apart_and_change_no_digest(tmp_path: Path) -> None:
    write_labels(tmp_path)
    before = digest_of_labels(tmp_path)
    protect(tmp_path, apart())
    labels = read_labels(tmp_path)
    assert len(labels.items) == 60
    assert [item.id for item in labels.protected] == [line["id"] for line in apart()]
    assert digest_of_labels(tmp_path) == before
    assert faults(labels) == []


@pytest.mark.parametrize("change", ["", "今年", "{"])
def test_a_protected_item_that_training_would_see_is_a_fault(tmp_path: Path, change: str) -> None:
    write_labels(tmp_path)
    line = label_lines()[4]
    leak = {**line, "id": "leak", "text": str(line["text"]).replace("全年", change) if change else line["text"]}
    protect(tmp_path, [*apart(), leak])
    (fault,) = faults(read_labels(tmp_path))
    assert fault.where == f"{tmp_path / FILE}:22"
    assert "会泄漏答案" in fault.zh
    assert f"{tmp_path / 'a.jsonl'}:5" in fault.zh


def test_faulty_protected_lines_are_named_and_ids_are_shared_with_training(tmp_path: Path) -> None:
    write_labels(tmp_path)
    protect(tmp_path, [{**apart()[0], "id": label_lines()[0]["id"]}, {**apart()[1], "themes": ["无此"]}])
    told = sorted(str(fault) for fault in faults(read_labels(tmp_path)))
    assert f"{FILE}:1: id 学前00 已用于" in told[0]
    assert f"{FILE}:2: 未知主题“无此”" in told[1]


def test_training_never_sees_the_protected_items(versions: Versions) -> None:
    old, same = (load_model(versions.path(name)) for name in ("old", "same"))
    assert same.vocabulary == old.vocabulary
    for name in ("idf", "coefficients", "intercepts", "slopes", "offsets", "thresholds"):
        np.testing.assert_array_equal(getattr(same.weights, name), getattr(old.weights, name))
    learnt = trained(versions.path("same"))
    assert learnt == {digest_of(str(line["text"])) for line in label_lines()}
    assert not learnt & {digest_of(str(line["text"])) for line in apart()}


def test_a_model_folder_keeps_what_the_model_said(versions: Versions) -> None:
    folder = versions.path("same")
    rows = list(heldout.read(folder, FILE).values())
    assert [(row.id, row.text) for row in rows] == [(line["id"], line["text"]) for line in apart()]
    threshold = float(load_model(folder).weights.thresholds[0])
    for row in [*rows, *heldout.read(folder).values()]:
        assert row.assigned == {name for name, chance in row.probabilities.items() if chance >= threshold - 5e-5}
        assert all(chance == round(chance, 4) for chance in row.probabilities.values())
    manifest = load_manifest(folder)
    assert {FILE, TRAINED, heldout.FILE} <= set(manifest["files"])
    assert manifest["protected"]["items"] == 21
    assert json.loads((folder / "metrics.json").read_text("utf-8"))["protected"]["items"] == 21


def test_a_live_model_from_before_the_protected_set_is_asked_now(versions: Versions) -> None:
    assert not (versions.path("old") / FILE).exists()
    comparison = compare(versions, "old", "same")
    assert [(one.name, one.sections) for one in comparison.sets] == [("protected", 21), ("held_out", 60)]
    # The two are the same model, so what is asked now is what the other kept.
    assert comparison.changed == ()
    assert [one.micro.change for one in comparison.sets] == [0, 0]
    assert comparison.better


def test_protected_texts_that_the_live_model_learnt_are_left_out(versions: Versions, tmp_path: Path) -> None:
    learnt = [{**line, "id": f"p-{line['id']}"} for line in label_lines()[:40]]
    candidate = versions.path("same")
    model = load_model(candidate)
    rows = [
        HeldOut(
            str(line["id"]),
            digest_of(str(line["text"])),
            frozenset(map(str, line["themes"])),
            frozenset(),
            {},
            str(line["text"]),
        )
        for line in [*learnt, *apart()]
    ]
    other = Versions(tmp_path)
    save_model(tmp_path / "new", model, {}, {FILE: heldout.dump(rows), TRAINED: b""})
    save_copy(versions.path("old"), tmp_path / "old")
    # A folder from before trained.txt still tells its sections, by what it held out.
    save_copy(versions.path("old"), tmp_path / "older", without=(TRAINED,))
    save_copy(versions.path("old"), tmp_path / "oldest", without=(TRAINED, heldout.FILE))
    assert of(compare(other, "old", "new"), "protected").sections == 21
    assert of(compare(other, "older", "new"), "protected").sections == 21
    told = compare(other, "oldest", "new")
    assert told.sets == ()
    assert "相同的文本太少" in told.verdict.against[0].zh


def test_a_candidate_from_before_is_asked_about_the_protected_set_of_the_labels(versions: Versions, labels_of) -> None:
    assert [one.name for one in compare(versions, "same", "old").sets] == ["held_out"]
    told = compare(versions, "same", "old", labels_of("same"))
    assert of(told, "protected").sections == 21


def test_a_worse_model_is_refused_with_reasons_and_forced_with_a_note(versions: Versions, labels_of) -> None:
    promote(versions, "same", AT, by="甲")
    with pytest.raises(PromotionRefused) as refused:
        promote(versions, "wrong", AT, by="乙", labels=labels_of("wrong"))
    assert "受保护的测试文本 21 段 micro-F1" in refused.value.zh
    assert "不如上线版" in refused.value.zh
    assert "models compare same wrong" in refused.value.zh
    assert "worse than live" in refused.value.en
    assert versions.live() == "same"
    with pytest.raises(InputError, match="--note"):
        promote(versions, "wrong", AT, force=True, note=" ")
    comparison = promote(versions, "wrong", AT, force=True, note="演练", by="丙")
    assert comparison is not None
    assert not comparison.better
    assert versions.live() == "wrong"
    assert [(step.action, step.by, step.note) for step in versions.history()] == [
        ("promote", "甲", ""),
        ("force", "丙", "演练"),
    ]


def test_a_candidate_that_does_not_load_is_not_even_forced(versions: Versions, tmp_path: Path) -> None:
    other = Versions(tmp_path)
    for name in ("good", "bad"):
        save_copy(versions.path("same"), tmp_path / name)
    promote(other, "good", AT)
    (tmp_path / "bad/weights.npz").write_bytes(b"half")
    with pytest.raises(ModelDamaged):
        promote(other, "bad", AT, force=True, note="试")
    assert other.live() == "good"


def test_a_damaged_live_model_does_not_bar_the_way_for_good(versions: Versions, tmp_path: Path) -> None:
    other = Versions(tmp_path)
    for name in ("live", "next"):
        save_copy(versions.path("same"), tmp_path / name)
    promote(other, "live", AT)
    (tmp_path / "live/manifest.json").write_text("{")
    with pytest.raises(ModelDamaged):
        promote(other, "next", AT)
    assert promote(other, "next", AT, force=True, note="上线版已损坏") is None
    assert other.live() == "next"


def test_a_new_theme_is_told_and_left_out_of_the_comparison(versions: Versions, labels_of) -> None:
    comparison = compare(versions, "same", "care", labels_of("care"))
    assert comparison.new == ("托育",)
    assert comparison.removed == ()
    for one in comparison.sets:
        assert [theme.name for theme in one.themes] == ["学前", "安全", "经费"]
        assert [(theme.name, theme.id) for theme in one.new] == [("托育", "care")]
    (new,) = of(comparison, "protected").new
    assert new.support == 2
    assert new.figures.f1 == 1
    assert any("新主题“托育”" in reason.zh and not reason.against for reason in comparison.verdict.reasons)
    # The live model could not have assigned it: that it does so now is told among the texts that changed.
    better = [one for one in comparison.changed if one.after == ("托育",)]
    assert {one.id for one in better} >= {"护0", "护1"}
    assert {one.outcome for one in better} == {"better"}
    back = compare(versions, "care", "same")
    assert back.removed == ("托育",)
    assert any("候选版不再有" in reason.zh for reason in back.verdict.reasons)
    assert [theme.name for theme in of(back, "held_out").themes] == ["学前", "安全", "经费"]


def test_a_renamed_theme_stays_the_same_theme() -> None:
    known = Known({"a": "旧名", "b": "乙"}, {"a": "新名", "c": "丙"})
    assert (known.common, known.new, known.removed) == (["a"], ["c"], ["b"])
    row = HeldOut("1", "d", frozenset({"旧名"}), frozenset({"旧名", "乙"}))
    pairs = Pairs("held_out", ((row, replace(row, labelled=frozenset({"新名"}), assigned=frozenset({"新名"}))),))
    assert differences(pairs, known).micro.live == 1
    assert changed(pairs, known, {}) == ()


def test_texts_that_change_are_judged_by_their_labels(versions: Versions) -> None:
    known = Known({"a": "甲", "b": "乙"}, {"a": "甲", "b": "乙"})

    def row(name: str, labelled: str, assigned: str) -> HeldOut:
        return HeldOut(name, name, frozenset(labelled), frozenset(assigned))

    sides = {
        "1": ("甲", "甲", ""),
        "2": ("甲", "", "甲"),
        "3": ("甲", "乙", ""),
        "4": ("甲", "", "乙"),
        "5": ("", "乙", "甲"),
    }
    pairs = Pairs("held_out", tuple((row(key, a, b), row(key, a, c)) for key, (a, b, c) in sides.items()))
    told = changed(pairs, known, {"2": "正文"})
    assert [(one.id, one.outcome) for one in told] == [
        ("1", "worse"),
        ("4", "worse"),
        ("5", "neutral"),
        ("2", "better"),
        ("3", "better"),
    ]
    assert next(one for one in told if one.id == "2").text == "正文"


def noisy(random: np.random.Generator, sections: int, themes: int, wrong: float) -> list[np.ndarray]:
    carried = random.random((sections, themes)) < 0.1
    return [carried, *(carried ^ (random.random(carried.shape) < wrong) for _ in range(2))]


def naive_f1(carried: np.ndarray, assigned: np.ndarray) -> float:
    pairs = list(zip(carried.ravel(), assigned.ravel(), strict=True))
    right = sum(a and b for a, b in pairs)
    total = sum(int(a) + int(b) for a, b in pairs)
    return 2 * right / total if total else 1.0


def test_intervals_are_those_of_a_plain_bootstrap() -> None:
    random = np.random.default_rng(7)
    carried, live, candidate = noisy(random, 150, 3, 0.05)
    draws = bootstrap(carried, live, candidate)
    plain: list[list[float]] = []
    for _ in range(600):
        taken = random.integers(0, 150, 150)
        c, a, b = carried[taken], live[taken], candidate[taken]
        themes = [naive_f1(c[:, t], b[:, t]) - naive_f1(c[:, t], a[:, t]) for t in range(3)]
        plain.append([naive_f1(c, b) - naive_f1(c, a), sum(themes) / 3, *themes])
    ours = [draws.micro, draws.macro, *draws.themes.T]
    for mine, theirs in zip(ours, np.array(plain).T, strict=True):
        assert mine.mean() == pytest.approx(theirs.mean(), abs=0.01)
        assert interval(mine) == pytest.approx(np.quantile(theirs, [0.025, 0.975]), abs=0.03)


def test_intervals_hold_the_true_difference_as_often_as_they_say() -> None:
    random = np.random.default_rng(11)
    held = 0
    for _ in range(100):
        carried, live, candidate = noisy(random, 120, 2, 0.08)  # two models equally good: the true difference is 0
        low, high = interval(bootstrap(carried, live, candidate).micro)
        held += low <= 0 <= high
    assert 88 <= held <= 100


def test_two_models_that_agree_differ_by_nothing_and_a_theme_never_carried_tells_nothing() -> None:
    carried, live, _ = noisy(np.random.default_rng(3), 50, 2, 0.1)
    carried[:, 1] = False
    draws = bootstrap(carried, live, live)
    assert interval(draws.micro) == interval(draws.macro) == interval(draws.themes[:, 1]) == (0, 0)


def test_ten_thousand_sections_take_less_than_a_second() -> None:
    carried, live, candidate = noisy(np.random.default_rng(5), 10_000, 34, 0.01)
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        bootstrap(carried, live, candidate)
        taken.append(time.perf_counter() - started)
    assert min(taken) < 1


def measured(sections: int, live: float, candidate: float, low: float, high: float) -> SetDifference:
    change = Difference(live, candidate, low, high)
    return SetDifference("protected", sections, change, change, (), ())


@pytest.mark.parametrize(
    ("one", "passes", "said"),
    [
        (measured(100, 0.8, 0.8, -0.01, 0.01), True, "不差于上线版"),
        (measured(100, 0.8, 0.79996, -0.01, 0.01), True, "不差于上线版"),
        (measured(100, 0.8, 0.9, 0.05, 0.15), True, "不差于上线版"),
        (measured(100, 0.8, 0.7951, -0.01, 0.001), True, "误差范围内"),
        (measured(100, 0.8, 0.7951, -0.01, -0.0001), False, "超出误差范围"),
        (measured(100, 0.8, 0.795, -0.02, 0.01), False, "降幅达到 0.005"),
        (measured(19, 0.8, 0.9, 0.05, 0.15), False, "无法比较"),
    ],
)
def test_the_rule_of_the_gate(one: SetDifference, passes: bool, said: str) -> None:
    verdict = judge([one], [], [])
    assert verdict.passes is passes
    assert any(said in reason.zh for reason in verdict.reasons)
    assert all(reason.en for reason in verdict.reasons)


def themes_pairs(support: int, lost: int) -> tuple[Pairs, Known]:
    """A theme that `support` of 400 sections carry, of which the candidate misses `lost`; another grows better by far more."""
    known = Known({"a": "甲", "b": "乙"}, {"a": "甲", "b": "乙"})
    rows = []
    for at in range(400):
        carried = frozenset({"乙", *(["甲"] if at < support else [])})
        live = carried - {"乙"} if at % 2 else carried
        rows.append(
            (
                HeldOut(str(at), "", carried, live),
                HeldOut(str(at), "", carried, carried - {"甲"} if at < lost else carried),
            )
        )
    return Pairs("held_out", tuple(rows)), known


@pytest.mark.parametrize(
    ("support", "lost", "passes"), [(40, 12, False), (40, 1, True), (20, 10, False), (19, 19, True)]
)
def test_no_theme_may_fall_clearly_however_good_the_whole_is(support: int, lost: int, passes: bool) -> None:
    one = differences(*themes_pairs(support, lost))
    assert one.micro.change > 0.1
    verdict = judge([one], [], [])
    assert verdict.passes is passes
    assert [("主题“甲”" in reason.zh) for reason in verdict.against] == ([] if passes else [True])


def test_the_page_needs_no_network_and_no_script(versions: Versions, labels_of, tmp_path: Path) -> None:
    comparison = compare(versions, "same", "wrong", labels_of("wrong"))
    text = page(comparison)
    assert "http" not in text
    assert "<script" not in text
    assert "不宜上线" in text
    assert text.count("<svg") >= 2 * (2 + 3)
    for one in comparison.changed:
        assert one.id in text
        assert one.text
        assert one.text in text
    told = json.loads(to_json(comparison))
    assert told["verdict"]["passes"] is False
    assert told["sets"][0]["name"] == "protected"
    with pytest.raises(InputError, match=r"\.html"):
        write(comparison, tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


def test_the_page_shows_what_texts_say_and_runs_none_of_it(versions: Versions) -> None:
    comparison = compare(versions, "same", "wrong")
    (first, *_) = comparison.changed
    evil = replace(first, text="<script>alert(1)</script>", id='"><img src=x>')
    text = page(replace(comparison, changed=(evil,)))
    assert "<script" not in text
    assert "<img" not in text


def test_the_commands_compare_promote_and_tell_the_history(
    run_command, versions: Versions, labels_of, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for name in ("same", "wrong", "care"):
        save_copy(versions.path(name), models / name)
    for output in ("report.html", "report.json"):
        told = run_command(
            "models",
            "compare",
            "same",
            "wrong",
            "--models",
            models,
            "--labels",
            labels_of("same"),
            "-o",
            tmp_path / output,
        )
        assert told.returncode == 0, told.stderr.decode()
        assert "不宜上线" in told.stdout.decode()
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["candidate"] == "wrong"
    assert run_command("models", "promote", "same", "--models", models, "--by", "李老师").returncode == 0
    refused = run_command("models", "promote", "wrong", "--models", models)
    assert refused.returncode == 1
    assert "不如上线版" in refused.stderr.decode()
    forced = run_command("models", "promote", "wrong", "--models", models, "--force", "--note", "演练", "--by", "")
    assert forced.returncode == 0
    assert run_command("models", "rollback", "--models", models, "--note", "演练完").returncode == 0
    lines = run_command("models", "history", "--models", models).stdout.decode().splitlines()
    assert ["李老师" in lines[0], "force" in lines[1], "演练" in lines[1], "rollback" in lines[2]] == [True] * 4
    import getpass

    assert getpass.getuser() in lines[2]
    assert run_command("models", "compare", "same", "nothing", "--models", models).returncode == 1
