"""Annif with one backend, over text that is segmented already: it has no Chinese analyser."""

import subprocess
import sys
from pathlib import Path

from exchange import read, score_tests, themes

folder, backend = Path(sys.argv[1]), sys.argv[2]
names = list(themes(folder))
home = folder / f"annif-{backend}"
home.mkdir()
uri = {name: f"<urn:theme:{at}>" for at, name in enumerate(names)}
(home / "vocabulary.tsv").write_text("".join(f"{uri[name]}\t{name}\n" for name in names), "utf-8")
options = {
    "tfidf": "limit=34",
    "svc": "limit=34\nmin_df=2\nngram=2",
    "fasttext": "limit=34\ndim=100\nlr=0.25\nepoch=50\nloss=ova\nchunksize=1000",
    "omikuji": "limit=34\nngram=2\nmin_df=2\ncluster_balanced=False\ncluster_k=34\nmax_depth=3",
}
(home / "projects.cfg").write_text(
    f"[p]\nname=p\nlanguage=zh\nbackend={backend}\nanalyzer=simple(token_min_length=1)\nvocab=v\n{options[backend]}\n",
    "utf-8",
)
lines = [line for line in read(folder / "train.jsonl") if line["themes"]]
rows = [f"{line['segmented']}\t{' '.join(uri[theme] for theme in line['themes'])}" for line in lines]
if backend == "svc":  # one label a text
    rows = [f"{line['segmented']}\t{uri[theme]}" for line in lines for theme in line["themes"]]
(home / "train.tsv").write_text("\n".join(rows) + "\n", "utf-8")


def annif(*words: str, given: str | None = None) -> str:
    """Run annif in its folder."""
    command = [sys.executable, str(Path(__file__).with_name("annif_command.py")), *words]
    return subprocess.run(command, cwd=home, input=given, capture_output=True, text=True, check=True).stdout


annif("load-vocab", "v", "vocabulary.tsv", "--language", "zh")
annif("train", "p", "train.tsv")


def scores(texts):
    """(texts, themes) scores."""
    documents = home / "documents"
    documents.mkdir(exist_ok=True)
    for old in documents.iterdir():
        old.unlink()
    for at, line in enumerate(texts):
        (documents / f"{at:05}.txt").write_text(line["segmented"], "utf-8")
    annif("index", "p", str(documents), "--limit", "34", "--threshold", "0")
    found = []
    for at in range(len(texts)):
        row = [0.0] * len(names)
        for suggested in (documents / f"{at:05}.annif").read_text("utf-8").splitlines():
            address, _, score = suggested.split("\t")[:3]
            row[int(address.strip("<>").rpartition(":")[2])] = float(score)
        found.append(row)
    return found


score_tests(folder, scores)
