"""The shipped model on real documents, where they are at hand: their text is not in the repository."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from policy_themes import Tagger
from training.measuring import evaluate, read_test_set

REAL = Path(__file__).parent.parent.parent / "shared"
needs_real = pytest.mark.skipif(not (REAL / "dev/sections.jsonl").exists(), reason="../shared/dev is not here")


@needs_real
def test_real_sections_reach_the_floor(tagger: Tagger) -> None:
    metrics = evaluate(tagger, read_test_set(REAL / "dev/sections.jsonl", tagger.themes))
    assert metrics.micro_f1 >= 0.82
    assert metrics.macro_f1 >= 0.80
    assert metrics.first_right >= 0.97


@needs_real
def test_our_figures_are_those_of_the_independent_scorer(tagger: Tagger, run_command, tmp_path: Path) -> None:
    gold, out = REAL / "dev/sections.jsonl", tmp_path / "out.jsonl"
    assert run_command("tag", gold, "-o", out).returncode == 0
    scored = subprocess.run(
        [sys.executable, REAL / "tools/score.py", gold, out], capture_output=True, text=True, check=True
    )
    words = scored.stdout.split()
    theirs = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    ours = evaluate(tagger, read_test_set(gold, tagger.themes))
    assert theirs["micro_f1"] == pytest.approx(ours.micro_f1, abs=1e-4)
    assert theirs["macro_f1"] == pytest.approx(ours.macro_f1, abs=1e-4)
    assert theirs["p_at_1"] == pytest.approx(ours.first_right, abs=1e-4)


def test_the_card_reports_real_documents_beside_the_held_out_figure(tagger: Tagger) -> None:
    from policy_themes.versions import Versions

    folder = Versions.shipped().live_folder()
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    assert metrics["held_out"]["items"] > 1000
    assert metrics["tests"], "a model is shipped with its figures on real documents"
    card = (folder / "MODEL_CARD.md").read_text("utf-8")
    for name in metrics["tests"]:
        assert name in card


def test_the_shipped_model_is_small() -> None:
    from policy_themes.versions import Versions

    assert sum(path.stat().st_size for path in Versions.shipped().live_folder().iterdir()) <= 8_000_000
