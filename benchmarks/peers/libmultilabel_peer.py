"""LibMultiLabel's linear methods, with its own TF-IDF over segmented text."""

import sys
from pathlib import Path

import numpy as np
from exchange import read, score_tests, themes
from libmultilabel import linear

folder, method = Path(sys.argv[1]), sys.argv[2]
names = list(themes(folder))


def write(path: Path, lines) -> None:
    """LibMultiLabel's format: labels, a tab, the text."""
    rows = (f"{' '.join(line['themes'])}\t{line['segmented']}" for line in lines)
    path.write_text("\n".join(rows) + "\n", "utf-8")


# Its reader passes over lines without a label, so texts that carry none cannot be taught to it.
write(folder / "lml-train.txt", [line for line in read(folder / "train.jsonl") if line["themes"]])
preprocessor = linear.Preprocessor(tfidf_params={"token_pattern": r"\S+", "sublinear_tf": True})


def dataset(test: Path):
    """The training set and one test set, as LibMultiLabel takes them."""
    return linear.load_dataset("txt", str(folder / "lml-train.txt"), str(test))


trained = preprocessor.fit_transform(dataset(folder / "lml-train.txt"))
model = getattr(linear, method)(trained["train"]["y"], trained["train"]["x"], "-s 1 -m 2 -q")


def scores(lines):
    """(texts, themes) decision values."""
    test = folder / "lml-test.txt"
    write(test, [{**line, "themes": names[:1]} for line in lines])  # a label is wanted; it is not used
    values = np.asarray(linear.predict_values(model, preprocessor.transform(dataset(test))["test"]["x"]))
    order = list(preprocessor.label_mapping)
    return values[:, [order.index(name) for name in names]]


score_tests(folder, scores)
