"""No query finds a row outside the scope; and the test that says so can fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dean06.core.access.scope import scoped, wide
from dean06.core.units.closure import rebuild
from tests.core.access.probe import TABLE, check_nothing_outside, officer, probe_table, set_row_security
from tests.core.units.trees import Drawn, forests, undone, unit

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _table(owner_url: str) -> Iterator[None]:
    with probe_table(owner_url):
        yield


@st.composite
def forests_with_tops(draw: st.DrawFn) -> tuple[Drawn, list[int]]:
    drawn = draw(forests())
    return drawn, draw(st.lists(st.integers(0, len(drawn.lives) - 1), unique=True, max_size=3))


def _record(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {TABLE} (unit_id) select unnest(%s::int[])", [ids])


def _seen() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select unit_id from {TABLE} order by 1")
        return [row[0] for row in cursor.fetchall()]


def _property(case: tuple[Drawn, list[int]]) -> None:
    drawn, tops = case
    with undone():
        ids = drawn.store()
        _record(ids)
        check_nothing_outside(drawn, ids, tops)


_RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(case=forests_with_tops())
@_RELAXED
def test_no_query_finds_a_row_outside_the_scope(db: None, case: tuple[Drawn, list[int]]) -> None:
    _property(case)


def test_the_property_fails_without_the_policy(db: None, owner_url: str) -> None:
    broken = settings(_RELAXED, phases=[Phase.generate], database=None)(
        given(case=forests_with_tops())(_property)
    )
    set_row_security(owner_url, on=False)
    try:
        with pytest.raises(AssertionError, match="rows outside the scope"):
            broken()
    finally:
        set_row_security(owner_url, on=True)


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
