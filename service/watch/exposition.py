"""The counts as Prometheus reads them, written by prometheus-client, which is loaded when somebody first asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.watch.counts import BOUNDS, Flat

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

__all__ = ["NAMES", "Facts", "exposition"]

PREFIX = "policy_themes_"
# What is counted -> its name, what it is, and its labels.
COUNTERS: Mapping[str, tuple[str, str, Sequence[str]]] = {
    "requests": ("requests", "回答的请求 (requests answered)", ("method", "path", "status")),
    "sections": ("sections", "打标的段数 (sections tagged)", ("version",)),
    "characters": ("characters", "打标的字数 (characters tagged)", ("version",)),
    "themes": ("themes_assigned", "给出的主题 (themes assigned, by id)", ("version", "theme")),
    "documents": ("documents", "读过的文件: read 或出错代码 (documents read, or the error's code)", ("outcome",)),
    "dropped": ("log_lines_dropped", "没有写出的日志行 (log lines that could not be written)", ()),
    "unaudited": ("audit_failures", "没有写入的审计记录 (audit rows that could not be written)", ()),
}
GAUGES: Mapping[str, tuple[str, str, Sequence[str]]] = {
    "under_way": ("requests_under_way", "正在处理的请求 (requests under way)", ("worker",)),
    "memory": ("memory_bytes", "进程占用的内存,与其他进程共用的在内 (resident memory)", ("worker",)),
    "live": ("model", "在用的模型,值为 1 (the model that serves)", ("version",)),
    "jobs": ("jobs", "任务 (jobs)", ("kind", "state")),
    "drift": ("drift_psi", "相对训练文本的偏移 (population stability index)", ("window", "signal")),
    "store_up": ("store_up", "标注库可用 (the label store can be used)", ()),
}
SECONDS = ("request_seconds", "请求用时 (time to answer)")
NAMES = tuple(
    PREFIX + name for name in (SECONDS[0], *(one[0] for one in COUNTERS.values()), *(one[0] for one in GAUGES.values()))
)


@dataclass(frozen=True, slots=True)
class Facts:
    """`counts` since the start, and `gauges`, what is now; see Counts.flat and GAUGES for their names."""

    counts: Flat
    gauges: Flat


def exposition(facts: Facts) -> tuple[bytes, str]:
    """The text and its content type."""
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
    from prometheus_client.registry import Collector, CollectorRegistry

    class _Told(Collector):
        def collect(self) -> Iterable[Metric]:
            return _metrics(facts)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told())
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _metrics(facts: Facts) -> Iterator[Metric]:
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    for key, (name, told, labels) in COUNTERS.items():
        counter = CounterMetricFamily(PREFIX + name, told, labels=labels)
        for own, value in _of(facts.counts, key):
            counter.add_metric(own, value)
        yield counter
    for key, (name, told, labels) in GAUGES.items():
        gauge = GaugeMetricFamily(PREFIX + name, told, labels=labels)
        for own, value in _of(facts.gauges, key):
            gauge.add_metric(own, value)
        yield gauge
    histogram = HistogramMetricFamily(PREFIX + SECONDS[0], SECONDS[1], labels=("path",))
    for (path,), total in _of(facts.counts, "seconds_sum"):
        below, buckets = 0.0, []
        for bound in (*map(str, BOUNDS), "+Inf"):
            below += facts.counts.get(("seconds", path, bound), 0)
            buckets.append((bound, below))
        histogram.add_metric((path,), buckets, sum_value=total)
    yield histogram


def _of(flat: Flat, key: str) -> Iterator[tuple[tuple[str, ...], float]]:
    return ((name[1:], value) for name, value in sorted(flat.items()) if name[0] == key)
