"""Working days of state offices: Monday to Friday without the holidays that stand in the rules.

A year whose holidays are not in the rules counts weekends only; a deadline is then too early, never too late.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

from dean06.core.rules.models import Rule

HOLIDAYS = "calendar.holidays"
_DAY = timedelta(days=1)
_SATURDAY = 5


def holidays() -> frozenset[date]:
    """Every holiday that the rules know."""
    lists = Rule.objects.filter(code=HOLIDAYS).values_list("value", flat=True)
    return frozenset(date.fromisoformat(day) for days in lists for day in days)


def is_working(day: date, off: Set[date]) -> bool:
    """Whether offices work on a day; `off` are the holidays."""
    return day.weekday() < _SATURDAY and day not in off


def add(start: date, days: int, off: Set[date]) -> date:
    """The last of `days` working days that follow `start`; the day of `start` itself does not count."""
    if days < 1:
        raise ValueError("count at least one day")
    day = start
    while days:
        day += _DAY
        days -= is_working(day, off)
    return day


def between(start: date, end: date, off: Set[date]) -> int:
    """How many working days follow `start` up to and with `end`."""
    return sum(is_working(start + n * _DAY, off) for n in range(1, (end - start).days + 1))
