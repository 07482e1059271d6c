"""What metrics, readiness and the page of operations read. Nothing here tells about a person.

Everything is measured by the machine's clock: the business clock of a demo does not count.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import django
from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from dean06 import __version__
from dean06.core import clock
from dean06.core.audit import anchoring, chain
from dean06.core.usage import checking
from dean06.runtime.bearer import Token

LEAST_FREE = 500 * 1024 * 1024  # bytes; below, nothing more is accepted
WORKER_SILENT = timedelta(seconds=30)  # a sign of life comes every five seconds
WAL_LATE = timedelta(minutes=5)  # a segment is archived within a minute of the first row in it
BASE_LATE = timedelta(hours=48)  # two missed base backups
ARCHIVE_NOTE = "archive-state.json"  # in the data directory: written by the process that archives
BACKUP_NOTE = "backup.json"  # in the data directory: written by the last backup that succeeded

_QUEUES = """
select queue_name, status::text, count(*), extract(epoch from now() - min(asked))::float
from (
    select j.queue_name, j.status,
           coalesce(j.scheduled_at,
                    (select min(e.at) from procrastinate_events e where e.job_id = j.id)) asked
    from procrastinate_jobs j
    where j.status in ('todo', 'doing', 'failed')
      and (j.scheduled_at is null or j.scheduled_at <= now() or j.status <> 'todo')
) waiting
group by 1, 2 order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs of one queue in one state; `oldest` is the age in seconds of the one asked for first."""

    name: str
    status: str
    count: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Backup:
    """The last backup that succeeded."""

    at: datetime
    size: int
    encrypted: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """How far one could go back, and what would be lost with the machine now.

    `wal_at` is when the last segment was archived (None: none since the statistics began), `wal_age` how long
    ago, or how long the server has been running without one; `problem` is what stops it, in its own words.
    """

    wal_at: datetime | None
    wal_age: timedelta
    failing: bool
    base_at: datetime | None
    base_size: int
    problem: str

    @property
    def wal_late(self) -> bool:
        """Whether more than the agreed five minutes could be lost."""
        return self.wal_age > WAL_LATE

    @property
    def base_late(self) -> bool:
        """Whether base backups fail to come."""
        return self.base_at is None or clock.machine_now() - self.base_at > BASE_LATE

    @property
    def well(self) -> bool:
        """Whether nothing needs an administrator."""
        return not (self.wal_late or self.base_late or self.failing or self.problem)


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes where the data directory lies."""

    free: int
    total: int

    @property
    def enough(self) -> bool:
        """Whether more may be accepted."""
        return self.free >= LEAST_FREE


@dataclass(frozen=True, slots=True)
class Log:
    """Links of all chains, the anchor over them, and the last comparison of rows and links."""

    links: int
    anchor: anchoring.State
    checked: checking.Checked | None


def queues() -> list[Queue]:
    """The queues with something in them; jobs that are planned for later do not count as waiting."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES)
        return [
            Queue(name, status, count, max(0.0, oldest or 0.0))
            for name, status, count, oldest in cursor.fetchall()
        ]


def failed_jobs() -> QuerySet[ProcrastinateJob]:
    """Failed jobs, each with `failed_at`."""
    failed = ProcrastinateJob.objects.filter(status="failed")
    return cast("QuerySet[ProcrastinateJob]", failed.annotate(failed_at=Max("procrastinateevent__at")))


def last_heartbeat() -> datetime | None:
    """The newest sign of life of any worker."""
    newest: datetime | None = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    return newest


def worker_alive() -> bool:
    """Whether jobs are being done."""
    newest = last_heartbeat()
    return newest is not None and clock.machine_now() - newest < WORKER_SILENT


def connections() -> int:
    """How many sessions this database has."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = current_database()")
        return int(cursor.fetchone()[0])


def disk() -> Disk:
    """Where the data directory lies, or will lie."""
    place = Path(settings.DATA_DIR)
    usage = shutil.disk_usage(next(each for each in (place, *place.parents) if each.exists()))
    return Disk(usage.free, usage.total)


def last_backup() -> Backup | None:
    """None when no backup has been made from this data directory, or its note cannot be read."""
    try:
        note = json.loads((Path(settings.DATA_DIR) / BACKUP_NOTE).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(note["at"])
        return Backup(at, int(note["bytes"]), bool(note["encrypted"]), bool(note["verified"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


_ARCHIVED = """
select current_setting('archive_mode') <> 'off', last_archived_time,
       coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
       pg_postmaster_start_time()
from pg_stat_archiver
"""


def archive() -> Archive | None:
    """How the WAL archive fares; None where the server archives nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_ARCHIVED)
        on, wal_at, failing, started = cursor.fetchone()
    if not on:
        return None
    age = clock.machine_now() - max(filter(None, (wal_at, started)))
    base_at, size, problem = _archive_note()
    return Archive(wal_at, age, failing, base_at, size, problem)


def _archive_note() -> tuple[datetime | None, int, str]:
    try:
        note = json.loads((Path(settings.DATA_DIR) / ARCHIVE_NOTE).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(note["base_at"]) if note["base_at"] else None
        return at, int(note["base_bytes"]), str(note["problem"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, 0, ""


def tokens() -> list[Token]:
    """The tokens of other programs that are set, the one that ends first before the others."""
    found = (settings.METRICS_TOKEN, settings.USAGE_API_TOKEN)
    return sorted((one for one in found if one is not None), key=lambda one: one.ends)


def log_state() -> Log:
    """In a wide scope: the chains belong to no unit."""
    return Log(sum(head.seq for head in chain.heads()), anchoring.state(), checking.last())


def versions() -> list[tuple[str, str]]:
    """(program, version) of what runs here."""
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        server = str(cursor.fetchone()[0])
    python = ".".join(str(part) for part in sys.version_info[:3])
    return [
        ("dean06", __version__),
        ("PostgreSQL", server.partition(" ")[0]),
        ("Python", python),
        ("Django", django.__version__),
    ]
