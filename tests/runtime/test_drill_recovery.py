"""The drill with the archive: kill -9 of everything under load, then back to a moment and to the end."""

from __future__ import annotations

import os
import shutil
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests.runtime.test_drill import Writer, check, run
from tests.runtime.test_kill import Installation, until

from dean06.runtime import archiving, cluster
from dean06.runtime.database import embedded_urls
from dean06.runtime.layout import Layout
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres
from dean06.runtime.process import is_running
from dean06.runtime.store import WAL

pytestmark = pytest.mark.race


def stored(url: str, writers: list[Writer]) -> dict[str, int]:
    """The last number of each writer."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select object_type, max(object_id::int) from audit_entry where action = 'drill' group by 1"
        ).fetchall()
    found = {str(name): int(last) for name, last in rows}
    return {writer.name: found[writer.name] for writer in writers}


def acknowledged(writers: list[Writer]) -> dict[str, int]:
    return {writer.name: writer.acknowledged() for writer in writers}


def kill_everything(installation: Installation, data_dir: Path) -> None:
    postmaster = cluster.postmaster(data_dir / "pg")
    assert postmaster is not None
    names = ("runtime.serve", "runtime.worker", "runtime.archiver")
    children = [installation.child(name) for name in names]
    for pid in (postmaster, installation.process.pid, *children):
        os.kill(pid, signal.SIGKILL)
    installation.process.wait(10)
    until(lambda: not any(is_running(pid) for pid in (postmaster, *children)), 40, "the end of everything")


def verified(variables: dict[str, str], target: Path) -> None:
    """The log of the recovered data, exported and verified by the stand-alone program."""
    exported = run(variables, "audit", "export", str(target))
    assert exported.returncode == 0, exported.stderr
    answer = run(variables, "verify-log", str(target))
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_killed_under_load_and_brought_back_to_a_moment_and_to_the_end(
    bare_environment: dict[str, str], data_dir: Path, tmp_path: Path
) -> None:
    archive = data_dir.parent / "archive"
    variables = bare_environment | {"ARCHIVE_DIR": str(archive)}
    installation = Installation(variables)
    writers: list[Writer] = []
    try:
        installation.wait()
        until(lambda: archiving.state(Layout(data_dir)).base_at != "", 60, "the first base backup")
        own = dict(variables)
        embedded_urls(data_dir).export(own, "app")
        writers = [Writer(f"writer{n}", own, tmp_path / f"{n}.txt") for n in range(3)]
        until(lambda: all(writer.acknowledged() > 20 for writer in writers), 60, "the writers' start")
        at_least, moment = acknowledged(writers), datetime.now(UTC)
        time.sleep(0.5)
        at_most = acknowledged(writers)
        with psycopg.connect(embedded_urls(data_dir).owner, autocommit=True) as connection:
            in_archive = acknowledged(writers)
            row = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        segment = next(archive.iterdir()) / WAL / f"{row[0]}.sealed"
        until(segment.exists, 30, "the archiving of the segment")
        reached = acknowledged(writers)
        until(lambda: all(w.acknowledged() > reached[w.name] + 10 for w in writers), 60, "further writing")
        kill_everything(installation, data_dir)
    finally:
        for writer in writers:
            writer.process.kill()
            writer.process.wait(10)
        if installation.process.poll() is None:
            installation.process.kill()
        installation.process.wait(30)
    last = acknowledged(writers)
    lost = lost_machine(data_dir)

    done = run(variables, "restore", "--to-time", "latest")
    assert done.returncode == 0, done.stderr
    with EmbeddedPostgres(data_dir, UNSAFE_FAST) as server:
        check(server.url(), writers, last)  # the machine is still there: nothing at all is lost
    verified(variables, tmp_path / "log.jsonl")

    done = run(variables, "restore", "--to-time", moment.isoformat())
    assert done.returncode == 0, done.stderr
    with EmbeddedPostgres(data_dir, UNSAFE_FAST) as server:
        check(server.url(), writers, at_least)
        found = stored(server.url(), writers)
    assert all(found[name] <= at_most[name] for name in found), "nothing of after the moment"

    elsewhere = variables | {"DATA_DIR": str(lost)}
    done = run(elsewhere, "restore", "--to-time", "latest")
    assert done.returncode == 0, done.stderr
    with EmbeddedPostgres(lost, UNSAFE_FAST) as server:
        check(server.url(), writers, in_archive)  # a new machine: all that was archived


def lost_machine(data_dir: Path) -> Path:
    """A new machine that has nothing but the key of backups."""
    other = data_dir.parent / "other"
    other.mkdir()
    shutil.copy(data_dir / "backup.key", other / "backup.key")
    return other
