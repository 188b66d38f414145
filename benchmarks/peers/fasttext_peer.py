"""fastText, one-vs-all loss, words and word pairs."""

import sys
from pathlib import Path

import fasttext
from exchange import read, score_tests, themes

folder = Path(sys.argv[1])
names = list(themes(folder))
label = {name: f"__label__{at}" for at, name in enumerate(names)}
lines = [
    " ".join([*(label[theme] for theme in line["themes"]), line["segmented"]]) for line in read(folder / "train.jsonl")
]
(folder / "fasttext.txt").write_text("\n".join(lines) + "\n", "utf-8")
model = fasttext.train_supervised(
    str(folder / "fasttext.txt"), loss="ova", lr=0.5, epoch=50, wordNgrams=2, dim=100, minCount=2, thread=1, verbose=0
)


def scores(texts):
    """(texts, themes) probabilities."""
    rows = []
    for line in texts:
        # fasttext's own predict() wants an older numpy; the call beneath it does not.
        found = {
            name: probability for probability, name in model.f.predict(line["segmented"] + "\n", -1, 0.0, "strict")
        }
        rows.append([found.get(f"__label__{at}", 0.0) for at in range(len(names))])
    return rows


score_tests(folder, scores)
