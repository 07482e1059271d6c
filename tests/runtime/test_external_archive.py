"""The archive of an external server: its archive_command and restore_command call `dean06`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from tests.runtime.archived import until, write

from dean06.runtime import archiving, cluster, process
from dean06.runtime.account import service_account
from dean06.runtime.binaries import find
from dean06.runtime.desk import Desk
from dean06.runtime.layout import Layout
from dean06.runtime.postgres import DEFAULT_OPTIONS, UNSAFE_FAST, EmbeddedPostgres, answers, socket_url
from dean06.runtime.sealed import make_key
from dean06.runtime.walfile import system_of_cluster

pytestmark = pytest.mark.race


def dean06(variables: dict[str, str], *arguments: str, folder: Path | None = None) -> int:
    """As the server would call it: in its data directory."""
    return subprocess.run(
        [sys.executable, "-m", "dean06", *arguments], env=variables, check=False, cwd=folder
    ).returncode


@contextmanager
def serving(desk: Desk, command: Callable[[str, Path], int]) -> Iterator[None]:
    """The other account's server reaches our command through the desk; here it runs as it is documented."""
    end = threading.Event()

    def one(name: str, half: Path) -> bool:
        return command(name, half) == 0

    def serve() -> None:
        while not end.is_set():
            for name in desk.asked():
                desk.answer(name, partial(one, name))
            time.sleep(0.05)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(30)


def test_an_external_server_archives_and_comes_back(
    data_dir: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    external, ours = data_dir.parent / "external", data_dir.parent / "archive"
    make_key(tmp_path / "backup.key")
    variables = bare_environment | {"ARCHIVE_DIR": str(ours), "BACKUP_KEY_FILE": str(tmp_path / "backup.key")}
    account = service_account(external)
    layout = Layout(external)
    layout.prepare(account)
    desk = Desk(archiving.desk_folder(layout), account)
    desk.open()

    def archive(name: str, _half: Path) -> int:
        return dean06(variables, "archive-wal", f"pg_wal/{name}", folder=layout.cluster)

    settings = {**UNSAFE_FAST, **archiving.options(desk.archive_command)}
    with serving(desk, archive), EmbeddedPostgres(external, settings) as server:
        write(server.url(), range(5))
        with_url = variables | {"DATABASE_URL": server.url()}
        assert dean06(with_url, "backup", "--base") == 0
        between = write(server.url(), range(5, 10))
        write(server.url(), range(10, 15))
        system = system_of_cluster(layout.cluster)
    stored = sorted(path.name for path in (ours / str(system) / "wal").iterdir())
    assert len(stored) >= 2, "the last segment came as the server ended"

    # a segment whose content differs is refused, and the server keeps it
    name = next(name.removesuffix(".sealed") for name in stored if len(name) == 31)
    other = tmp_path / name
    content = bytearray((layout.cluster / "pg_wal" / stored[-1].removesuffix(".sealed")).read_bytes())
    content[-1] ^= 1
    other.write_bytes(content)
    assert dean06(variables, "archive-wal", str(other), folder=layout.cluster) == 1

    fresh = data_dir.parent / "fresh"
    assert dean06(variables, "restore-base", str(fresh), "--to-time", between.isoformat()) == 0
    if account is not None:
        for path in (fresh, *fresh.rglob("*")):
            shutil.chown(path, account.uid, account.gid)
    assert (
        dean06(variables, "restore-wal", "0000000100000000000000FF", str(tmp_path / "x"), folder=fresh) == 1
    )
    assert recovered(fresh, variables, between.isoformat(), data_dir.parent) == list(range(10))


def recovered(fresh: Path, variables: dict[str, str], moment: str, root: Path) -> list[int]:
    """The server with the documented settings, until it has promoted itself; the numbers it holds."""
    near = Layout(root / "near")
    account = service_account(fresh)
    near.prepare(account)
    cluster.clear_leftovers(fresh)
    desk = Desk(archiving.desk_folder(near), account)
    desk.open()

    def give(name: str, half: Path) -> int:
        return dean06(variables, "restore-wal", name, str(half), folder=fresh)

    options = {**DEFAULT_OPTIONS, **UNSAFE_FAST, "restore_command": desk.restore_command}
    options |= {"recovery_target_time": moment, "recovery_target_action": "promote"}
    program = find(cluster.major_of_cluster(fresh), account, near.stage).program("postgres")
    with serving(desk, give), (near.logs / "pg.log").open("wb") as log:
        server = process.spawn(
            [program, "-D", fresh, "-k", near.sockets, *(f"--{k}={v}" for k, v in options.items())],
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            log=log,
            account=account,
            folder=Path("/"),
        )
        try:
            url = socket_url(near, cluster.OWNER, "postgres")
            until(lambda: answers(url) and promoted(url), 60, "the end of the recovery")
            with psycopg.connect(socket_url(near, cluster.OWNER)) as connection:
                return [int(row[0]) for row in connection.execute("select n from kept order by n").fetchall()]
        finally:
            process.stop(server, (signal.SIGINT, 30.0))


def promoted(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("select pg_is_in_recovery()").fetchone() == (False,)
