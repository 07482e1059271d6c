"""A table like an app's, for tests of row-level security, and the ways a program may read it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
from django.db import connection, transaction

from dean06.core.access.actor import Actor, GrantFact
from dean06.core.access.models import Role
from dean06.core.access.policies import REGISTRY, PolicyKind, RowPolicy, statements
from dean06.core.access.scope import scoped
from dean06.core.units.models import Kind
from tests.core.units.trees import Drawn, probe_days

TABLE = "probe_record"

SELECTS = (
    f"select unit_id from {TABLE}",
    f"select unit_id from {TABLE} where unit_id = any(%(all)s)",
    f"select r.unit_id from {TABLE} r join units_unit u on u.id = r.unit_id where u.name like 'Xã%%'",
    f"select unit_id from (select unit_id, count(*) from {TABLE} group by 1 having count(*) > 0) g",
    f"select u.id from units_unit u where exists (select from {TABLE} r where r.unit_id = u.id)",
    f"select unit_id from {TABLE} where note like '%%1%%' or true",
    f"with r as (select * from {TABLE}) select unit_id from r union select unit_id from r",
    f"select c.ancestor_id from units_closure c join {TABLE} r on r.unit_id = c.ancestor_id",
    f"select unit_id from {TABLE} order by unit_id desc limit 1000",
)
CHANGES = (
    f"update {TABLE} set note = note || '+' returning unit_id",
    f"update {TABLE} set note = '2' where unit_id = any(%(all)s) returning unit_id",
    f"delete from {TABLE} returning unit_id",
)


@contextmanager
def probe_table(owner_url: str) -> Iterator[None]:
    """The table with its foreign key, registered as scoped, under the policies that the registry writes."""
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            f"create table {TABLE} (id int generated always as identity, note text not null default '1', "
            "unit_id int not null references units_unit(id))"
        )
        REGISTRY[TABLE] = RowPolicy(TABLE, PolicyKind.SCOPED, "unit_id")
        tables = owner.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        owner.execute("\n;".join(statements({row[0] for row in tables})).encode())
    try:
        yield
    finally:
        del REGISTRY[TABLE]
        with psycopg.connect(owner_url) as owner:
            owner.execute("set lock_timeout = '10s'")
            owner.execute(f"drop table {TABLE}")


def set_row_security(owner_url: str, *, on: bool) -> None:
    """Switch the table's policies on or off, as only its owner can."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("set lock_timeout = '10s'")
        owner.execute(f"alter table {TABLE} {'enable' if on else 'disable'} row level security".encode())


def officer(*unit_ids: int, kind: Kind = Kind.COMMUNE) -> Actor:
    """Somebody with a narrow grant for each unit."""
    grants = tuple(
        GrantFact(Role.UNIT_OFFICER, unit_id, "Đơn vị thử", kind, frozenset(), False) for unit_id in unit_ids
    )
    return Actor(user_id=1, username="can.bo", full_name="Cán bộ Thử", grants=grants)


def reachable(drawn: Drawn, tops: Collection[int]) -> set[int]:
    """By climbing the tree day by day: every unit that ever stood under (or is) one of the tops."""
    days: list[date] = probe_days(drawn)
    return {
        child
        for child in range(len(drawn.lives))
        if any(set(tops) & set(drawn.above(child, day)) for day in days)
    }


def check_nothing_outside(drawn: Drawn, ids: list[int], tops: Collection[int]) -> None:
    """Every query under the scope of `tops` finds exactly the rows of their subtrees."""
    allowed = {ids[i] for i in reachable(drawn, tops)}
    with connection.cursor() as cursor:
        for sql in (*SELECTS, *CHANGES):
            with transaction.atomic(), scoped(officer(*(ids[i] for i in tops))):
                cursor.execute(sql, {"all": ids} if "%(" in sql else {})
                found = {row[0] for row in cursor.fetchall()}
                transaction.set_rollback(True)
            assert found - allowed == set(), f"rows outside the scope: {sql}"
            assert found == allowed, f"rows of the scope missing: {sql}"
