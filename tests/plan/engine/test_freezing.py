"""A closed period keeps its rows, its tree and its figures; counting it again tells what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings

from dean06.core.access.scope import scoped, wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, NotFound
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Placement, Unit
from dean06.plan import engine
from dean06.plan.engine import Was, Why
from dean06.plan.engine.models import FrozenRow, FrozenTree, IndicatorRun, Observation
from dean06.plan.periods import Period
from tests.core.access.probe import officer
from tests.core.units.trees import Drawn, forests, undone, unit
from tests.plan.engine import things
from tests.plan.engine.things import FLOW, STOCK, TABLE, Thing, by_hand, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]
_RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SEPTEMBER = Period(2023, 9)
BORN = date(2023, 1, 1)


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def province(db: None) -> list[int]:
    """Ids of a province, two districts and a commune in the first; the things are done in the commune."""
    with wide("test"):
        top = unit("tinh", kind=Kind.PROVINCE)
        east, west = (unit(key, kind=Kind.DISTRICT, under=top) for key in ("dong", "tay"))
        ids = [top.pk, east.pk, west.pk, unit("xa", under=east).pk]
        rebuild()
        things.store(
            [Thing(3, BORN, date(2023, 9, 1), "một"), Thing(3, BORN, None, "hai"), Thing(2, BORN, None)], ids
        )
    return ids


@given(drawn=forests(), later=forests(), rows=things.things, fresh=things.things, period=things.periods)
@_RELAXED
def test_a_frozen_figure_stays_and_the_explanation_accounts_for_every_difference(
    db: None, drawn: Drawn, later: Drawn, rows: list[Thing], fresh: list[Thing], period: Period
) -> None:
    with undone():
        ids = drawn.store()
        rows = things.store(rows, ids)
        engine.freeze(period)
        then = by_hand(rows, drawn, STOCK, period)
        assert stored(STOCK, period, ids) == then
        assert all(engine.explain(STOCK, period, unit_id).identical for unit_id in ids)
        fresh = things.store(fresh, ids)
        moved = tuple(p for p in later.placements if p[0] < len(ids))
        _move(ids, moved)
        assert engine.refresh(STOCK, period, ids[0]).frozen
        assert stored(STOCK, period, ids) == then
        now = by_hand(rows + fresh, Drawn(drawn.lives, moved), STOCK, period)
        for index, unit_id in enumerate(ids):
            _accounts(period, unit_id, then.get(index, (0, 0, 0, 0)), now.get(index, (0, 0, 0, 0)))


def _move(ids: Sequence[int], placements: Sequence[tuple[int, int, tuple[date | None, date | None]]]) -> None:
    Placement.objects.filter(unit_id__in=ids).delete()
    Placement.objects.bulk_create(
        Placement(unit_id=ids[c], parent_id=ids[p], valid_from=s[0], valid_to=s[1]) for c, p, s in placements
    )
    rebuild()


def _accounts(period: Period, unit_id: int, then: Sequence[int], now: Sequence[int]) -> None:
    told = engine.explain(STOCK, period, unit_id)
    assert (told.then.numerator, told.then.denominator) == tuple(then[:2])
    assert (told.now.numerator, told.now.denominator) == tuple(now[:2])
    moved = {Was.MET: (1, 1), Was.NOT_MET: (0, 1), Was.ABSENT: (0, 0)}
    for part in (0, 1):
        change = sum(moved[d.now][part] - moved[d.then][part] for d in told.differences)
        assert then[part] + change == now[part]


def test_each_difference_names_its_reason(province: list[int]) -> None:
    with wide("test"):
        engine.freeze(SEPTEMBER)
        _sql(f"update {TABLE} set done = '2023-09-02' where name = 'hai'")
        (one,) = engine.explain(STOCK, SEPTEMBER).differences
        assert (one.unit_id, one.label, one.then, one.now) == (province[3], "hai", Was.NOT_MET, Was.MET)
        assert one.why is Why.RECORD
        _sql(f"delete from {TABLE} where name = 'hai'")
        (one,) = engine.explain(STOCK, SEPTEMBER).differences
        assert (one.then, one.now, one.why) == (Was.NOT_MET, Was.ABSENT, Why.RECORD)
        with things.registered(things.indicator(STOCK, version=2)):
            assert engine.explain(STOCK, SEPTEMBER).differences[0].why is Why.DEFINITION


def test_a_corrected_tree_is_the_reason_when_it_moved_the_row(province: list[int]) -> None:
    with wide("test"):
        engine.freeze(SEPTEMBER)
        Placement.objects.filter(unit_id=province[3]).update(parent_id=province[2])
        rebuild()
        assert engine.explain(STOCK, SEPTEMBER, province[0]).identical
        gone = engine.explain(STOCK, SEPTEMBER, province[1]).differences
        came = engine.explain(STOCK, SEPTEMBER, province[2]).differences
        assert {(d.label, d.now, d.why) for d in gone} == {
            ("một", Was.ABSENT, Why.TREE),
            ("hai", Was.ABSENT, Why.TREE),
        }
        assert {(d.label, d.then, d.why) for d in came} == {
            ("một", Was.ABSENT, Why.TREE),
            ("hai", Was.ABSENT, Why.TREE),
        }
        Unit.objects.filter(id=province[3]).update(valid_to=date(2023, 9, 1))
        rebuild()
        assert {d.why for d in engine.explain(STOCK, SEPTEMBER).differences} == {Why.TREE}


def test_rows_and_ranking_of_a_frozen_period_are_those_of_then(province: list[int]) -> None:
    with wide("test"):
        engine.freeze(SEPTEMBER)
        _sql(f"update {TABLE} set done = '2023-09-02', name = 'mới'")
        Placement.objects.filter(unit_id=province[3]).update(parent_id=province[2])
        rebuild()
        page = engine.gaps(STOCK, SEPTEMBER, province[1])
        assert (page.frozen, [row.label for row in page.rows]) == (True, ["hai"])
        ranked = engine.rank(STOCK, SEPTEMBER, province[0])
        assert [(one.unit_id, one.rank, one.figure.frozen) for one in ranked] == [
            (province[1], 1, True),
            (province[2], 2, True),
        ]


def test_freezing_again_changes_nothing_and_a_later_indicator_is_added(province: list[int]) -> None:
    with wide("test"):
        with things.registered(things.indicator(STOCK)):
            assert engine.freeze(SEPTEMBER) == (STOCK,)
        _sql(f"update {TABLE} set done = '2023-09-02'")
        _move(province, [])
        assert engine.freeze(SEPTEMBER) == (FLOW,)
        assert engine.freeze(SEPTEMBER) == ()
        assert engine.is_frozen(STOCK, SEPTEMBER)
        assert FrozenRow.objects.filter(indicator=STOCK, met=True).count() == 1
        assert FrozenTree.objects.filter(period="2023-09").count() == 8
        assert AuditEntry.objects.filter(action="freeze", object_id="2023-09").count() == 2


def test_a_running_period_is_not_frozen(db: None) -> None:
    with wide("test"), pytest.raises(Conflict, match="còn đang mở"):
        engine.freeze(things.open_period())


def test_only_a_frozen_period_is_explained(province: list[int]) -> None:
    with wide("test"), pytest.raises(NotFound, match="chưa chốt"):
        engine.explain(STOCK, SEPTEMBER)


CHANGES = (
    "update plan_observation set numerator = 0",
    "update plan_observation set frozen = false",
    "delete from plan_observation",
    "update plan_frozen_row set met = true",
    "delete from plan_frozen_row",
    "delete from plan_frozen_tree",
    "update plan_indicator_run set frozen_at = null",
    "delete from plan_indicator_run",
    "insert into plan_frozen_row (indicator, period, unit_id, subject, label, met) "
    "select indicator, period, unit_id, 'x', 'x', true from plan_frozen_row limit 1",
    "insert into plan_observation (indicator, period, span, unit_id, numerator, denominator, own_numerator, "
    "own_denominator, computed_at, definition_version, frozen) select indicator, period, 'since_start', "
    "unit_id, 0, 1, 0, 0, now(), 1, true from plan_observation where span = 'period' limit 1",
)


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_is_frozen(province: list[int], change: str) -> None:
    with wide("test"), things.registered(things.indicator(STOCK)):
        engine.freeze(SEPTEMBER)
        before = (list(Observation.objects.values()), list(IndicatorRun.objects.values()))
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            _sql(change)
        assert (list(Observation.objects.values()), list(IndicatorRun.objects.values())) == before


@pytest.mark.parametrize("table", ["plan_observation", "plan_frozen_row", "plan_stated_figure"])
def test_not_even_the_owner_truncates(owner_url: str, table: str) -> None:
    with psycopg.connect(owner_url) as owner, pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(f"truncate {table}".encode())


def test_an_open_period_may_change(province: list[int]) -> None:
    with wide("test"):
        engine.refresh(STOCK, SEPTEMBER)
        _sql("update plan_observation set numerator = 0, own_numerator = 0")
        assert engine.refresh(STOCK, SEPTEMBER).written == 3


def test_an_explanation_stays_inside_the_scope(province: list[int]) -> None:
    with wide("test"):
        engine.freeze(SEPTEMBER)
        _sql(f"update {TABLE} set done = '2023-09-02'")
    with scoped(officer(province[3])):
        assert {one.unit_id for one in engine.explain(STOCK, SEPTEMBER).differences} == {province[3]}


def test_double_rows_are_compared_one_by_one(province: list[int]) -> None:
    twice = replace(
        things.indicator(STOCK),
        rows=lambda _window: engine.RawRows(
            f"select unit_id, 'same', 'same', done is not null, null from {TABLE}"
        ),
    )
    with wide("test"), things.registered(twice):
        engine.freeze(SEPTEMBER)
        assert engine.explain(STOCK, SEPTEMBER).identical
        _sql(f"update {TABLE} set done = '2023-09-02' where name = 'hai'")
        assert len(engine.explain(STOCK, SEPTEMBER).differences) == 1
