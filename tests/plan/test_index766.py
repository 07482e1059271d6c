"""Points of QĐ 766 against figures that the national portal showed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06.plan.index766.score import components, contentment, score, score_share, total

D = Decimal


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "points"),
    [
        ("2.1", 645, 646, "19.97"),
        ("3.6", 143, 163, "5.26"),
        ("3.5", 8, 12, "1.67"),
        ("3.5b", 8, 12, "1.67"),
        ("4.2", 5838, 10_000, "2.34"),
        ("4.certified", None, None, "2.00"),
        ("5.2", 0, 0, "6.00"),
        ("5.3", 0, 0, "6.00"),
        ("3.5", 0, 0, "0.00"),
        ("3.5", 80, 100, "2.00"),
        ("3.5", 79, 100, "1.98"),
        ("4.3", 100, 100, "2.00"),
        ("4.2", 80, 100, "3.20"),
    ],
)
def test_golden_values(code: str, numerator: int | None, denominator: int | None, points: str) -> None:
    assert score(code, numerator, denominator).points == D(points)


def test_components_are_added_after_rounding() -> None:
    payment = {"3.6": score("3.6", 143, 163), "3.5": score("3.5", 8, 12), "3.5b": score("3.5b", 8, 12)}
    assert total(payment) == D("8.60")


def test_a_dossier_that_is_late_and_complained_of_counts_twice() -> None:
    assert contentment(5, 5, 100) == 90
    assert score_share("5.4", contentment(5, 5, 100)).points == D("6.00")
    assert score_share("5.4", contentment(10, 8, 100)).points == D("5.47")
    assert contentment(80, 60, 100) == 0


def test_groups_have_the_points_of_the_decision() -> None:
    most: dict[str, Decimal] = {}
    for component in components().values():
        most[component.group] = most.get(component.group, D(0)) + component.most
    assert most == {"progress": 20, "payment": 10, "digitisation": 22, "satisfaction": 18}


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (1, None), (-1, 5), (6, 5), (None, 5)])
def test_counts_that_cannot_be_are_refused(numerator: int | None, denominator: int | None) -> None:
    with pytest.raises(ValueError, match="numerator"):
        score("3.5", numerator, denominator)


@pytest.mark.parametrize("counts", [(1, 0, 0), (-1, 0, 5), (6, 0, 5), (0, 6, 5)])
def test_impossible_contentment_is_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="dossiers"):
        contentment(*counts)


@pytest.mark.parametrize("share", [D(-1), D("100.01")])
def test_an_impossible_share_is_refused(share: Decimal) -> None:
    with pytest.raises(ValueError, match="share"):
        score_share("5.4", share)


@given(st.sampled_from(sorted(components())), st.integers(0, 10**6), st.integers(1, 10**6))
def test_more_is_never_worth_less_and_never_more_than_all(
    code: str, numerator: int, denominator: int
) -> None:
    numerator = min(numerator, denominator)
    found = score(code, numerator, denominator)
    assert 0 <= found.points <= found.component.most
    if numerator:
        assert score(code, numerator - 1, denominator).points <= found.points
