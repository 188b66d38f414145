"""What a peer's script reads and writes. Standard library only: it runs in each peer's own environment."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

Line = dict[str, object]


def read(path: Path) -> list[dict]:  # type: ignore[type-arg]
    """JSON lines of {"text", "segmented", "themes"}."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def themes(folder: Path) -> dict[str, str]:
    """Theme names, in order, and what each covers."""
    names: dict[str, str] = json.loads((folder / "themes.json").read_text("utf-8"))
    return names


def score_tests(folder: Path, score: Callable[[list[dict]], Sequence[Sequence[float]]]) -> None:  # type: ignore[type-arg]
    """Write scores-N.json (texts, themes) for every test-N.jsonl."""
    for path in sorted(folder.glob("test-*.jsonl")):
        rows = [list(map(float, row)) for row in score(read(path))]
        (folder / f"scores-{path.stem.removeprefix('test-')}.json").write_text(json.dumps(rows))
