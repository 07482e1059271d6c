"""Gaps, evidence, rankings, trends and tables of figures; each shows only what the scope allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dean06.core.access.scope import scoped, wide
from dean06.core.errors import NotFound
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind
from dean06.plan import engine
from dean06.plan.engine import Figure, RowPage, percentage
from dean06.plan.engine.rows import RowFilter
from dean06.plan.periods import Period
from tests.core.access.probe import officer
from tests.core.units.trees import Drawn, forests, undone, unit
from tests.plan.engine import things
from tests.plan.engine.things import FLOW, STOCK, Thing, counted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]
_RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SEPTEMBER = Period(2023, 9)
BORN, DONE = date(2023, 1, 1), date(2023, 9, 1)


@given(drawn=forests(), rows=things.things, period=things.periods)
@_RELAXED
def test_gaps_and_evidence_are_the_rows_behind_the_figure(
    db: None, drawn: Drawn, rows: list[Thing], period: Period
) -> None:
    with undone():
        ids = drawn.store()
        rows = things.store(rows, ids)
        engine.refresh(STOCK, period)
        for index, unit_id in enumerate(ids):
            figure = engine.observation(STOCK, period, unit_id)
            missing, proofs = engine.gaps(STOCK, period, unit_id), engine.evidence(STOCK, period, unit_id)
            below = [
                (ids[thing.unit], counted(thing, STOCK, period))
                for thing in rows
                if index in drawn.above(thing.unit, period.cutoff)
            ]
            assert sorted(row.unit_id for row in missing.rows) == sorted(
                u for u, met in below if met is False
            )
            assert sorted(row.unit_id for row in proofs.rows) == sorted(u for u, met in below if met)
            assert figure is not None
            assert (proofs.total, missing.total + proofs.total) == (figure.numerator, figure.denominator)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_percentages_are_rounded_half_up_exactly(numerator: int, denominator: int) -> None:
    value = percentage(min(numerator, denominator), denominator)
    exact = Decimal(min(numerator, denominator)) * 100 / denominator
    assert value is not None
    assert abs(value - exact) <= Decimal("0.005")
    assert value == value.quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [
        (1317, 1878, "70.13"),
        (1, 8, "12.50"),
        (1, 800, "0.13"),
        (2, 3, "66.67"),
        (0, 7, "0.00"),
        (7, 7, "100.00"),
    ],
)
def test_known_percentages(numerator: int, denominator: int, value: str) -> None:
    assert str(percentage(numerator, denominator)) == value


def test_no_cases_have_no_percentage() -> None:
    assert percentage(0, 0) is None


@pytest.fixture
def province(db: None) -> list[int]:
    """A province, three districts (Ân Thi, Đông, Yên) and a commune in the first; all with things."""
    with wide("test"):
        top = unit("tinh", "Tỉnh", Kind.PROVINCE)
        names = {"yen": "Huyện Yên", "dong": "Huyện Đông", "an": "Huyện Ân Thi"}
        yen, dong, an = (unit(key, name, Kind.DISTRICT, under=top) for key, name in names.items())
        ids = [top.pk, an.pk, dong.pk, yen.pk, unit("xa", "Xã Bến Tắm", under=an).pk]
        rebuild()
        rows = [
            Thing(4, BORN, DONE, "Áp phích ở Đình Bảng"),
            Thing(4, BORN, None, "ap phich"),
            Thing(1, BORN, None),
        ]
        things.store([*rows, Thing(2, BORN, DONE, "Biển"), Thing(2, BORN, None, "Băng rôn")], ids)
        engine.refresh(STOCK, SEPTEMBER)
    return ids


def _labels(page: RowPage) -> list[str]:
    return [row.label for row in page.rows]


def test_search_sort_and_pages(province: list[int]) -> None:
    def find(**wanted: object) -> RowPage:
        return engine.find_rows(STOCK, SEPTEMBER, province[0], RowFilter(**wanted))  # type: ignore[arg-type]

    with wide("test"):
        assert _labels(find(search="ÁP PHÍCH", sort="label")) == ["ap phich", "Áp phích ở Đình Bảng"]
        assert find(search="ben tam").total == 2
        assert find(search="100%_").total == 0
        assert _labels(find(sort="label"))[:3] == ["ap phich", "Áp phích ở Đình Bảng", "Băng rôn"]
        assert [row.unit_name for row in find().rows][:2] == ["Huyện Ân Thi", "Huyện Đông"]
        assert [row.met for row in find(sort="newest").rows] == [True, True, False, False, False]
        assert [row.met for row in find(sort="oldest").rows] == [True, True, False, False, False]
        second = find(sort="label", page=2, per_page=2)
        assert (second.total, second.pages, len(second.rows)) == (5, 3, 2)
        beyond = find(page=9, per_page=2)
        assert (beyond.total, beyond.rows) == (5, ())
        assert find(met=True).rows[0].evidence_url.startswith("/probe/")


def test_a_narrow_actor_sees_only_his_units(province: list[int]) -> None:
    commune = province[4]
    with scoped(officer(commune)):
        assert {row.unit_id for row in engine.gaps(STOCK, SEPTEMBER, province[0]).rows} == {commune}
        assert engine.observation(STOCK, SEPTEMBER, province[0]) is None
        own = engine.observation(STOCK, SEPTEMBER, commune)
        assert own is not None
        assert (own.numerator, own.denominator) == (1, 2)
        assert engine.rank(STOCK, SEPTEMBER, province[0]) == []
        below = engine.rank(STOCK, SEPTEMBER, province[1])
        assert [one.unit_id for one in below] == [commune]
    assert engine.gaps(STOCK, SEPTEMBER, province[0]).total == 0


def test_ranking_compares_exact_shares_and_puts_units_without_cases_last(province: list[int]) -> None:
    with wide("test"):
        ranked = engine.rank(STOCK, SEPTEMBER, province[0])
        assert [(one.name, one.rank) for one in ranked] == [
            ("Huyện Đông", 1),
            ("Huyện Ân Thi", 2),
            ("Huyện Yên", None),
        ]
        assert ranked[2].figure.nothing_arose
        worst = engine.rank(STOCK, SEPTEMBER, province[0], lower_is_better=True)
        assert [one.name for one in worst][:2] == ["Huyện Ân Thi", "Huyện Đông"]
        communes = engine.rank(STOCK, SEPTEMBER, province[0], kinds=[Kind.COMMUNE])
        assert [one.name for one in communes] == ["Xã Bến Tắm"]
        assert engine.rank(FLOW, SEPTEMBER, province[0]) == []


def test_equal_shares_share_a_rank(province: list[int]) -> None:
    with wide("test"):
        things.store([Thing(3, BORN, DONE), Thing(3, BORN, None)], province)
        engine.refresh(STOCK, SEPTEMBER)
        ranked = engine.rank(STOCK, SEPTEMBER, province[0])
        assert [(one.key, one.rank) for one in ranked] == [("dong", 1), ("yen", 1), ("an", 3)]


def test_trend_leaves_holes_where_nothing_was_counted(province: list[int]) -> None:
    with wide("test"):
        engine.refresh(STOCK, Period(2023, 7))
        points = engine.trend(STOCK, province[0], SEPTEMBER, 3)
        assert [point.period.key for point in points] == ["2023-07", "2023-08", "2023-09"]
        assert [_pair(point.figure) for point in points] == [(0, 5), None, (2, 5)]


def _pair(figure: Figure | None) -> tuple[int | None, int | None] | None:
    return None if figure is None else (figure.numerator, figure.denominator)


def test_a_dashboard_is_one_query(province: list[int]) -> None:
    with wide("test"), CaptureQueriesContext(connection) as queries:
        table = engine.observations_for([STOCK, FLOW], province, SEPTEMBER.back(24))
    assert len(queries) == 1
    assert len(table) == 4
    assert set(table) == {(STOCK, "2023-09", province[i]) for i in (0, 1, 2, 4)}
    assert table.get(FLOW, province[0], SEPTEMBER) is None
    figure = table.get(STOCK, province[3], SEPTEMBER)
    assert figure is not None
    assert figure.nothing_arose
    assert table.get(STOCK, 0, SEPTEMBER) is None


@given(tops=st.lists(st.integers(0, 8), max_size=2), drawn=forests(), rows=things.things)
@_RELAXED
def test_no_row_or_figure_leaves_the_scope(
    db: None, tops: Sequence[int], drawn: Drawn, rows: list[Thing]
) -> None:
    from tests.core.access.people import reachable

    with undone():
        ids = drawn.store()
        things.store(rows, ids)
        engine.refresh(STOCK, SEPTEMBER)
        inside = [top for top in tops if top < len(ids)]
        allowed = {ids[index] for index in reachable(drawn, set(inside))}
        with scoped(officer(*(ids[top] for top in inside))):
            for unit_id in ids:
                page = engine.find_rows(STOCK, SEPTEMBER, unit_id, RowFilter(per_page=None))
                assert {row.unit_id for row in page.rows} <= allowed
                assert (engine.observation(STOCK, SEPTEMBER, unit_id) is not None) == (unit_id in allowed)


def test_an_unknown_code_names_its_neighbours(db: None) -> None:
    with pytest.raises(NotFound, match=r"probe\.thing_done"):
        engine.gaps("probe.thing_don", SEPTEMBER, 1)
