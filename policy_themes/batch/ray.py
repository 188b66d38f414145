"""The same run over Ray Data, on this machine or on a cluster: units in, outcomes out, whatever worker or node is lost meanwhile.

The nodes need this package, the model folder and the inputs at the same paths (a shared file system).
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import socket
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from policy_themes.batch.record import outcome_from, record_of
from policy_themes.batch.result import Outcome
from policy_themes.batch.run import Engine
from policy_themes.batch.units import Unit
from policy_themes.batch.work import outcome_of
from policy_themes.errors import InputError
from policy_themes.tagging.tagger import Options, Tagger

__all__ = ["on_ray"]

KNOCK = 5  # seconds that the head node has to accept a connection
WAVE = 1024  # units handed to Ray at a time: what the driver holds of a table is bounded


def on_ray(model: Path, options: Options, workers: int | None, address: str | None) -> Engine:
    """An engine of `workers` Ray actors (default: the CPUs of the cluster), each of which loads the model once a wave.

    Raises InputError if Ray is not installed or no cluster answers at `address`.
    """
    # Ray would otherwise copy the caller's whole environment of packages to the workers, and report usage to its makers.
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
    except ImportError as error:
        raise InputError(
            "需要 Ray:pip install 'policy-themes[ray]'", "needs Ray: pip install 'policy-themes[ray]'"
        ) from error

    def engine(units: Iterable[tuple[int, Unit]]) -> Iterator[tuple[int, Outcome]]:
        _join(ray, address)
        waiting = iter(units)
        try:
            while wave := list(islice(waiting, WAVE)):
                yield from _done(ray, wave, model, options, workers)
        finally:
            ray.shutdown()

    return engine


def _join(ray: Any, address: str | None) -> None:
    """Connect to the cluster, or start one here."""
    try:
        if address and address != "auto":
            _knock(address)
        here = {"include_dashboard": False} if address is None else {}
        ray.init(address=address, logging_level="error", log_to_driver=False, **here)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"连不上 Ray 集群:{error};先在主节点运行 ray start --head",
            f"no Ray cluster answers ({error}); start one with ray start --head",
            where=address or "",
        ) from error
    ray.data.DataContext.get_current().enable_progress_bars = False
    for name in ("ray.data", "ray.data._internal"):  # the run shows its own progress
        logging.getLogger(name).setLevel(logging.ERROR)


def _knock(address: str) -> None:
    """Ray itself retries for minutes before it says that nobody is there. Raises OSError or ValueError."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    socket.create_connection((host or "127.0.0.1", int(port)), timeout=KNOCK).close()


def _done(
    ray: Any, wave: list[tuple[int, Unit]], model: Path, options: Options, workers: int | None
) -> Iterator[tuple[int, Outcome]]:
    items = [{"index": index, "unit": pickle.dumps(unit)} for index, unit in wave]
    cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))
    size = min(workers or cpus, cpus, len(items))
    tagged = ray.data.from_items(items, override_num_blocks=min(len(items), 8 * size)).map(
        _Actor, fn_constructor_args=(model, options), compute=ray.data.ActorPoolStrategy(size=size), num_cpus=1
    )
    for row in tagged.iter_rows():
        yield int(row["index"]), outcome_from(json.loads(row["outcome"]))


class _Actor:
    """A worker with its own model. Its answers are JSON, which any version of Arrow carries."""

    def __init__(self, model: Path, options: Options) -> None:
        self._tagger, self._options = Tagger.load(model), options

    def __call__(self, item: dict[str, Any]) -> dict[str, Any]:
        outcome = outcome_of(pickle.loads(item["unit"]), self._tagger, self._options)  # noqa: S301 - made by the driver
        return {"index": item["index"], "outcome": json.dumps(record_of(outcome), ensure_ascii=False, default=str)}
