"""python -m benchmarks.check [--keep | --rows]: has anything become slower by more than 5% than what is kept in results/ratios.json?

Rows are ratios of processor time, ours and what it is measured beside in turn, so that neither another machine nor other work on it
counts. `--keep` writes what is measured as what is to be held, `--rows` lists what is measured.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.load import load, post
from benchmarks.ratios import compared, keep, read, settled
from benchmarks.servers import EMPTY, OURS, Server, pinned, started
from policy_themes.tagging.tagger import Options, Tagger
from training.labels import read_labels

KEPT = Path(__file__).parent / "results" / "ratios.json"
ROUNDS, BATCH, SECTIONS = 7, 256, 2000
# A run of a service is many short turns, so that whatever else the machine does falls on both alike.
TURNS, SECONDS, CLIENTS, CHARACTERS, TEXTS = 4, 0.15, 8, 220, 200

TAGGING: Mapping[str, tuple[bool, bool]] = {  # evidence, batches
    "批量打标 batches / rjieba": (False, True),
    "批量打标带依据 batches with evidence / rjieba": (True, True),
    "逐段打标 one by one / rjieba": (False, False),
}
SERVICE: Mapping[str, bool] = {
    "POST /classify / 空接口 empty endpoint": False,
    "POST /classify 带依据 with evidence / 空接口 empty endpoint": True,
}


def main() -> None:
    """Print a line a row; exit status 1 if one is slower."""
    if "--rows" in sys.argv:
        print(*TAGGING, *SERVICE, sep="\n")
        return
    texts = [item.text for item in read_labels(Path("labels")).items if item.kind == "section"]

    def measure(rows: Collection[str]) -> dict[str, Sequence[float]]:
        wanted = rows or (*TAGGING, *SERVICE)
        return {**_tagging(texts, wanted), **_service(texts, wanted)}

    if "--keep" in sys.argv:
        measured = measure(())
        keep(KEPT, measured)
        found = compared(read(KEPT), measured)
    else:
        found = settled(read(KEPT), measure)
    print(*found, sep="\n")
    sys.exit(0 if all(one.good for one in found) else 1)


def _tagging(texts: Sequence[str], rows: Collection[str]) -> dict[str, Sequence[float]]:
    import rjieba

    kinds = {row: kind for row, kind in TAGGING.items() if row in rows}
    if not kinds:
        return {}
    jieba, tagger = rjieba.Jieba(), Tagger.load()
    ratios: dict[str, list[float]] = {row: [] for row in kinds}
    for number in range(ROUNDS + 1):
        words = _timed(texts, lambda some: [jieba.cut(text, False) for text in some])
        for row, (evidence, batches) in kinds.items():
            ours = _timed(texts, _tagged(tagger, Options(evidence=evidence), batches=batches))
            if number:  # the first round warms up
                ratios[row].append(ours / words)
    return dict(ratios)


def _tagged(tagger: Tagger, options: Options, *, batches: bool) -> Callable[[Sequence[str]], object]:
    if batches:
        return lambda some: tagger.tag_batch(some, options)
    return lambda some: [tagger.tag(text, options) for text in some]


def _timed(texts: Sequence[str], work: Callable[[Sequence[str]], object]) -> float:
    fresh = [str(text.encode(), "utf-8") for text in texts[:SECTIONS]]  # Python keeps a string's UTF-8 once made
    start = time.process_time()
    for at in range(0, len(fresh), BATCH):
        work(fresh[at : at + BATCH])
    return time.process_time() - start


def _service(texts: Sequence[str], rows: Collection[str]) -> dict[str, Sequence[float]]:
    kinds = {row: evidence for row, evidence in SERVICE.items() if row in rows}
    if not kinds:
        return {}
    ratios: dict[str, list[float]] = {row: [] for row in kinds}
    bodies = {evidence: list(_bodies(texts, evidence)) for evidence in kinds.values()}
    pinned(0, core=1)
    with contextlib.ExitStack() as stack:
        first = next(iter(bodies.values()))[0]
        ours, empty = (stack.enter_context(started(kind, first)) for kind in (OURS, EMPTY))
        for number in range(ROUNDS + 1):
            for row, evidence in kinds.items():
                requests = [post("/classify", body) for body in bodies[evidence]]
                turns = [(_cost(ours, requests), _cost(empty, requests)) for _ in range(TURNS)]
                if number:
                    ratios[row].append(sum(one for one, _ in turns) / sum(other for _, other in turns))
    return dict(ratios)


def _cost(server: Server, requests: Sequence[bytes]) -> float:
    """Seconds of the server's processor time a request; where the system does not tell, seconds of a clock."""
    before = server.spent()
    rate = load(server.port, requests, CLIENTS, SECONDS).rate
    return ((server.spent() - before) or SECONDS) / (rate * SECONDS + CLIENTS)


def _bodies(texts: Sequence[str], evidence: bool) -> Iterator[bytes]:
    long = [text[:CHARACTERS] for text in texts if len(text) >= CHARACTERS]
    for text in long[:: max(1, len(long) // TEXTS)][:TEXTS]:
        yield json.dumps({"text": text, "evidence": evidence}, ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
