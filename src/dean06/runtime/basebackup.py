"""A base backup by pg_basebackup, sealed on its way; what later WAL is replayed upon. And what may go."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import psycopg

from dean06.runtime import dump
from dean06.runtime.failures import Exit, StartError, disk_full
from dean06.runtime.store import BASE, MEDIA, WAL, Base, Sink, Store

_START = re.compile(rb"START WAL LOCATION: [0-9A-F/]+ \(file ([0-9A-F]{24})\)")
_HEAD = 1 << 16  # bytes: the label comes first
_BLOCK = 1 << 20
_GONE = ".gone"


def make(url: str, store: Store) -> Base:
    """Make and store a base backup of the running server at `url`, whose role may replicate.

    Raises StartError when pg_basebackup is missing or refuses, OSError of the archive's disk.
    """
    made: list[Base] = []
    command = [
        dump.client("pg_basebackup", dump.server_major(url)),
        *("--dbname", url, "--pgdata=-", "--format=tar", "--wal-method=fetch"),
        *("--checkpoint=fast", "--label=dean06", "--no-password"),
    ]
    environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": os.environ.get("HOME", "/")}
    with (
        tempfile.TemporaryFile() as words,
        store.writing(BASE, lambda: made[0].name) as sink,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words, env=environment) as program,  # noqa: S603
    ):
        try:
            head = _copy(program.stdout, sink)
            if program.wait() != 0:
                raise _refused(words, store.folder)
        finally:
            program.kill()
        found = _START.search(head)
        if found is None:
            raise _refused(words, store.folder)
        made.append(Base(_server_time(url), found[1].decode()))
    return made[0]


def _copy(source: IO[bytes] | None, sink: Sink) -> bytes:
    head = b""
    while source is not None and (block := source.read(_BLOCK)):
        head = head or block[:_HEAD]
        sink.write(block)
    return head


def system_of_server(url: str) -> int:
    """The number initdb gave the running server at `url`. Raises psycopg.Error."""
    with psycopg.connect(url) as connection:
        row = connection.execute("select system_identifier from pg_control_system()").fetchone()
    return int(row[0]) if row else 0


def _server_time(url: str) -> datetime:
    """By the clock that stamps the transactions."""
    with psycopg.connect(url) as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    at: datetime = row[0] if row else datetime.now(UTC)
    return at.astimezone(UTC)


def _refused(words: IO[bytes], folder: Path) -> StartError:
    words.seek(0)
    reason = " ".join(words.read().decode("utf-8", "replace").split())[:500]
    if "No space left on device" in reason:
        return disk_full(folder)
    hint = "cần quyền REPLICATION (needs the right REPLICATION)" if "replication" in reason else ""
    return StartError(
        Exit.DATABASE,
        f"pg_basebackup không hoàn thành, chưa có bản nền mới: {reason} {hint}".rstrip(),
        f"pg_basebackup did not finish, there is no new base backup: {reason} {hint}".rstrip(),
    )


def is_due(store: Store, since: datetime, every: timedelta) -> bool:
    """Whether a base backup is wanted: none since `since`, or the newest older than `every`."""
    bases = store.bases()
    newest = bases[-1].at if bases else None
    return newest is None or newest < since or datetime.now(UTC) - newest >= every


def prune(store: Store, keep: int, media: Path) -> None:
    """Keep the newest `keep` base backups, the WAL since the oldest of them, and the photos they may need.

    A photo that left `media` stays until every base backup of the time when it was there has gone.
    """
    store.sweep()
    bases = store.bases()
    for old in bases[:-keep]:
        store.remove(BASE, old.name)
    if not bases:
        return
    oldest = bases[-keep:][0]
    for name in store.names(WAL):
        if len(name) >= 24 and name[8:24] < oldest.start[8:]:
            store.remove(WAL, name)
    for name in store.names(MEDIA):
        _prune_photo(store, name, media, oldest.at)


def _prune_photo(store: Store, name: str, media: Path, oldest: datetime) -> None:
    mark = store.path(MEDIA, name).with_suffix(_GONE)
    if (media / name).exists():
        mark.unlink(missing_ok=True)
    elif not mark.exists():
        mark.touch(mode=0o600)
    elif datetime.fromtimestamp(mark.stat().st_mtime, UTC) < oldest:
        store.remove(MEDIA, name)
        mark.unlink()
