"""Two tables like an app's, for tests of row-level security, each with a twin that no policy protects.

A twin is filled with the rows that somebody may see and then asked the same query: what it answers is what
the protected table must answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from dean06.core.access.actor import Actor, GrantFact
from dean06.core.access.models import Role
from dean06.core.access.policies import REGISTRY, PolicyKind, RowPolicy, statements
from dean06.core.access.roles import WIDE_ROLE
from dean06.core.units.models import Kind
from dean06.core.usage import retention_sql

TABLE = "probe_record"
TABLES = (TABLE, "probe_visit")
UNIQUE = 100_000  # from here on no id twice
COLUMNS = "id, unit_id, note, size"


def twin(table: str) -> str:
    """The table without policies."""
    return table.replace("probe_", "plain_")


@contextmanager
def probe_tables(owner_url: str) -> Iterator[None]:
    """The tables, registered as scoped, under the policies that the registry writes."""
    with psycopg.connect(owner_url) as owner:
        for table in TABLES:
            owner.execute(
                f"create table {table} (id int, unit_id int not null references units_unit(id), "
                "note text, size int)".encode()
            )
            owner.execute(f"create table {twin(table)} (like {table})".encode())
            owner.execute(f"create unique index on {table} (id) where id >= {UNIQUE}".encode())
            REGISTRY[table] = RowPolicy(table, PolicyKind.SCOPED, "unit_id")
    protect(owner_url)
    try:
        yield
    finally:
        for table in TABLES:
            del REGISTRY[table]
        change(owner_url, *(f"drop table {table}, {twin(table)}" for table in TABLES))


def change(owner_url: str, *commands: str) -> None:
    """What only the owner of the tables can do."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("set lock_timeout = '10s'")
        for command in commands:
            owner.execute(command.encode())


def protect(owner_url: str) -> None:
    """Policies and privileges as after a migrate, whatever was changed by hand."""
    with psycopg.connect(owner_url) as owner:
        existing = {
            row[0] for row in owner.execute("select tablename from pg_tables where schemaname = 'public'")
        }
        owner.execute("set lock_timeout = '10s'")
        for table in TABLES:
            for (name,) in owner.execute(
                "select policyname from pg_policies where tablename = %s", [table]
            ).fetchall():
                owner.execute(f"drop policy {name} on {table}".encode())
        owner.execute("\n;".join(statements(existing)).encode())
        owner.execute(retention_sql.after_migrate(WIDE_ROLE).encode())  # what core.usage puts in their place


@contextmanager
def altered(owner_url: str, *commands: str) -> Iterator[None]:
    """A deliberate mistake in the policies, mended afterwards."""
    change(owner_url, *commands)
    try:
        yield
    finally:
        protect(owner_url)


def officer(*unit_ids: int, kind: Kind = Kind.COMMUNE) -> Actor:
    """Somebody with a narrow grant for each unit."""
    grants = tuple(
        GrantFact(Role.UNIT_OFFICER, unit_id, "Đơn vị thử", kind, frozenset(), False) for unit_id in unit_ids
    )
    return Actor(user_id=1, username="can.bo", full_name="Cán bộ Thử", grants=grants)
