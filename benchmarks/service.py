"""python -m benchmarks.service [ROUNDS]: POST /classify beside an empty endpoint with the same models and beside the usual tutorial.

The services run as processes on one core, the client on another. Rounds go through the services in turn, so that each figure is the median
of ratios taken side by side; requests a second vary with the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import Load, load, post
from benchmarks.peers.speed import annif_service
from benchmarks.servers import ANNIF, EMPTY, OURS, TUTORIAL, Server, pinned, started
from training.labels import read_labels

RESULTS = Path(__file__).parent / "results" / "service.md"
ROUNDS, SECONDS, CHARACTERS, TEXTS = 7, 1.0, 220, 200
CLIENTS = (1, 8, 64)
PACKAGES = ("fastapi", "starlette", "pydantic", "uvicorn", "uvloop", "httptools", "numpy", "rjieba", "scikit-learn")

Figure = Callable[[Load], float]
Rounds = Sequence[Mapping[str, Load]]


def main() -> None:
    """Measure, print the tables and save them."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    texts = _texts()
    pinned(0, core=1)
    lines = [_machine(), "", *_starts(texts[0], rounds), ""]
    with contextlib.ExitStack() as stack:
        servers = {kind: stack.enter_context(started(kind, _body(texts[0]))) for kind in (OURS, EMPTY, TUTORIAL)}
        lines += [
            "| clients | evidence | requests/s: ours | empty | tutorial | ours / empty: median (min to max) | ours / tutorial "
            "| p50 ms: ours, empty | p99 ms: ours, empty | p99 ours / empty |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for clients in CLIENTS:
            for evidence in (False, True):
                requests = [post("/classify", _body(text, evidence)) for text in texts]
                lines.append(_row(clients, evidence, _measured(servers, requests, clients, rounds)))
                sys.stderr.write(f"{lines[-1]}\n")
    lines += ["", *_annif(texts, rounds)]
    table = "\n".join(lines) + "\n"
    print(table)
    RESULTS.write_text(table, "utf-8")


def _measured(servers: Mapping[str, Server], requests: Sequence[bytes], clients: int, rounds: int) -> Rounds:
    # The tutorial service knows no options; pydantic passes over what its model does not name.
    return [
        {kind: load(server.port, requests, clients, SECONDS) for kind, server in servers.items()} for _ in range(rounds)
    ]


def _row(clients: int, evidence: bool, rounds: Rounds) -> str:
    def middle(kind: str, figure: Figure) -> float:
        return statistics.median(figure(one[kind]) for one in rounds)

    def ratios(kind: str, figure: Figure) -> list[float]:
        return [figure(one[OURS]) / figure(one[kind]) for one in rounds]

    rate: Figure = lambda one: one.rate  # noqa: E731
    p50: Figure = lambda one: one.p50  # noqa: E731
    p99: Figure = lambda one: one.p99  # noqa: E731
    to_empty = ratios(EMPTY, rate)
    cells = [
        str(clients),
        "on" if evidence else "off",
        *(f"{middle(kind, rate):,.0f}" for kind in (OURS, EMPTY, TUTORIAL)),
        f"{statistics.median(to_empty):.2f} ({min(to_empty):.2f} to {max(to_empty):.2f})",
        f"{statistics.median(ratios(TUTORIAL, rate)):.0f}",
        f"{middle(OURS, p50):.2f}, {middle(EMPTY, p50):.2f}",
        f"{middle(OURS, p99):.2f}, {middle(EMPTY, p99):.2f}",
        f"{statistics.median(ratios(EMPTY, p99)):.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _starts(text: str, rounds: int) -> list[str]:
    """Start and memory of ours and the empty one, started in turn."""
    seconds: dict[str, list[float]] = {OURS: [], EMPTY: []}
    memory: dict[str, list[float]] = {OURS: [], EMPTY: []}
    for _ in range(rounds):
        for kind, taken in seconds.items():
            with started(kind, _body(text)) as server:
                load(server.port, [post("/classify", _body(text))], 8, SECONDS / 4)
                taken.append(server.seconds)
                memory[kind].append(server.memory())
    ratios = [ours / empty for ours, empty in zip(seconds[OURS], seconds[EMPTY], strict=True)]
    rows = [
        f"| {kind} | {statistics.median(seconds[kind]):.2f} | {statistics.median(memory[kind]):.0f} |"
        for kind in seconds
    ]
    over = statistics.median(memory[OURS]) - statistics.median(memory[EMPTY])
    return [
        "| service | start to first answer, s | resident, MB |",
        "| --- | --- | --- |",
        *rows,
        f"| ours beside the empty one | {statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f}) | +{over:.0f} |",
    ]


def _annif(texts: Sequence[str], rounds: int) -> list[str]:
    """Ours beside Annif's REST suggest, which is sent the words cut beforehand: it has no Chinese analyser."""
    with annif_service(texts) as project:
        if project is None:
            return [f"{ANNIF}: 未安装 not installed: make peers"]
        folder, segmented = project
        forms = [urlencode({"text": text}).encode() for text in segmented]
        bodies = [_body(text) for text in texts]
        with started(OURS, bodies[0]) as ours, started(ANNIF, forms[0], folder) as annif:
            rows = [_beside_annif(clients, ours, bodies, annif, forms, rounds) for clients in CLIENTS[:2]]
    return [
        f"{ANNIF} 1.4.3, svc; 分好词的文本 text segmented beforehand, 不带依据 evidence off.",
        "",
        "| clients | requests/s: ours | Annif | ours / Annif: median (min to max) | p99 ms: ours, Annif |",
        "| --- | --- | --- | --- | --- |",
        *rows,
    ]


def _beside_annif(
    clients: int, ours: Server, bodies: Sequence[bytes], annif: Server, forms: Sequence[bytes], rounds: int
) -> str:
    pairs = [
        (
            load(ours.port, [ours.request(body) for body in bodies], clients, SECONDS),
            load(annif.port, [annif.request(form) for form in forms], clients, SECONDS),
        )
        for _ in range(rounds)
    ]
    rates = [statistics.median(pair[at].rate for pair in pairs) for at in (0, 1)]
    p99 = [statistics.median(pair[at].p99 for pair in pairs) for at in (0, 1)]
    ratios = [our.rate / other.rate for our, other in pairs]
    return (
        f"| {clients} | {rates[0]:,.0f} | {rates[1]:,.0f} | {statistics.median(ratios):.0f} ({min(ratios):.0f} to {max(ratios):.0f}) |"
        f" {p99[0]:.2f}, {p99[1]:.2f} |"
    )


def _texts() -> list[str]:
    """The first characters of written sections that are long enough."""
    items = read_labels(Path("labels")).items
    long = [item.text[:CHARACTERS] for item in items if item.kind == "section" and len(item.text) >= CHARACTERS]
    return long[:: max(1, len(long) // TEXTS)][:TEXTS]


def _body(text: str, evidence: bool = False) -> bytes:
    return json.dumps({"text": text, "evidence": evidence}, ensure_ascii=False).encode()


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {packages}. "
        f"POST /classify, {CHARACTERS} characters, one worker on one core, the client on another; rounds of {SECONDS:g} s in turn."
    )


if __name__ == "__main__":
    main()
