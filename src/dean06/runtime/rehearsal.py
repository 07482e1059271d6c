"""What a backup must hold, counted in the moment it is made, and the proof that it comes back."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from dean06.core.errors import Invalid
from dean06.runtime import dump
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres
from dean06.runtime.refusals import refused

#: Tables whose rows stay out of backups: who restores one must not continue other people's sessions.
LEFT_OUT = ("access_session",)

_TABLES = """
select relname from pg_class where relkind in ('r', 'p') and not relispartition
and relnamespace = 'public'::regnamespace order by 1
"""
# The formula of the log's chains (docs/audit.md), written a second time on purpose.
_BROKEN = """
select stream, seq from (
    select *, lag(hash) over (partition by stream order by seq) before,
           row_number() over (partition by stream order by seq) place
    from audit_link
) l
where seq <> place or (seq > 1 and prev is distinct from before)
   or (payload is not null and digest <> sha256(convert_to(payload, 'UTF8')))
   or hash <> sha256(convert_to(format('dean06-link-1 %s %s %s %s', stream, seq,
                                       encode(prev, 'hex'), encode(digest, 'hex')), 'UTF8'))
order by stream, seq limit 1
"""
_HEADS = "select stream, seq, encode(hash, 'hex') from audit_head order by stream"


@contextlib.contextmanager
def snapshot(url: str) -> Iterator[tuple[psycopg.Connection[tuple[object, ...]], str]]:
    """A transaction that sees one moment, and the name under which pg_dump sees the same."""
    with psycopg.connect(url) as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        row = connection.execute("select pg_export_snapshot()").fetchone()
        yield connection, str(row[0]) if row else ""


def counts(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    """Rows of every table; 0 for those left out."""
    found: dict[str, int] = {}
    for (name,) in connection.execute(_TABLES).fetchall():
        row = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier("public", str(name)))
        ).fetchone()
        found[str(name)] = 0 if name in LEFT_OUT else int(str(row[0])) if row else 0
    return found


def heads(connection: psycopg.Connection[tuple[object, ...]]) -> list[list[str]]:
    """The heads of the log's chains; empty before the log exists."""
    row = connection.execute("select to_regclass('public.audit_head') is not null").fetchone()
    if not row or not row[0]:
        return []
    return [[str(each) for each in head] for head in connection.execute(_HEADS).fetchall()]


def check_chains(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Raise Invalid naming the first broken link of the log, when there is a log."""
    if heads(connection) and (row := connection.execute(_BROKEN).fetchone()) is not None:
        raise refused(
            f"Dữ liệu khôi phục có nhật ký đứt chuỗi tại {row[0]}, dòng {row[1]}.",
            f"The chain of the log in the restored data is broken at {row[0]}, record {row[1]}.",
        )


def photos(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """The hashes of the photos that rows name; empty before there is such a table."""
    row = connection.execute("select to_regclass('public.photos_photo') is not null").fetchone()
    if not row or not row[0]:
        return []
    rows = connection.execute("select distinct sha256 from photos_photo order by 1").fetchall()
    return [str(each[0]) for each in rows]


def migrations(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """The applied steps of the schema, `app.name`."""
    rows = connection.execute("select app, name from django_migrations order by 1, 2").fetchall()
    return [f"{app}.{name}" for app, name in rows]


def rehearse(copy: Path, expected: dict[str, int], expected_heads: list[list[str]]) -> int:
    """Restore a dump into a server of its own and compare; returns how many rows came back.

    Raises Invalid naming the first table or the first link of the log that differs, StartError when the dump
    cannot be restored. Nothing of the server stays.
    """
    folder = Path(tempfile.mkdtemp(prefix="dean06-verify-"))
    try:
        folder.chmod(0o755)
        with EmbeddedPostgres(folder / "data", options={**UNSAFE_FAST, "max_connections": "10"}) as server:
            dump.restore(server.url(), copy)
            with psycopg.connect(server.url()) as connection:
                return _compare(connection, expected, expected_heads)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _compare(
    connection: psycopg.Connection[tuple[object, ...]],
    expected: dict[str, int],
    expected_heads: list[list[str]],
) -> int:
    found = counts(connection)
    for table in sorted({*expected, *found}):
        if expected.get(table) != found.get(table):
            raise Invalid(
                f"Khôi phục thử không khớp: bảng {table} có {found.get(table, 0)} dòng, "
                f"lúc sao lưu có {expected.get(table, 0)}."
            )
    if heads(connection) != expected_heads:
        raise Invalid("Khôi phục thử không khớp: đầu các chuỗi nhật ký khác lúc sao lưu.")
    if expected_heads:
        check_chains(connection)
    return sum(found.values())
