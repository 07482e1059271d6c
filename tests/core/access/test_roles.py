"""What the database refuses to the role that the web, the jobs and the commands use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from dean06.core.access.policies import REGISTRY, PolicyKind
from tests import server

Connection = psycopg.Connection[tuple[Any, ...]]
REFERENCE = sorted(t for t, p in REGISTRY.items() if p.kind is PolicyKind.REFERENCE)
LOGS = sorted(t for t, p in REGISTRY.items() if p.kind is PolicyKind.APPEND_ONLY)


@pytest.fixture
def app(owner_url: str) -> Iterator[Connection]:
    """A connection as dean06_app, rolled back at the end."""
    name = psycopg.conninfo.conninfo_to_dict(owner_url)["dbname"]
    with psycopg.connect(server.url(False, str(name))) as connection:
        yield connection
        connection.rollback()


def _refused(app: Connection, sql: str) -> str:
    with pytest.raises(errors.InsufficientPrivilege) as refused, app.transaction():
        app.execute(sql.encode())
    return str(refused.value)


def test_there_are_reference_tables_and_logs() -> None:
    assert "units_unit" in REFERENCE
    assert {"audit_entry", "usage_record"} <= set(LOGS)


@pytest.mark.parametrize("table", REFERENCE)
def test_reference_tables_are_read_only(app: Connection, table: str) -> None:
    columns = app.execute(f"select * from {table} limit 1".encode()).description or []
    change = f"update {table} set {columns[0].name} = {columns[0].name}"
    for sql in (f"delete from {table}", change, f"insert into {table} default values"):
        assert table in _refused(app, sql)


@pytest.mark.parametrize("table", LOGS)
@pytest.mark.parametrize("role", ["dean06_app", "dean06_wide"])
def test_logs_are_append_only_for_both_roles(app: Connection, table: str, role: str) -> None:
    app.execute(f"set local role {role}".encode())
    for sql in (f"delete from {table}", f"update {table} set id = id", f"truncate {table} cascade"):
        assert table in _refused(app, sql)


INSERTS = {
    "audit_entry": "(at, actor_name, action, object_type, object_id, detail) "
    "values (now(), 'x', 'a', 'b', 'c', '{}')",
    "usage_record": "(at, actor_name, purpose, route, subjects) values (now(), 'x', 'a', 'b', 0)",
}


@pytest.mark.parametrize("table", sorted(INSERTS))
def test_even_the_owner_does_not_change_a_log(owner_url: str, table: str) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute(f"insert into {table} {INSERTS[table]}".encode())
        owner.execute("set constraints all immediate")
        for sql in (f"delete from {table}", f"update {table} set at = now()", f"truncate {table} cascade"):
            assert "append-only" in _refused(owner, sql)
        owner.rollback()


def test_the_way_to_the_owner_is_closed(app: Connection, owner_url: str) -> None:
    owner = psycopg.conninfo.conninfo_to_dict(owner_url)["user"]
    for sql in (f"set role {owner}", f"set local role {owner}", f"set session authorization {owner}"):
        assert "permission denied" in _refused(app, sql)
    app.execute("set local role dean06_wide")
    assert "permission denied" in _refused(app, f"set role {owner}")


def test_it_can_change_neither_tables_nor_policies(app: Connection) -> None:
    for sql in (
        "create table mine (id int)",
        "alter table units_unit disable row level security",
        "drop policy scope on units_unit",
        "create policy all_mine on audit_entry using (true)",
        "truncate units_unit cascade",
        "alter role dean06_app bypassrls",
        "grant dean06_wide to dean06_app with admin option",
        "update django_migrations set name = name",
        "create or replace function app_scope() returns int[] language sql as $$ select '{1}'::int[] $$",
    ):
        _refused(app, sql)


def test_it_has_no_attribute_that_steps_over_policies(app: Connection) -> None:
    rows = app.execute(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit "
        "from pg_roles where rolname in ('dean06_app', 'dean06_wide')"
    ).fetchall()
    assert len(rows) == 2
    for row in rows:
        assert row[1:] == (False,) * 6, row


def test_the_wide_role_cannot_log_in(owner_url: str) -> None:
    with psycopg.connect(owner_url) as owner:
        found = owner.execute("select rolcanlogin from pg_roles where rolname = 'dean06_wide'").fetchone()
    assert found == (False,)


def test_membership_gives_no_rows_by_itself(app: Connection) -> None:
    """An inherited membership would let the wide role's policies (USING true) apply to everybody."""
    found = app.execute("select pg_has_role('dean06_app', 'dean06_wide', 'usage')").fetchone()
    assert found == (False,)
