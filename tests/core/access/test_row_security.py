"""No query finds a row outside the scope, none misses one inside; and the test that says so can fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, Phase, given, settings

from dean06.core.access import actor as actors
from dean06.core.access.actor import actor_for
from dean06.core.access.models import Role
from dean06.core.access.scope import scoped, wide
from dean06.core.units.closure import rebuild
from tests.core.access.mistakes import MISTAKES
from tests.core.access.oracle import Example, check, examples
from tests.core.access.people import SignIn, whatever_the_dates
from tests.core.access.probe import TABLE, UNIQUE, altered, officer, probe_tables
from tests.core.units.trees import unit

pytestmark = pytest.mark.django_db

_RELAXED = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def _tables(owner_url: str) -> Iterator[None]:
    with probe_tables(owner_url):
        yield


@given(example=examples())
@_RELAXED
def test_every_query_answers_from_the_scope_and_all_of_it(db: None, example: Example) -> None:
    check(example)


# Controls: each a mistake that somebody could make, and that the property must find.


FOUND = "rows outside the scope|rows of the scope missing|other rows changed|refused and allowed differ"


def _property_fails(sign_in: SignIn = actor_for) -> None:
    # The same examples each time: a control that passes by luck is none.
    steady = settings(_RELAXED, phases=[Phase.generate], database=None, derandomize=True, max_examples=300)
    broken = steady(given(example=examples())(lambda example: check(example, sign_in)))
    with pytest.raises(AssertionError, match=FOUND):
        broken()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_property_finds_a_mistake_in_the_policies(db: None, owner_url: str, mistake: str) -> None:
    with altered(owner_url, *MISTAKES[mistake]):
        _property_fails()


def test_the_property_finds_grants_that_count_whatever_their_dates(db: None) -> None:
    _property_fails(whatever_the_dates)


def test_the_property_finds_a_role_that_is_wide_but_should_not(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actors, "_WIDE_ROLES", frozenset(Role))
    _property_fails()


def test_the_property_finds_a_role_that_should_be_wide_but_is_not(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actors, "_WIDE_ROLES", frozenset())
    _property_fails()


# What a drawn statement is too general to say.


def _record(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {TABLE} (id, unit_id) select n, n from unnest(%s::int[]) n", [ids])


def _seen() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select unit_id from {TABLE} order by 1")
        return [row[0] for row in cursor.fetchall()]


def test_without_a_scope_there_are_no_rows(db: None) -> None:
    with wide("test"):
        _record([unit("a").id])
    assert _seen() == []
    with scoped(officer()):
        assert _seen() == []


def test_a_row_of_a_foreign_unit_can_be_neither_added_nor_moved_in(db: None) -> None:
    with wide("test"):
        mine, other = unit("a"), unit("b")
        rebuild()
    with scoped(officer(mine.id)):
        _record([mine.id])
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            _record([other.id])
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"update {TABLE} set unit_id = %s", [other.id])
        assert _seen() == [mine.id]


def test_a_conflict_with_a_foreign_row_does_not_change_it(db: None) -> None:
    with wide("test"):
        mine, other = unit("a"), unit("b")
        rebuild()
        with connection.cursor() as cursor:
            cursor.execute(f"insert into {TABLE} (id, unit_id) values (%s, %s)", [UNIQUE, other.id])
    with (
        scoped(officer(mine.id)),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"insert into {TABLE} (id, unit_id) values (%s, %s) "
            f"on conflict (id) where id >= {UNIQUE} do update set note = 'z'",
            [UNIQUE, mine.id],
        )
    with wide("test"), connection.cursor() as cursor:
        cursor.execute(f"select id, unit_id, note from {TABLE}")
        assert cursor.fetchall() == [(UNIQUE, other.id, None)]
