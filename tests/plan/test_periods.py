"""Periods cover time without gaps, at Vietnam midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06.core.clock import VIETNAM
from dean06.core.errors import Invalid
from dean06.plan.periods import Period, until

_periods = st.builds(Period, st.integers(1990, 2090), st.integers(1, 12))
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_september_runs_from_15_august_to_14_september() -> None:
    period = Period.parse("2023-09")
    assert period.start == datetime(2023, 8, 14, 17, tzinfo=UTC)
    assert period.end == datetime(2023, 9, 14, 17, tzinfo=UTC)
    assert (period.opens_on, period.cutoff) == (date(2023, 8, 15), date(2023, 9, 14))
    assert period.due == period.end
    assert Period.parse("2024-01").opens_on == date(2023, 12, 15)


@given(_periods)
def test_periods_are_contiguous(period: Period) -> None:
    assert period.end == period.next().start
    assert period.previous().next() == period == period.next().previous()
    assert period.start < period.end
    assert period < period.next()
    assert period.key < period.next().key
    assert Period.parse(period.key) == period
    assert {moment.astimezone(VIETNAM).time().isoformat() for moment in (period.start, period.end)} == {
        "00:00:00"
    }


@given(_moments)
def test_every_instant_lies_in_exactly_the_period_that_contains_it(moment: datetime) -> None:
    period = Period.containing(moment)
    assert period.start <= moment < period.end
    assert Period.containing(moment.astimezone(VIETNAM).date()) == period


def test_the_last_instant_and_the_next_belong_to_different_periods() -> None:
    midnight = datetime(2023, 9, 15, tzinfo=VIETNAM)
    assert Period.containing(midnight - timedelta(microseconds=1)).key == "2023-09"
    assert Period.containing(midnight).key == "2023-10"
    assert Period.containing(date(2023, 12, 15)).key == "2024-01"


@given(_periods, st.integers(0, 40))
def test_back_and_until_agree(period: Period, count: int) -> None:
    back = period.back(count)
    assert len(back) == count
    assert not back or until(back[0], period) == back
    assert until(period.next(), period) == ()


@pytest.mark.parametrize(
    "key", ["2023-13", "2023-00", "2023-9", "09-2023", "2023-09-01", "٢٠٢٣-09", "", "0000-01"]
)
def test_other_spellings_are_refused(key: str) -> None:
    with pytest.raises(Invalid):
        Period.parse(key)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Period.containing(datetime(2023, 9, 1))  # noqa: DTZ001
