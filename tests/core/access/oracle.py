"""One example of the property: people with grants in a tree, who say things to the protected tables.

What each hears, and how the tables are afterwards, must be exactly what the unprotected twins say when they
hold the rows that the person may see, and no other: nothing outside, nothing missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection, transaction
from hypothesis import strategies as st
from psycopg.errors import DivisionByZero, InsufficientPrivilege

from dean06.core.access.actor import Actor, actor_for
from dean06.core.access.scope import scoped, wide
from dean06.core.units.models import Kind, Unit
from tests.core.access import people
from tests.core.access.commands import statements
from tests.core.access.grammar import UNITS, Statement
from tests.core.access.probe import COLUMNS, TABLES, twin
from tests.core.units.trees import Drawn, forests, undone

Row = tuple[Any, ...]
Rows = Counter[Row]
Beyond = tuple[set[int], tuple[Rows, ...]]
REFUSED = "refused by the policies"
WRONG = "a division by zero"


@dataclass(frozen=True)
class Example:
    """`provinces`: places in the tree; `rows`: for each table (place in the tree, note, size)."""

    drawn: Drawn
    provinces: set[int]
    rows: tuple[list[tuple[int, str | None, int | None]], ...]
    persons: list[people.Person]
    said: list[Statement]
    one_plan: bool


@dataclass(frozen=True)
class Outcome:
    """The answer, or why there is none; and the rows of each table afterwards."""

    answer: Rows | str
    after: tuple[Rows, ...] | None


@st.composite
def examples(draw: st.DrawFn) -> Example:
    drawn = draw(forests(UNITS))
    places = st.integers(0, len(drawn.lives) - 1)
    row = st.tuples(places, st.sampled_from((None, "1", "x")), st.sampled_from((None, 0, 1, 2, 3)))
    return Example(
        drawn=drawn,
        provinces=draw(st.sets(places, max_size=4)),
        rows=tuple(draw(st.lists(row, max_size=14)) for _ in TABLES),
        persons=draw(people.people(len(drawn.lives))),
        said=draw(st.lists(statements(), min_size=2, max_size=5)),
        one_plan=draw(st.booleans()),
    )


def check(example: Example, sign_in: people.SignIn = actor_for) -> None:
    """Raise AssertionError when somebody hears or changes what he should not, or misses what is his."""
    with undone():
        ids = example.drawn.store()
        Unit.objects.filter(pk__in=[ids[at] for at in example.provinces]).update(kind=Kind.PROVINCE)
        _fill(example, ids)
        actors = [
            people.sign_in(people.store(person, number, ids), sign_in)
            for number, person in enumerate(example.persons)
        ]
        if example.one_plan:  # made for whoever comes first, used for everybody
            _run("set local plan_cache_mode = force_generic_plan")
        heard = [[_as(actor, said, ids) for actor in actors] for said in example.said]
        for number, person in enumerate(example.persons):
            seen = people.visible(person, example.drawn, example.provinces)
            with _twins([ids[at] for at in seen]) as beyond:
                for said, answers in zip(example.said, heard, strict=True):
                    expected = _expected(said, ids, beyond)
                    _compare(answers[number], expected, f"{said.sql(ids, plain=False)}\nfor {person}")


def _compare(found: Outcome, expected: Outcome, what: str) -> None:
    if isinstance(found.answer, Counter) and isinstance(expected.answer, Counter):
        assert not found.answer - expected.answer, f"rows outside the scope: {what}"
        assert not expected.answer - found.answer, f"rows of the scope missing: {what}"
    assert found.answer == expected.answer, f"refused and allowed differ: {what}"
    assert found.after == expected.after, f"other rows changed: {what}"


def _fill(example: Example, ids: Sequence[int]) -> None:
    for table, rows in zip(TABLES, example.rows, strict=True):
        with connection.cursor() as cursor:
            cursor.executemany(
                f"insert into {table} ({COLUMNS}) values (%s, %s, %s, %s)",
                [(number, ids[at], note, size) for number, (at, note, size) in enumerate(rows)],
            )


def _run(sql: str) -> list[Row]:
    """As prepared statement, so that its plan outlives the scope in which it was made."""
    cursor = connection.connection.cursor()
    cursor.execute(sql, prepare=True)
    return list(cursor.fetchall()) if cursor.description else []


def _as(actor: Actor, said: Statement, ids: Sequence[int]) -> Outcome:
    """What the database does for the actor; nothing of it stays."""
    try:
        with transaction.atomic(), scoped(actor):
            answer = Counter(_run(said.sql(ids, plain=False)))
            with wide("test"):
                after = _tables(TABLES) if said.changes else None
            transaction.set_rollback(True)
    except psycopg.Error as error:
        return Outcome(_reason(error), None)
    return Outcome(answer, after)


@contextmanager
def _twins(seen: list[int]) -> Iterator[Beyond]:
    """Fill them with the rows of these units; gives the units' ids and the rows of all other units."""
    among = f"unit_id = any('{{{','.join(map(str, seen))}}}'::int[])"
    with transaction.atomic():
        for table in TABLES:
            _run(f"insert into {twin(table)} select * from {table} where {among}")
        yield set(seen), _tables([f"{table} where not {among}" for table in TABLES])
        transaction.set_rollback(True)


def _expected(said: Statement, ids: Sequence[int], beyond: Beyond) -> Outcome:
    """The same by the twins; rows out of sight stay as they are, and a row that would leave is refused."""
    seen, others = beyond
    try:
        with transaction.atomic():
            answer = Counter(_run(said.sql(ids, plain=True)))
            after = _tables([twin(table) for table in TABLES]) if said.changes else ()
            transaction.set_rollback(True)
    except psycopg.Error as error:
        return Outcome(_reason(error), None)
    if any(row[1] not in seen for rows in after for row in rows):
        return Outcome(REFUSED, None)
    whole = tuple(mine + rows for mine, rows in zip(after, others, strict=True)) if said.changes else None
    return Outcome(answer, whole)


def _tables(names: Sequence[str]) -> tuple[Rows, ...]:
    return tuple(Counter(_run(f"select {COLUMNS} from {name}")) for name in names)


def _reason(error: psycopg.Error) -> str:
    """Raises the error when it is none of those that the statements are meant to cause."""
    if isinstance(error, InsufficientPrivilege) and "row-level security" in str(error):
        return REFUSED
    if isinstance(error, DivisionByZero):
        return WRONG
    raise error
