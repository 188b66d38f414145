import json
from pathlib import Path

import numpy as np
import pytest
from conftest import label_lines, write_labels

from policy_themes import Tagger
from policy_themes.errors import LabelError, PromotionRefused
from policy_themes.store import load_manifest, load_model
from policy_themes.versions import Versions
from training.calibrate import calibrate
from training.compare.protected import TRAINED
from training.folds import fold_of
from training.gate import compare, promote
from training.heldout import FILE
from training.metrics import calibration_error, measure, micro_f1, reliability
from training.run import train

AT = "2026-01-01T00:00:00+00:00"


def test_the_same_labels_give_the_same_arrays(small_labels: Path, small_models: Path, tmp_path: Path) -> None:
    first = load_model(Versions(small_models).path(Versions(small_models).names()[0]))
    again = load_model(train(small_labels, Versions(tmp_path), "20200102").folder)
    assert again.vocabulary == first.vocabulary
    for name in ("idf", "coefficients", "intercepts", "slopes", "offsets", "thresholds"):
        np.testing.assert_array_equal(getattr(again.weights, name), getattr(first.weights, name))


def test_a_version_folder_is_complete(small_models: Path) -> None:
    versions = Versions(small_models)
    folder = versions.path(versions.names()[0])
    manifest = load_manifest(folder)
    expected = {
        "weights.npz",
        "vocabulary.txt",
        "lexicon.txt",
        "themes.yaml",
        "metrics.json",
        "MODEL_CARD.md",
        "report.html",
    }
    assert set(manifest["files"]) == expected | {"pipeline.joblib", FILE, TRAINED}
    assert manifest["labels"]["sections"] == 60
    assert {"scikit-learn", "numpy", "rjieba"} <= set(manifest["libraries"])
    report = (folder / "report.html").read_text("utf-8")
    assert "http" not in report
    assert "<script" not in report


def test_it_learns_what_it_was_shown(small_models: Path) -> None:
    versions = Versions(small_models)
    tagger = Tagger.load(versions.path(versions.names()[0]))
    assert [theme.name for theme in tagger.tag("排查校园消防隐患,开展防溺水教育。").themes] == ["安全"]


def test_a_fault_in_the_labels_stops_the_run_and_writes_nothing(tmp_path: Path) -> None:
    lines = label_lines()
    write_labels(tmp_path / "labels", [*lines[:30], {**lines[30], "themes": ["无此"]}, *lines[31:]])
    with pytest.raises(LabelError, match=r"a\.jsonl:31: 未知主题“无此”"):
        train(tmp_path / "labels", Versions(tmp_path / "models"), "20200101")
    assert not (tmp_path / "models").exists()


def test_a_theme_with_too_few_items_is_named(tmp_path: Path) -> None:
    lines = [line for line in label_lines() if line["themes"] != ["经费"]]
    write_labels(tmp_path / "labels", lines)
    with pytest.raises(LabelError, match=r"经费.*只有 0 条"):
        train(tmp_path / "labels", Versions(tmp_path / "models"), "20200101")


def mislabelled() -> list[dict[str, object]]:
    """The same items, every third with a wrong theme: what is learnt from them no longer fits the rest."""
    wrong = {"学前": "安全", "安全": "经费", "经费": "学前"}
    return [
        line if at % 3 else {**line, "themes": [wrong[str(theme)] for theme in line["themes"]]}
        for at, line in enumerate(label_lines())
    ]


def test_a_worse_model_is_not_promoted_unless_forced(small_labels: Path, tmp_path: Path) -> None:
    versions = Versions(tmp_path / "models")
    good = train(small_labels, versions, "20200101").version
    assert promote(versions, good, AT) is None
    write_labels(tmp_path / "labels", mislabelled())
    bad = train(tmp_path / "labels", versions, "20200102").version
    assert not compare(versions, good, bad).better
    with pytest.raises(PromotionRefused, match="不如上线版"):
        promote(versions, bad, AT)
    assert versions.live() == good
    promote(versions, bad, AT, force=True, note="演练")
    assert versions.live() == bad
    assert versions.history()[-1].note == "演练"


def test_an_equal_model_is_promoted(small_labels: Path, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    first, second = (train(small_labels, versions, date).version for date in ("20200101", "20200102"))
    promote(versions, first, AT)
    comparison = promote(versions, second, AT)
    assert comparison is not None
    assert [(one.name, one.micro.change) for one in comparison.sets] == [("held_out", 0)]
    assert comparison.changed == ()
    assert versions.live() == second


def test_models_without_common_sections_are_not_compared(small_labels: Path, tmp_path: Path) -> None:
    versions = Versions(tmp_path / "models")
    promote(versions, train(small_labels, versions, "20200101").version, AT)
    write_labels(tmp_path / "labels", [{**line, "id": f"x{line['id']}"} for line in label_lines()])
    other = train(tmp_path / "labels", versions, "20200102").version
    with pytest.raises(PromotionRefused, match="无法比较"):
        promote(versions, other, AT)


def test_the_commands_train_promote_and_roll_back(run_command, small_labels: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    for _ in range(2):
        trained = run_command("train", "--labels", small_labels, "--models", models)
        assert trained.returncode == 0, trained.stderr.decode()
    listed = run_command("models", "list", "--models", models).stdout.decode().splitlines()
    assert [line[0] for line in listed] == [" ", "*"]
    assert run_command("models", "rollback", "--models", models).returncode == 0
    listed = run_command("models", "list", "--models", models).stdout.decode().splitlines()
    assert [line[0] for line in listed] == ["*", " "]
    again = run_command("models", "rollback", "--models", models)
    assert again.returncode == 1
    assert "没有更早" in again.stderr.decode()
    assert run_command("models", "promote", "nothing", "--models", models).returncode == 1


def test_force_needs_a_note(run_command, small_models: Path) -> None:
    told = run_command("models", "promote", Versions(small_models).names()[0], "--models", small_models, "--force")
    assert told.returncode == 2
    assert "--note" in told.stderr.decode()


def test_evaluate_names_the_faulty_line(run_command, tmp_path: Path) -> None:
    sections = tmp_path / "s.jsonl"
    sections.write_text(json.dumps({"text": "新建幼儿园", "themes": ["学前"]}) + "\n" + '{"text": 1}\n', "utf-8")
    told = run_command("evaluate", sections)
    assert told.returncode == 2
    assert f"{sections}:2" in told.stderr.decode()


def test_a_source_always_falls_in_the_same_fold() -> None:
    assert [fold_of(f"s{number}") for number in range(6)] == [1, 2, 3, 0, 1, 4]


def test_measures_on_a_worked_example() -> None:
    carried = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0]], bool)
    probabilities = np.array([[0.9, 0.4, 0.6], [0.1, 0.8, 0.2], [0.1, 0.1, 0.1]], np.float32)
    metrics = measure(carried, probabilities, np.full(3, 0.5, np.float32), ["甲", "乙", "丙"])
    assert metrics.precision == pytest.approx(2 / 3)
    assert metrics.recall == pytest.approx(2 / 3)
    assert metrics.micro_f1 == pytest.approx(2 / 3)
    assert metrics.macro_f1 == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.exact == pytest.approx(2 / 3)
    assert metrics.first_right == 1
    assert metrics.none_right == 1
    assert micro_f1(np.zeros((1, 1), bool), np.zeros((1, 1), bool)) == 1


def test_calibration_error_is_the_gap_between_probability_and_frequency() -> None:
    carried = np.array([[1], [0], [0], [0]], bool)
    assert calibration_error(reliability(carried, np.full((4, 1), 0.25, np.float32))) == pytest.approx(0)
    assert calibration_error(reliability(carried, np.full((4, 1), 0.75, np.float32))) == pytest.approx(0.5)


def test_a_theme_that_no_held_out_item_carries_is_still_calibrated() -> None:
    rng = np.random.default_rng(1)
    carried = np.zeros((200, 2), bool)
    carried[:80, 0] = True
    scores = (carried + rng.normal(0, 0.4, (200, 2)) - 0.5).astype(np.float32)
    calibration = calibrate(scores, carried)
    assert np.isfinite(calibration.probabilities(scores)).all()
    assert (calibration.slopes > 0).all()
