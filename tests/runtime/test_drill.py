"""The drill: kill -9 of everything while people write, restart, restore; and an orderly end loses nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import psycopg
import pytest
from django.db import connection as django_connection
from procrastinate import App
from procrastinate.contrib.django import app, django_connector
from tests.runtime.test_kill import Installation, until

from dean06.runtime import cluster, rehearsal, worker
from dean06.runtime.database import embedded_urls
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres
from dean06.runtime.process import is_running

pytestmark = pytest.mark.race

_WRITERS = 3
_WRITER = """
import sys
import django
django.setup()
from django.db import transaction
from dean06.core import audit
from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
actor = system_actor("drill")
n = 0
while True:
    with transaction.atomic(), wide("drill"):
        audit.record(actor=actor, action="drill", object_type=sys.argv[1], object_id=str(n), unit_id=None)
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
    n += 1
"""
_STORED = "select count(*), coalesce(max(object_id::int), -1) from audit_entry where object_type = %s"


@pytest.fixture
def installation(bare_environment: dict[str, str]) -> Iterator[Installation]:
    made = Installation(bare_environment)
    try:
        made.wait()
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait(30)


class Writer:
    """A program that writes entries of the log one by one and says each that was acknowledged."""

    def __init__(self, name: str, variables: dict[str, str], output: Path) -> None:
        self.name, self.output = name, output
        with output.open("wb") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _WRITER, name], env=variables, stdout=sink, stderr=subprocess.DEVNULL
            )

    def acknowledged(self) -> int:
        """The last number it said in full; -1 before the first."""
        lines = self.output.read_text().rpartition("\n")[0].split()
        return int(lines[-1]) if lines else -1


def check(url: str, writers: list[Writer], least: dict[str, int]) -> None:
    """Every acknowledged entry is there, none is missing between them, and the chains hold."""
    with psycopg.connect(url) as connection:
        for writer in writers:
            row = connection.execute(_STORED, [writer.name]).fetchone()
            assert row is not None
            assert row[0] == row[1] + 1, "an entry in the middle is missing"
            assert row[1] >= least[writer.name]
        assert rehearsal.heads(connection) != []
        assert connection.execute(rehearsal._BROKEN).fetchone() is None, "the log verifies"
        links = connection.execute("select count(*) from audit_link where stream like 'action-%'").fetchone()
        entries = connection.execute("select count(*) from audit_entry").fetchone()
        assert links == entries


def test_nothing_acknowledged_is_lost_when_everything_is_killed_and_restored(
    installation: Installation, bare_environment: dict[str, str], data_dir: Path, tmp_path: Path
) -> None:
    variables = dict(bare_environment)
    embedded_urls(data_dir).export(variables, "app")
    writers = [Writer(f"writer{n}", variables, tmp_path / f"{n}.txt") for n in range(_WRITERS)]
    try:
        until(lambda: all(writer.acknowledged() > 20 for writer in writers), 60, "the writers' start")
        before_backup = {writer.name: writer.acknowledged() for writer in writers}
        file = tmp_path / "drill.sealed"
        made = run(bare_environment, "backup", str(file), "--verify")
        assert made.returncode == 0, made.stderr
        reached = {writer.name: writer.acknowledged() for writer in writers}
        until(lambda: all(w.acknowledged() > reached[w.name] + 10 for w in writers), 60, "further writing")
        postmaster = cluster.postmaster(data_dir / "pg")
        assert postmaster is not None
        children = [installation.child(name) for name in ("runtime.serve", "runtime.worker")]
        for pid in (postmaster, installation.process.pid, *children):
            os.kill(pid, signal.SIGKILL)
    finally:
        for writer in writers:
            writer.process.kill()
            writer.process.wait(10)
    installation.process.wait(10)
    until(lambda: not any(is_running(pid) for pid in children), 40, "the end of the children")
    acknowledged = {writer.name: writer.acknowledged() for writer in writers}

    with EmbeddedPostgres(data_dir) as server:
        check(server.url(), writers, acknowledged)
    restored = run(bare_environment, "restore", str(file), "--force")
    assert restored.returncode == 0, restored.stderr
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        check(server.url(), writers, before_backup)


def run(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dean06", *arguments],
        env=variables,
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_request_under_way_is_answered_before_the_end(installation: Installation, data_dir: Path) -> None:
    """SIGTERM while a request waits for the database: it gets its answer, then the service ends well."""
    got: list[int] = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(f"{installation.address}/ready", timeout=30) as answer:
                got.append(answer.status)
        except urllib.error.HTTPError as answer:
            got.append(answer.code)

    def waits() -> bool:
        with psycopg.connect(embedded_urls(data_dir).owner, autocommit=True) as watcher:
            row = watcher.execute(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                " and query like '%procrastinate_workers%'"
            ).fetchone()
        return bool(row and row[0])

    asking = threading.Thread(target=ask)
    with psycopg.connect(embedded_urls(data_dir).owner) as blocker:
        blocker.execute("lock table procrastinate_workers in access exclusive mode")
        asking.start()
        until(waits, 20, "the request's wait")
        installation.process.send_signal(signal.SIGTERM)
        time.sleep(1.0)
        assert got == [], "it waits still"
        blocker.rollback()
        asking.join(20)
    assert got == [200], "the request under way was answered"
    assert installation.process.wait(60) == 0


@pytest.mark.usefixtures("race_db")
def test_a_running_job_is_finished_before_the_worker_ends() -> None:
    done: list[str] = []

    @app.task(name="drill.slow")
    def slow() -> None:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        time.sleep(1.5)
        done.append("slow")

    async def once(opened: App) -> None:
        await worker.run(opened)

    try:
        slow.defer()
        connector = cast(django_connector.DjangoConnector, app.connector)
        with app.replace_connector(connector.get_worker_connector()) as opened:
            asyncio.run(once(opened))
    finally:
        app.tasks.pop("drill.slow")
    assert done == ["slow"]
    with django_connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'drill.slow'")
        assert cursor.fetchone() == (0,), "a job that succeeded is gone; it was neither lost nor left running"
