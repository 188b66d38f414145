"""python -m benchmarks.peers.run REAL.jsonl...: other ways to do it, on the same labels and the same real sections.

`make peers TEST="REAL.jsonl"` first installs each peer, at the version named below, in an environment of its own under .venv-peers/.
Every peer gets the text segmented by the shipped segmenter where it has no Chinese analyser of its own (fastText, Annif,
LibMultiLabel; Annif's sentence splitter wants data that cannot be downloaded here, so it is given none). Peers give a score
to each theme and are measured at the one threshold that is best for the test text itself, which favours them; ours is also
shown at its shipped one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from policy_themes.tagging.features import clauses
from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.tagger import Options, Tagger
from training.labels import Labels, digest_of, read_labels
from training.measuring import TestSet, read_test_set
from training.metrics import micro_f1
from training.phrases import phrases

HERE = Path(__file__).parent
ENVIRONMENTS = Path(".venv-peers")


@dataclass(frozen=True)
class Peer:
    """A program that reads train.jsonl and test-N.jsonl in a folder and writes scores-N.json there."""

    name: str
    script: str
    environment: str | None = None
    words: tuple[str, ...] = ()

    def command(self, folder: Path) -> list[str]:
        """How it is run; without an environment of its own, in ours."""
        python = str(ENVIRONMENTS / self.environment / "bin/python") if self.environment else sys.executable
        return [python, str(HERE / self.script), str(folder), *self.words]


PEERS = (
    Peer("keyword rules from the codebook", "keywords.py"),
    Peer("jieba + TfidfVectorizer + OneVsRest(LogisticRegression)", "tutorial.py"),
    Peer("the same, balanced class weights", "tutorial.py", None, ("balanced",)),
    Peer("fastText 0.9.2, one-vs-all, word pairs", "fasttext_peer.py", "fasttext"),
    Peer("LibMultiLabel 0.10.0, 1vsrest", "libmultilabel_peer.py", "libmultilabel", ("train_1vsrest",)),
    Peer("LibMultiLabel 0.10.0, cost-sensitive", "libmultilabel_peer.py", "libmultilabel", ("train_cost_sensitive",)),
    Peer("Annif 1.4.3, tfidf", "annif_peer.py", "annif", ("tfidf",)),
    Peer("Annif 1.4.3, svc", "annif_peer.py", "annif", ("svc",)),
    Peer("Annif 1.4.3, fasttext", "annif_peer.py", "annif", ("fasttext",)),
    Peer("Annif 1.4.3, omikuji", "annif_peer.py", "annif", ("omikuji",)),
)


def main() -> None:
    """Print the table as Markdown."""
    labels = read_labels(Path("labels"))
    tests = [read_test_set(Path(path), labels.codebook.active) for path in sys.argv[1:]]
    print(f"Labels: {len(labels.items)} items, SHA-256 {digest_of(Path('labels'))[:16]}.\n")
    print("| method | " + " | ".join(f"{test.name} micro-F1 | first right" for test in tests) + " |")
    print("| --- " * (1 + 2 * len(tests)) + "|")
    _ours(tests)
    with TemporaryDirectory() as folder:
        export(labels, [test.texts for test in tests], Path(folder))
        for peer in PEERS:
            done = subprocess.run(peer.command(Path(folder)), capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"| {peer.name} | failed: {done.stderr.strip().splitlines()[-1][:100] if done.stderr else ''} |")
                continue
            scores = [json.loads((Path(folder) / f"scores-{at}.json").read_text()) for at in range(len(tests))]
            _print(peer.name, [np.array(one) for one in scores], tests)


def export(labels: Labels, tests: Sequence[Sequence[str]], folder: Path) -> None:
    """train.jsonl and test-N.jsonl, with text as it is and segmented; themes.json, names and what they cover."""
    segmenter = Segmenter(labels.lexicon)

    def line(text: str, themes: Sequence[str]) -> str:
        words = [word for clause in clauses(text, segmenter) for word in clause.features if "_" not in word]
        return (
            json.dumps({"text": text, "segmented": " ".join(words), "themes": list(themes)}, ensure_ascii=False) + "\n"
        )

    items = [*labels.items, *phrases(labels.codebook)]
    (folder / "train.jsonl").write_text("".join(line(item.text, item.themes) for item in items), "utf-8")
    for at, test in enumerate(tests):
        (folder / f"test-{at}.jsonl").write_text("".join(line(text, ()) for text in test), "utf-8")
    covers = {theme.name: theme.covers for theme in labels.codebook.active}
    (folder / "themes.json").write_text(json.dumps(covers, ensure_ascii=False), "utf-8")


def _ours(tests: Sequence[TestSet]) -> None:
    tagger = Tagger.load()
    every = [tagger.tag_batch(test.texts, Options(evidence=False, scores=True)) for test in tests]
    scores = [np.array([list((tagging.scores or {}).values()) for tagging in taggings]) for taggings in every]
    shipped = [
        f"{micro_f1(t.carried, s >= tagger.thresholds):.3f} | {_first(s, t):.3f}"
        for s, t in zip(scores, tests, strict=True)
    ]
    print(f"| policy-themes {tagger.version}, shipped threshold | " + " | ".join(shipped) + " |")
    _print("policy-themes, best threshold for the text", scores, tests)


def _print(name: str, scores: Sequence[np.ndarray], tests: Sequence[TestSet]) -> None:
    cells = []
    for one, test in zip(scores, tests, strict=True):
        steps = np.unique(np.quantile(one, np.linspace(0.8, 0.995, 200)))
        best = max(micro_f1(test.carried, one >= step) for step in steps if step > one.min())
        cells.append(f"{best:.3f} | {_first(one, test):.3f}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _first(scores: np.ndarray, test: TestSet) -> float:
    carrying = test.carried.any(axis=1)
    return float(test.carried[np.arange(len(scores)), scores.argmax(axis=1)][carrying].mean())


if __name__ == "__main__":
    main()
