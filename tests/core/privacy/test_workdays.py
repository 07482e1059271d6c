"""Working-day arithmetic: properties over random calendars, and days that were counted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from dean06.core.privacy import workdays
from dean06.core.privacy.deadlines import deadlines

_FEW = examples(max_examples=200, deadline=None)
DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))
OFF = st.frozensets(DAYS, max_size=40)
COUNTS = st.integers(1, 60)


@_FEW
@given(start=DAYS, count=COUNTS, off=OFF)
def test_the_last_day_is_a_working_day_and_exactly_so_many_lie_between(
    start: date, count: int, off: frozenset[date]
) -> None:
    end = workdays.add(start, count, off)
    assert end > start
    assert workdays.is_working(end, off)
    assert workdays.between(start, end, off) == count


@_FEW
@given(start=DAYS, one=COUNTS, other=COUNTS, off=OFF)
def test_counting_on_is_counting_once(start: date, one: int, other: int, off: frozenset[date]) -> None:
    assert workdays.add(workdays.add(start, one, off), other, off) == workdays.add(start, one + other, off)


@_FEW
@given(start=DAYS, count=COUNTS, off=OFF, holiday=DAYS)
def test_a_further_holiday_never_brings_the_day_forward(
    start: date, count: int, off: frozenset[date], holiday: date
) -> None:
    assert workdays.add(start, count, off | {holiday}) >= workdays.add(start, count, off)


@_FEW
@given(start=DAYS, count=COUNTS, off=OFF)
def test_a_later_start_never_ends_earlier(start: date, count: int, off: frozenset[date]) -> None:
    assert workdays.add(start + timedelta(days=1), count, off) >= workdays.add(start, count, off)


def test_nothing_is_counted_for_no_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        workdays.add(date(2023, 1, 1), 0, frozenset())


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2023, 12, 6), date(2023, 12, 8)),  # Wednesday → Friday
        (date(2023, 12, 8), date(2023, 12, 12)),  # over a weekend
        (date(2023, 12, 29), date(2024, 1, 3)),  # over the New Year, the first day of 2024 is off
        (date(2024, 2, 7), date(2024, 2, 16)),  # over Tết 2024
        (date(2023, 4, 28), date(2023, 5, 5)),  # over the Hùng Kings, 30/4 and 1/5 with days in lieu
    ],
)
def test_two_working_days_by_the_holidays_that_ship(db: None, start: date, end: date) -> None:
    off = workdays.holidays()
    assert workdays.add(start, 2, off) == end


def test_a_year_without_holidays_counts_weekends_only(db: None) -> None:
    assert workdays.add(date(2031, 12, 31), 1, workdays.holidays()) == date(2032, 1, 1)


@pytest.mark.parametrize(
    ("kind", "days", "processor", "extension"),
    [
        ("view", 10, 15, 10),
        ("correct", 10, 15, 10),
        ("provide", 10, 15, 10),
        ("withdraw", 15, 20, 15),
        ("restrict", 15, 20, 15),
        ("object", 15, 20, 15),
        ("delete", 20, 30, 20),
        ("protect", 15, 15, 15),
    ],
)
def test_the_answer_is_due_by_the_kind(
    db: None, kind: str, days: int, processor: int, extension: int
) -> None:
    day = date(2026, 1, 1)
    plain, through = (deadlines(kind, day, via_processor=via) for via in (False, True))
    assert (plain.answer - day).days == days
    assert (through.answer - day).days == processor
    assert plain.extension_days == through.extension_days == extension


@pytest.mark.parametrize("kind", ["view", "correct", "provide", "withdraw", "restrict", "object", "delete"])
def test_until_the_new_law_it_was_three_days_without_extension(db: None, kind: str) -> None:
    day = date(2025, 12, 31)
    old = deadlines(kind, day, via_processor=True)
    assert ((old.answer - day).days, old.extension_days) == (3, 0)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 24), date(2026, 11, 26)),  # Tuesday → Thursday
        (date(2026, 2, 13), date(2026, 2, 24)),  # over Tết 2026
        (date(2026, 4, 24), date(2026, 4, 29)),  # over the Hùng Kings' day
    ],
)
def test_two_working_days_to_acknowledge(db: None, received: date, due: date) -> None:
    assert deadlines("view", received, via_processor=False).acknowledge == due
