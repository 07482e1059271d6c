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
