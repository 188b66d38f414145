"""POST /classify under 1 to 64 clients beside the empty endpoint, in turn."""

from __future__ import annotations

import contextlib
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.load import Load, load, post
from benchmarks.servers import EMPTY, OURS, pinned, started

__all__ = ["CLIENTS", "Crowd", "by_clients"]

CLIENTS = (1, 2, 4, 8, 16, 32, 64)
ROUNDS, SECONDS, CHARACTERS, TEXTS = 5, 0.5, 220, 200


@dataclass(frozen=True, slots=True)
class Crowd:
    """A number of clients: our figures and the empty endpoint's (requests/s, ms), and medians of ours divided by its."""

    clients: int
    ours: Load
    empty: Load
    rate: float
    p99: float


def by_clients(texts: Sequence[str]) -> Iterator[Crowd]:
    """Each number of clients, evidence off, one worker on one core and the client on another; medians of rounds taken in turn."""
    long = [text[:CHARACTERS] for text in texts if len(text) >= CHARACTERS]
    chosen = long[:: max(1, len(long) // TEXTS)][:TEXTS]
    bodies = [json.dumps({"text": text, "evidence": False}, ensure_ascii=False).encode() for text in chosen]
    requests = [post("/classify", body) for body in bodies]
    pinned(0, core=1)
    with contextlib.ExitStack() as stack:
        servers = {kind: stack.enter_context(started(kind, bodies[0])) for kind in (OURS, EMPTY)}
        for clients in CLIENTS:
            yield _crowd(
                clients,
                [
                    {kind: load(server.port, requests, clients, SECONDS) for kind, server in servers.items()}
                    for _ in range(ROUNDS)
                ],
            )


def _crowd(clients: int, rounds: Sequence[dict[str, Load]]) -> Crowd:
    def ratio(figure: Callable[[Load], float]) -> float:
        return statistics.median(figure(one[OURS]) / figure(one[EMPTY]) for one in rounds)

    ours, empty = (_middle([one[kind] for one in rounds]) for kind in (OURS, EMPTY))
    return Crowd(clients, ours, empty, ratio(lambda one: one.rate), ratio(lambda one: one.p99))


def _middle(loads: Sequence[Load]) -> Load:
    return Load(
        statistics.median(one.rate for one in loads),
        statistics.median(one.p50 for one in loads),
        statistics.median(one.p99 for one in loads),
    )
