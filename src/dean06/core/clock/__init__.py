"""The business clock: the only place where the time of day is read.

A demo province lives in 2023 while the machine lives later; its data base carries a shift, and every
page says so. In a real province the shift is zero.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_CACHE_SECONDS = 5.0
_cached: tuple[float, timedelta] | None = None


def now() -> datetime:
    """The business time, aware, in UTC."""
    return machine_now() + shift()


def machine_now() -> datetime:
    """The machine's own time, aware, in UTC: for what is no business of the province (sessions, logs)."""
    return datetime.now(UTC)


def today() -> date:
    """The business date on the wall of an office in Viet Nam."""
    return now().astimezone(VIETNAM).date()


def shift() -> timedelta:
    """How far the business clock is from the machine's (zero in a real province)."""
    global _cached  # noqa: PLW0603 - one small per-process cache
    if _cached is None or time.monotonic() - _cached[0] > _CACHE_SECONDS:
        from dean06.core.clock.models import ClockShift

        seconds = ClockShift.objects.values_list("seconds", flat=True).first()
        _cached = (time.monotonic(), timedelta(seconds=seconds or 0))
    return _cached[1]


def shown(moment: datetime | None) -> datetime | None:
    """A moment of the machine as pages tell it: on the business clock."""
    return None if moment is None else moment + shift()


def set_business_date(day: date | None) -> None:
    """Make `day` the business date from this moment on; None returns to the machine's clock."""
    from dean06.core.clock.models import ClockShift

    seconds = 0
    if day is not None:
        machine = datetime.now(VIETNAM)
        seconds = round(
            (machine.replace(year=day.year, month=day.month, day=day.day) - machine).total_seconds()
        )
    ClockShift.objects.update_or_create(id=1, defaults={"seconds": seconds})
    forget()


def forget() -> None:
    """Drop the cached shift (after it changed, and between tests)."""
    global _cached  # noqa: PLW0603
    _cached = None


def local_midnight(day: date) -> datetime:
    """The first instant of a Vietnamese calendar day, aware."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
