"""Quarters, halves and years are whole months of reporting."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06.core.clock import VIETNAM
from dean06.core.errors import Invalid
from dean06.plan.periods import Period
from dean06.plan.terms import Length, Term


@pytest.mark.parametrize(
    ("key", "opens", "cutoff"),
    [
        ("2023-Q1", date(2022, 12, 15), date(2023, 3, 14)),
        ("2023-Q3", date(2023, 6, 15), date(2023, 9, 14)),
        ("2023-H1", date(2022, 12, 15), date(2023, 6, 14)),
        ("2023-H2", date(2023, 6, 15), date(2023, 12, 14)),
        ("2023", date(2022, 12, 15), date(2023, 12, 14)),
    ],
)
def test_a_term_runs_from_the_15th_to_the_14th(key: str, opens: date, cutoff: date) -> None:
    term = Term.parse(key)
    assert (term.opens_on, term.cutoff, str(term)) == (opens, cutoff, key)
    assert term.due == datetime(cutoff.year, cutoff.month, 15, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    "key", ["", "2023-Q5", "2023-Q0", "2023-H3", "2023-09", "23", "2023-q1", "２０２３", "0000"]
)
def test_other_spellings_are_refused(key: str) -> None:
    with pytest.raises(Invalid):
        Term.parse(key)


@given(st.sampled_from(Length), st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_lies_in_one_term_of_each_length(length: Length, day: date) -> None:
    term = Term.containing(length, day)
    assert term.opens_on <= day <= term.cutoff
    assert len(term.periods) == length.months
    assert Period.containing(day) in term.periods
    assert Term.parse(term.key) == term


def test_an_instant_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Term.containing(Length.QUARTER, datetime(2023, 9, 14))  # noqa: DTZ001 - that is the point
    last = datetime(2023, 9, 14, 23, 59, 59, tzinfo=VIETNAM)
    assert Term.containing(Length.QUARTER, last).key == "2023-Q3"
