"""The engine counts what a plain loop counts, on random trees, rows and periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import BooleanField, Case, DateTimeField, F, Value, When
from django.db.models.fields import TextField
from django.db.models.functions import Cast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from dean06.plan import engine
from dean06.plan.engine import RawRows, Window
from dean06.plan.engine.definition import COLUMNS, RowsQuery
from dean06.plan.engine.models import IndicatorRun, Observation, Span
from dean06.plan.periods import Period
from tests.core.units.trees import Drawn, forests, undone, unit
from tests.plan.engine import things
from tests.plan.engine.things import FLOW, STOCK, TABLE, Thing, by_hand, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]
_RELAXED = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SEPTEMBER = Period(2023, 9)


@given(drawn=forests(), rows=things.things, period=things.periods)
@_RELAXED
def test_agrees_with_the_plain_loop(db: None, drawn: Drawn, rows: list[Thing], period: Period) -> None:
    with undone():
        ids = drawn.store()
        rows = things.store(rows, ids)
        for code in (STOCK, FLOW):
            engine.refresh(code, period)
            assert stored(code, period, ids) == by_hand(rows, drawn, code, period)


_changes = st.lists(st.tuples(st.integers(0, 8), things.things.map(lambda found: found[:4])), max_size=6)


@given(drawn=forests(), rows=things.things, changes=_changes, period=things.periods)
@_RELAXED
def test_one_unit_at_a_time_equals_all_at_once(
    db: None, drawn: Drawn, rows: list[Thing], changes: list[tuple[int, list[Thing]]], period: Period
) -> None:
    with undone():
        ids = drawn.store()
        rows = things.store(rows, ids)
        engine.refresh(STOCK, period)
        for index, fresh in changes:
            place = index % len(ids)
            rows = [thing for thing in rows if thing.unit != place]
            with connection.cursor() as cursor:
                cursor.execute(f"delete from {TABLE} where unit_id = %s", [ids[place]])
            rows += things.store([replace(thing, unit=place) for thing in fresh], ids)
            engine.refresh(STOCK, period, ids[place])
            assert stored(STOCK, period, ids) == by_hand(rows, drawn, STOCK, period)
        before = stored(STOCK, period, ids)
        again = engine.refresh(STOCK, period)
        assert (again.written, again.removed) == (0, 0)
        assert stored(STOCK, period, ids) == before


@given(drawn=forests(), changed=forests(), rows=things.things, period=things.periods)
@_RELAXED
def test_a_changed_tree_is_noticed_by_the_next_small_refresh(
    db: None, drawn: Drawn, changed: Drawn, rows: list[Thing], period: Period
) -> None:
    with undone():
        ids = drawn.store()
        rows = things.store(rows, ids)
        engine.refresh(STOCK, period)
        kept = [p for p in changed.placements if p[0] < len(ids)]
        _replace_placements(ids, kept)
        engine.refresh(STOCK, period, ids[0])
        now = Drawn(drawn.lives, tuple(kept))
        assert stored(STOCK, period, ids) == by_hand(rows, now, STOCK, period)


def _replace_placements(
    ids: list[int], placements: list[tuple[int, int, tuple[date | None, date | None]]]
) -> None:
    from dean06.core.units.models import Placement

    Placement.objects.filter(unit_id__in=ids).delete()
    Placement.objects.bulk_create(
        Placement(unit_id=ids[c], parent_id=ids[p], valid_from=span[0], valid_to=span[1])
        for c, p, span in placements
    )
    rebuild()


@given(drawn=forests(), rows=things.things, period=things.periods, months=st.integers(0, 30))
@_RELAXED
def test_a_flow_also_counts_since_the_plan_began(
    db: None, drawn: Drawn, rows: list[Thing], period: Period, months: int
) -> None:
    start = period.back(months + 1)[0].opens_on
    with undone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("dean06.plan.engine.compute.starts_on", lambda _code: start)
        ids = drawn.store()
        rows = things.store(rows, ids)
        engine.refresh(FLOW, period)
        expected = by_hand(rows, drawn, FLOW, period, start)
        assert stored(FLOW, period, ids, Span.SINCE_START) == expected
        for thing in rows[:3]:
            engine.refresh(FLOW, period, ids[thing.unit])
        assert stored(FLOW, period, ids, Span.SINCE_START) == expected
        assert stored(FLOW, period, ids) == by_hand(rows, drawn, FLOW, period)


def _desks() -> tuple[Unit, Unit, Unit]:
    province = unit("tinh", kind=Kind.PROVINCE)
    district = unit("huyen", kind=Kind.DISTRICT, under=province)
    closed = unit("cu", under=district, span=(None, date(2023, 9, 14)))
    rebuild()
    return province, district, closed


def test_a_unit_that_ended_on_the_cut_off_day_no_longer_counts(db: None) -> None:
    with undone():
        province, district, closed = _desks()
        ids = [province.pk, district.pk, closed.pk]
        things.store([Thing(2, date(2023, 1, 1), date(2023, 2, 1)), Thing(1, date(2023, 1, 1), None)], ids)
        engine.refresh(STOCK, SEPTEMBER)
        engine.refresh(STOCK, SEPTEMBER.previous())
        assert stored(STOCK, SEPTEMBER, ids) == {0: (0, 1, 0, 0), 1: (0, 1, 0, 1)}
        assert stored(STOCK, SEPTEMBER.previous(), ids)[0] == (1, 2, 0, 0)


def test_nothing_to_count_is_neither_0_nor_100_percent(db: None) -> None:
    with undone():
        province, *_ = _desks()
        assert engine.observation(STOCK, SEPTEMBER, province.pk) is None
        engine.refresh(STOCK, SEPTEMBER)
        figure = engine.observation(STOCK, SEPTEMBER, province.pk)
        assert figure is not None
        assert (figure.numerator, figure.denominator, figure.value) == (0, 0, None)
        assert figure.nothing_arose


def test_a_figure_whose_rows_vanish_is_removed(db: None) -> None:
    with undone():
        province, district, closed = _desks()
        ids = [province.pk, district.pk, closed.pk]
        things.store([Thing(1, date(2023, 1, 1), None)], ids)
        engine.refresh(STOCK, SEPTEMBER)
        assert Observation.objects.filter(indicator=STOCK).count() == 2
        with connection.cursor() as cursor:
            cursor.execute(f"delete from {TABLE}")
        assert engine.refresh(STOCK, SEPTEMBER, district.pk).removed == 2
        assert not Observation.objects.filter(indicator=STOCK).exists()


def test_a_new_version_of_the_definition_is_counted_in_full(db: None) -> None:
    with undone():
        province, district, closed = _desks()
        ids = [province.pk, district.pk, closed.pk]
        things.store([Thing(0, date(2023, 1, 1), None), Thing(1, date(2023, 1, 1), None)], ids)
        engine.refresh(STOCK, SEPTEMBER)
        with things.registered(things.indicator(STOCK, version=2)):
            assert engine.refresh(STOCK, SEPTEMBER, district.pk).written == 2
        run = IndicatorRun.objects.get(indicator=STOCK)
        assert (run.definition_version, run.rows) == (2, 2)


def _unit_rows(window: Window) -> RowsQuery:
    return Unit.objects.annotate(
        unit_id=F("id"),
        subject=Cast("id", TextField()),
        label=F("name"),
        met=Case(When(key="huyen", then=Value(True)), default=Value(None), output_field=BooleanField()),
        at=Value(None, output_field=DateTimeField()),
    ).values_list(*COLUMNS)


def test_a_queryset_counts_like_sql_and_an_unknown_answer_is_not_met(db: None) -> None:
    with undone(), things.registered(replace(things.indicator(STOCK), rows=_unit_rows)):
        province, district, _ = _desks()
        ids = [province.pk, district.pk]
        engine.refresh(STOCK, SEPTEMBER)
        assert stored(STOCK, SEPTEMBER, ids) == {0: (1, 2, 0, 1), 1: (1, 1, 1, 1)}
        engine.refresh(STOCK, SEPTEMBER, district.pk)
        assert stored(STOCK, SEPTEMBER, ids) == {0: (1, 2, 0, 1), 1: (1, 1, 1, 1)}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _window: Unit.objects.all(),
        lambda _window: Unit.objects.values_list("id", "name"),
        lambda _window: _unit_rows(_window).values_list("unit_id", "label", "subject", "met", "at"),  # type: ignore[union-attr]
    ],
)
def test_rows_of_another_shape_are_refused(db: None, wrong: object) -> None:
    with (
        undone(),
        things.registered(replace(things.indicator(STOCK), rows=wrong)),  # type: ignore[arg-type]
        pytest.raises(ImproperlyConfigured, match=STOCK),
    ):
        engine.refresh(STOCK, SEPTEMBER)


def test_an_empty_queryset_counts_nothing(db: None) -> None:
    empty = replace(things.indicator(STOCK), rows=lambda window: _unit_rows(window).none())  # type: ignore[union-attr]
    with undone(), things.registered(empty):
        assert engine.refresh(STOCK, SEPTEMBER).rows == 0


def test_a_per_cent_sign_in_sql_stays_one(db: None) -> None:
    def rows(_window: Window) -> RawRows:
        return RawRows("select id, key, name, name like 'h%%n' and %s, null from units_unit", [True])

    with undone(), things.registered(replace(things.indicator(STOCK), rows=rows)):
        province, _, _ = _desks()
        engine.refresh(STOCK, SEPTEMBER)
        figure = engine.observation(STOCK, SEPTEMBER, province.pk)
        assert figure is not None
        assert (figure.numerator, figure.denominator) == (1, 2)


def test_the_same_window_whatever_the_day() -> None:
    window = Window.of(SEPTEMBER)
    assert window.end - window.start == timedelta(days=31)
    assert Window.of(SEPTEMBER, since=date(2023, 6, 15)).start == Period(2023, 7).start
