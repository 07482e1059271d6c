"""SQL typed as the program's own role: no counter moves, nothing shadows a table, no look goes early."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from dean06.core.access import policies
from tests import server


@pytest.fixture
def owner(race_db: str) -> Iterator[psycopg.Connection]:
    """The owner's connection to a database whose privileges stand as after a migrate."""
    with psycopg.connect(server.url(True, race_db), autocommit=True) as connection:
        existing = {
            str(name)
            for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")
        }
        wanted = [policies.APP_SCOPE, policies.NO_TEMPORARY, *_of_sequences(existing)]
        for statement in wanted:
            connection.execute(statement.encode())
        yield connection


def _of_sequences(existing: set[str]) -> Iterator[str]:
    return (one for one in policies.statements(existing) if "all sequences" in one)


@pytest.fixture
def intruder(owner: psycopg.Connection, race_db: str) -> Iterator[psycopg.Connection]:
    """Somebody who has the address of the database that the web and the jobs use."""
    with psycopg.connect(server.url(False, race_db), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("role", ["dean06_app", "dean06_wide"])
def test_no_sequence_is_moved(intruder: psycopg.Connection, role: str) -> None:
    names = [
        str(name)
        for (name,) in intruder.execute("select sequencename from pg_sequences where schemaname = 'public'")
    ]
    assert "audit_entry_id_seq" in names
    intruder.execute(f"set role {role}".encode())
    for name in names:
        with pytest.raises(errors.InsufficientPrivilege):
            intruder.execute("select setval(%s, 1, false)", [name])
        assert intruder.execute("select nextval(%s) > 0", [name]).fetchone() == (True,)


@pytest.mark.parametrize("role", ["dean06_app", "dean06_wide"])
def test_no_temporary_table_is_made(intruder: psycopg.Connection, role: str) -> None:
    intruder.execute(f"set role {role}".encode())
    with pytest.raises(errors.InsufficientPrivilege):
        intruder.execute("create temp table units_closure (ancestor_id int, descendant_id int)")


def test_a_temporary_table_does_not_widen_the_scope(owner: psycopg.Connection) -> None:
    """Also where an administrator gave the right back."""
    owner.execute("create temp table units_closure (ancestor_id int, descendant_id int)")
    owner.execute("insert into pg_temp.units_closure select 1, at from generate_series(1, 50) at")
    owner.execute("select set_config('app.units', '{1}', false)")
    assert owner.execute("select app_scope()").fetchone() == ([],)


def test_functions_that_guard_name_where_they_look(owner: psycopg.Connection) -> None:
    """A function of ours that reads a table takes it from no temporary schema."""
    found = owner.execute(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and proconfig is null"
        " and prosrc ~* '(from|join|into|update)\\s+(access|audit|core|people|plan|units|usage)_'"
    ).fetchall()
    assert found == []


@pytest.fixture
def look(owner: psycopg.Connection) -> None:
    """A look of a year ago, whose day has not come."""
    owner.execute(
        "insert into usage_record (at, actor_name, purpose, route, subjects)"
        " values (now() - interval '1 year', 'x', 'a', 'b', 1)"
    )


def _left(owner: psycopg.Connection) -> int:
    row = owner.execute("select count(*) from usage_record").fetchone()
    return int(row[0]) if row else 0


def test_a_clock_put_forward_lets_no_look_go(
    look: None, owner: psycopg.Connection, intruder: psycopg.Connection
) -> None:
    intruder.execute("set role dean06_wide")
    intruder.execute(
        "insert into core_clock (id, seconds) values (1, 1000000000)"
        " on conflict (id) do update set seconds = excluded.seconds"
    )
    assert intruder.execute("select usage_expire()").fetchone() == (0,)
    assert _left(owner) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "update core_rule set value = '-1' where code = 'retention.usage'",
        "update core_rule set code = 'x', valid_to = current_date where code = 'retention.usage'",
        "delete from core_rule where code = 'retention.usage'",
        "update core_rule set code = 'retention.usage', value = '-1' where code = 'usage.hidden_days'",
        "insert into core_rule (code, value, valid_from, citation)"
        " values ('retention.usage', '-1', '1900-01-01', 'x')",
    ],
)
def test_a_shorter_rule_lets_no_look_go(
    look: None, owner: psycopg.Connection, intruder: psycopg.Connection, sql: str
) -> None:
    intruder.execute("set role dean06_wide")
    with pytest.raises(errors.InsufficientPrivilege, match="written by the owner"):
        intruder.execute(sql.encode())
    assert intruder.execute("select usage_expire()").fetchone() == (0,)
    assert _left(owner) == 1
    intruder.execute("update core_rule set value = '90' where code = 'usage.hidden_days'")


def test_what_is_past_the_rule_goes_all_the_same(
    owner: psycopg.Connection, intruder: psycopg.Connection
) -> None:
    owner.execute(
        "insert into usage_record (at, actor_name, purpose, route, subjects)"
        " values (now() - interval '3 years', 'x', 'a', 'b', 1)"
    )
    intruder.execute("set role dean06_wide")
    assert intruder.execute("select usage_expire()").fetchone() == (1,)
    assert _left(owner) == 0
