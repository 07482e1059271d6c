"""Dumps a database and restores it beside the present one before taking its place."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dean06.runtime.binaries import bindirs, major_of
from dean06.runtime.database import make_roles
from dean06.runtime.failures import Exit, StartError, disk_full

_MAINTENANCE = "postgres"


def server_major(url: str) -> int:
    """Major version of the server at `url`."""
    with psycopg.connect(url) as connection:
        return connection.info.server_version // 10_000


def dump(url: str, target: Path, *, snapshot: str = "", without_rows: Sequence[str] = ()) -> None:
    """Write a consistent dump (pg_dump's custom format) while the system may be running.

    `snapshot` names an exported one; the rows of the tables in `without_rows` stay out.
    Raises StartError when pg_dump is missing, too old, or refuses.
    """
    command: list[object] = [
        client("pg_dump", server_major(url)),
        "--format=custom",
        "--file",
        target,
        "--dbname",
        url,
    ]
    command += [f"--snapshot={snapshot}"] if snapshot else []
    command += [f"--exclude-table-data=public.{table}" for table in without_rows]
    _run([str(part) for part in command], target)


def is_empty(url: str) -> bool:
    """True when the database holds no table of ours."""
    with psycopg.connect(url) as connection:
        row = connection.execute("select to_regclass('public.django_migrations') is null").fetchone()
    return bool(row and row[0])


def others_connected(url: str, patience: float = 3.0) -> int:
    """How many other sessions use the database.

    The server notices a client's end only after the client is gone: sessions are given a while to go.
    """
    end = time.monotonic() + patience
    while (count := _others(url)) and time.monotonic() < end:
        time.sleep(0.1)
    return count


def _others(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid() and backend_type = 'client backend'"
        ).fetchone()
    return int(row[0]) if row else 0


def restore(url: str, source: Path) -> None:
    """Restore into a new database, then let it take the place of the present one in one transaction.

    A failure or a kill before the exchange leaves the present database as it is.
    Raises StartError when pg_restore refuses or the account may not create databases.
    """
    name = str(conninfo_to_dict(url).get("dbname") or "dean06")
    fresh, old = f"{name}_restoring", f"{name}_replaced"
    maintenance = make_conninfo(url, dbname=_MAINTENANCE)
    major = server_major(url)
    try:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            make_roles(connection)
            for leftover in (fresh, old):
                _drop(connection, leftover)
            connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(fresh)))
            # A dump holds no rights on the database itself: core/access/policies.py, NO_TEMPORARY.
            connection.execute(
                sql.SQL("revoke temporary on database {} from public").format(sql.Identifier(fresh))
            )
            _load(make_conninfo(url, dbname=fresh), source, major)
            _exchange(connection, name, fresh, old)
            _drop(connection, old)
    except psycopg.errors.InsufficientPrivilege as error:
        raise _no_right_to_databases() from error


def _load(target: str, source: Path, major: int) -> None:
    program = client("pg_restore", major)
    _run([program, "--exit-on-error", "--no-owner", "--dbname", target, str(source)], source)


def _exchange(connection: psycopg.Connection[object], name: str, fresh: str, old: str) -> None:
    rename = sql.SQL("alter database {} rename to {}")
    connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = any(%s)", [[name, fresh]]
    )
    with connection.transaction():
        connection.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
        connection.execute(rename.format(sql.Identifier(fresh), sql.Identifier(name)))


def _drop(connection: psycopg.Connection[object], name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def client(name: str, server: int) -> str:
    """The program `name` of version `server` or newer. Raises StartError when there is none."""
    for bindir in bindirs():
        major = major_of(bindir)
        if major is not None and major >= server and (bindir / name).exists():
            return str(bindir / name)
    raise StartError(
        Exit.PROGRAM,
        f"Không có {name} từ bản {server} trở lên cho máy chủ này; hãy đặt PG_BINDIR.",
        f"No {name} of version {server} or newer was found for this server; set PG_BINDIR.",
    )


def _run(command: list[str], file: Path) -> None:
    environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": os.environ.get("HOME", "/")}
    answer = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=environment, umask=0o077
    )
    if answer.returncode == 0:
        return
    if "No space left on device" in answer.stderr:
        raise disk_full(file.parent)
    program = Path(command[0]).name
    reason = " ".join(answer.stderr.split())[:500]
    raise StartError(
        Exit.DATABASE,
        f"{program} không hoàn thành, không có gì bị thay đổi: {reason}",
        f"{program} did not finish, nothing was changed: {reason}",
    )


def _no_right_to_databases() -> StartError:
    return StartError(
        Exit.DATABASE,
        "Tài khoản trong DATABASE_URL không được tạo cơ sở dữ liệu; hãy cấp CREATEDB để khôi phục.",
        "The account in DATABASE_URL may not create databases; grant CREATEDB to restore.",
    )
