"""Figures for Prometheus, read from the database at each scrape, so that every process tells the same."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from tradewind.health import vitals
from tradewind.lib import clock

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def text() -> bytes:
    """The exposition format. Runs outside the walls: figures of the whole installation, no names."""
    registry = CollectorRegistry()
    registry.register(_Collector())
    return bytes(generate_latest(registry))


class _Collector:
    def collect(self) -> Iterable[Metric]:
        yield from _loops()
        yield from _queues()
        yield from _ground()

    def describe(self) -> Iterable[Metric]:
        return ()


def _loops() -> Iterable[Metric]:
    now = clock.now()
    ages = GaugeMetricFamily("tradewind_beat_age_seconds", "Since the last sign of life", labels=["loop", "process"])
    details = GaugeMetricFamily("tradewind_beat_detail", "What loops say", labels=["loop", "process", "name"])
    for loop in vitals.vitals():
        ages.add_metric([loop.name, loop.process], (now - loop.at).total_seconds())
        for name, value in loop.detail.items():
            if isinstance(value, int | float):
                details.add_metric([loop.name, loop.process, name], float(value))
    return ages, details


def _queues() -> Iterable[Metric]:
    now, out, into = clock.now(), vitals.queue(), vitals.intake()
    yield _gauge("tradewind_outbox_waiting", "Messages that have not reached Meta", out.waiting)
    yield _gauge("tradewind_outbox_unknown", "Messages that were perhaps sent", out.unknown)
    overdue = (now - out.oldest_due_at).total_seconds() if out.oldest_due_at else 0.0
    yield _gauge("tradewind_outbox_overdue_seconds", "How long the oldest due message waits", overdue)
    yield _gauge("tradewind_webhooks_waiting", "Webhooks that are stored and not worked through", into.waiting)
    behind = (now - into.oldest_at).total_seconds() if into.oldest_at else 0.0
    yield _gauge("tradewind_webhooks_waiting_seconds", "How long the oldest of them waits", behind)
    yield _gauge("tradewind_safe_mode", "1 while the sender waits for a person", 1 if vitals.safe_mode() else 0)


def _ground() -> Iterable[Metric]:
    ground = vitals.ground()
    yield _gauge("tradewind_database_bytes", "Size of the database", ground.database_bytes)
    yield _gauge("tradewind_disk_free_bytes", "Free on the disk of the data folder", ground.disk_free_bytes)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
