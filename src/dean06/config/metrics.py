"""GET /metrics for Prometheus: requests by route, jobs by state, connections, log, backup, disk.

Only programs on this machine read it, or whoever sends the token of METRICS_TOKEN_FILE.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, exposition, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector

from dean06.core import clock
from dean06.core.access.middleware import without_scope
from dean06.core.access.scope import wide
from dean06.core.operations import queries

#: Where the web processes share their counters; the program that starts them sets and empties it.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_requests = Counter("dean06_requests_total", "Answered requests.", ("method", "route", "status"))
_seconds = Histogram("dean06_request_seconds", "Time to the answer.", ("route",), buckets=_BUCKETS)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is a name, never an address with values."""
    _requests.labels(method, route, str(status)).inc()
    _seconds.labels(route).observe(seconds)


class _State(Collector):
    """What the database and the disk say at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with transaction.atomic(), wide("metrics concern the whole installation"):
            yield from _jobs()
            yield _gauge("dean06_database_connections", "Sessions of the database.", queries.connections())
            yield from _log()
            yield from _archive()
        yield from _tokens()
        disk = queries.disk()
        yield _gauge("dean06_disk_free_bytes", "Free where the data directory lies.", disk.free)
        backup = queries.last_backup()
        if backup is not None:
            age = (clock.machine_now() - backup.at).total_seconds()
            yield _gauge("dean06_last_backup_age_seconds", "Age of the last backup.", age)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _jobs() -> Iterator[GaugeMetricFamily]:
    count = GaugeMetricFamily("dean06_jobs", "Jobs by queue and state.", labels=("queue", "state"))
    oldest = GaugeMetricFamily(
        "dean06_jobs_oldest_seconds", "Age of the oldest job of a queue and state.", labels=("queue", "state")
    )
    for queue in queries.queues():
        count.add_metric((queue.name, queue.status), queue.count)
        oldest.add_metric((queue.name, queue.status), queue.oldest)
    yield count
    yield oldest
    newest = queries.last_heartbeat()
    if newest is not None:
        age = (clock.machine_now() - newest).total_seconds()
        yield _gauge("dean06_worker_heartbeat_age_seconds", "Since a worker's last sign of life.", age)


def _log() -> Iterator[GaugeMetricFamily]:
    log = queries.log_state()
    yield _gauge("dean06_log_links", "Rows linked into the chains of the log.", log.links)
    yield _gauge("dean06_log_writable", "1 while evidence may be written.", float(not log.anchor.problem))
    if log.checked is not None:
        wrong, age = log.checked.wrong, (clock.machine_now() - log.checked.at).total_seconds()
        yield _gauge("dean06_log_wrong_rows", "Rows that differed from the chains at the last check.", wrong)
        yield _gauge("dean06_log_check_age_seconds", "Age of the last check of the log.", age)
    if log.anchor.newest is not None:
        age = (clock.machine_now() - log.anchor.newest).total_seconds()
        yield _gauge("dean06_log_anchor_age_seconds", "Age of the newest time stamp over the chains.", age)


def _tokens() -> Iterator[GaugeMetricFamily]:
    """Alert when dean06_token_seconds_left falls below two weeks."""
    words = "Until a program's token ends."
    family = GaugeMetricFamily("dean06_token_seconds_left", words, labels=("token",))
    for one in queries.tokens():
        family.add_metric((one.name,), one.left().total_seconds())
    yield family


def _archive() -> Iterator[GaugeMetricFamily]:
    """Alert when dean06_archive_well is 0."""
    found = queries.archive()
    if found is None:
        return
    yield _gauge("dean06_archive_well", "1 while WAL and base backups are in time.", float(found.well))
    age = found.wal_age.total_seconds()
    yield _gauge("dean06_wal_archived_age_seconds", "Since the last archived segment of WAL.", age)
    if found.base_at is not None:
        age = (clock.machine_now() - found.base_at).total_seconds()
        yield _gauge("dean06_base_backup_age_seconds", "Age of the newest base backup.", age)


def allowed(request: HttpRequest) -> bool:
    """The token, or a program of this machine that no proxy stands before."""
    token = settings.METRICS_TOKEN
    if token and token.opens(request.headers.get("Authorization", "")):
        return True
    if settings.PROXIES or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


@without_scope
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The text that Prometheus reads; 403 without a word for everybody else."""
    if not allowed(request):
        return HttpResponse(status=403)
    counted = REGISTRY
    if os.environ.get(SHARED):
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    state = CollectorRegistry()
    state.register(_State())
    text = exposition.generate_latest(counted) + exposition.generate_latest(state)
    return HttpResponse(
        text, content_type=exposition.CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )
