"""An embedded server whose WAL is archived by this process: what the tests of recovery start from."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from dean06.runtime import archiving, basebackup, recovery
from dean06.runtime.account import service_account
from dean06.runtime.archiver import Archiver
from dean06.runtime.desk import Desk
from dean06.runtime.layout import Layout
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres
from dean06.runtime.sealed import BackupKey, make_key
from dean06.runtime.store import WAL, Base, Store


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)


class Archived:
    """A data directory with an archive beside it; `running` starts the server and the archiver."""

    def __init__(self, data_dir: Path, archive: Path) -> None:
        self.layout, self.archive = Layout(data_dir), archive
        data_dir.mkdir(parents=True, exist_ok=True)
        self.key: BackupKey = make_key(data_dir / "backup.key")
        self.choice = archiving.remember(self.layout, str(archive))
        self.system: int | None = None

    @property
    def store(self) -> Store:
        if self.system is not None:
            return Store(self.archive, self.system, self.key)
        return archiving.store(self.layout, self.choice, self.key)

    @contextlib.contextmanager
    def running(self) -> Iterator[EmbeddedPostgres]:
        account = service_account(self.layout.cluster)
        self.layout.prepare(account)
        desk = Desk(archiving.desk_folder(self.layout), account)
        desk.open()
        server = EmbeddedPostgres(
            self.layout.root, {**UNSAFE_FAST, **archiving.options(desk.archive_command)}
        )
        server.start()
        worker = Archiver(self.layout, self.choice, self.store, desk, server.url())
        worker._looked = time.monotonic() + 3600  # base backups are made by the tests
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            worker.stopping = True
            thread.join(30)

    def base(self, server: EmbeddedPostgres) -> Base:
        return basebackup.make(server.url(), self.store)

    def recover(self, target: datetime | None, layout: Layout | None = None) -> recovery.Recovered:
        return recovery.recover(layout or self.layout, self.archive, self.key, target)

    def switch(self, url: str) -> str:
        """Finish the present segment; its name once it is archived."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("select pg_logical_emit_message(true, 'test', 'nothing to switch otherwise')")
            row = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        until(lambda: self.store.has(WAL, row[0]), 20, f"the archiving of {row[0]}")
        return str(row[0])


def write(url: str, numbers: range) -> datetime:
    """Commit each number by itself; the moment after the last by the server's clock."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table if not exists kept (n int)")
        for n in numbers:
            connection.execute("insert into kept values (%s)", [n])
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    moment: datetime = row[0].astimezone(UTC)
    return moment


def read(data_dir: Path) -> list[int]:
    """The numbers that are there."""
    with EmbeddedPostgres(data_dir, UNSAFE_FAST) as server, psycopg.connect(server.url()) as connection:
        return [int(row[0]) for row in connection.execute("select n from kept order by n").fetchall()]


def later(moment: datetime) -> datetime:
    return moment + timedelta(days=400)
