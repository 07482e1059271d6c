"""Every table with a unit has its policies; and this guard notices when one has not."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from dean06.core.access.policies import REGISTRY, PolicyKind
from tests.guards.row_policies import Connection, faults, tables_with_unit


@pytest.fixture
def owner(owner_url: str) -> Iterator[Connection]:
    """The owner's connection; what a test makes with it is rolled back."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("set lock_timeout = '10s'")
        yield connection
        connection.rollback()


def test_every_table_with_a_unit_is_protected(owner: Connection) -> None:
    assert faults(owner) == []


def test_the_guard_looks_at_the_tables_we_know(owner: Connection) -> None:
    known = {"units_unit", "units_placement", "units_closure", "access_grant", "audit_entry", "usage_record"}
    assert known <= tables_with_unit(owner) | {"units_unit"}


def test_every_registered_table_exists(owner: Connection) -> None:
    rows = owner.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    assert set(REGISTRY) - {row[0] for row in rows} == set()


def test_every_reference_table_says_why_it_is_public() -> None:
    public = [
        t
        for t, p in REGISTRY.items()
        if p.kind is PolicyKind.REFERENCE or (p.kind is PolicyKind.LEDGER and not p.column)
    ]
    silent = [t for t in public if len(REGISTRY[t].reason) < 10]
    assert silent == []


_FK = "unit_id int references units_unit(id)"


@pytest.mark.parametrize(
    ("ddl", "expected"),
    [
        (f"create table bare (id int, {_FK})", "bare: row-level security is off"),
        (f"create table bare (id int, {_FK})", "bare: no row policy is registered"),
        (f"create table bare (id int, {_FK})", "bare: no policy for dean06_app"),
        (
            "create table bare (id int, place int references units_unit(id))",
            "bare: row-level security is off",
        ),
        ("create table bare (id int, unit_id int)", "bare: row-level security is off"),
        (
            f"create table bare (id int primary key, {_FK}); "
            "create table note (bare_id int references bare(id))",
            "note: row-level security is off",
        ),
        (
            f"create table bare (id int, {_FK}); alter table bare enable row level security; "
            "create policy scope on bare to dean06_app using (true)",
            "bare: a policy for dean06_app does not ask for the scope",
        ),
        (
            f"create table bare (id int, {_FK}); create policy anybody on bare using (true)",
            "bare: a policy is open to every role",
        ),
        ("alter table audit_entry disable row level security", "audit_entry: row-level security is off"),
        ("drop policy wide on audit_entry", "audit_entry: no policy for dean06_wide"),
        (
            "create view peek as select * from audit_entry",
            "peek: a view without security_invoker steps over the policies",
        ),
        (
            "create materialized view heap as select * from audit_entry",
            "heap: a materialised view steps over the policies",
        ),
        (
            "create function peep() returns bigint security definer language sql as "
            "$$ select count(*) from audit_entry $$",
            "peep(): a security definer function steps over the policies",
        ),
    ],
)
def test_the_guard_notices(owner: Connection, ddl: str, expected: str) -> None:
    assert expected not in faults(owner)
    owner.execute(ddl.encode())
    assert expected in faults(owner)
