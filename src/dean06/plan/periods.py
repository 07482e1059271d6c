"""Reporting periods: from the 15th of the month before to the 14th of the month that names the period.

The reports of the plan are due "before the 15th of each month" (plan lines 360-364); the period follows
the statutory monthly report, from the 15th of the month before to the 14th (Nghị định 09/2019/NĐ-CP, as
provinces apply it). Days are Vietnamese calendar days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from dean06.core.clock import VIETNAM, local_midnight
from dean06.core.errors import Invalid, Reason

OPENS_DAY = 15
_KEY = re.compile(r"(\d{4})-(\d{2})")
_MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One reporting month, ordered in time. `Period(2023, 9)` is 15/8/2023 00:00 to 15/9/2023 00:00."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= _MONTHS and date.min.year < self.year < date.max.year):
            message = _("không có kỳ báo cáo tháng %(month)s năm %(year)s")
            values = {"month": self.month, "year": self.year}
            raise Invalid([Reason(message % values, field="period")])

    @classmethod
    def parse(cls, key: str) -> Period:
        """The period named "2023-09". Raises Invalid for any other spelling."""
        match = _KEY.fullmatch(key) if key.isascii() else None
        if match is None:
            message = _("“%(key)s” không phải kỳ báo cáo; viết năm-tháng, ví dụ 2023-09")
            raise Invalid([Reason(message % {"key": key}, field="period")])
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def containing(cls, moment: date | datetime) -> Period:
        """The period of an instant (aware) or of a Vietnamese calendar day. Raises ValueError if naive."""
        day = moment
        if isinstance(moment, datetime):
            if moment.tzinfo is None:
                raise ValueError("an instant needs a time zone")
            day = moment.astimezone(VIETNAM).date()
        here = cls(day.year, day.month)
        return here.next() if day.day >= OPENS_DAY else here

    @property
    def key(self) -> str:
        """ "2023-09": sorts as time does."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def opens_on(self) -> date:
        """The first day."""
        before = self.previous()
        return date(before.year, before.month, OPENS_DAY)

    @property
    def start(self) -> datetime:
        """The first instant, aware."""
        return local_midnight(self.opens_on)

    @property
    def end(self) -> datetime:
        """The first instant after the period, aware."""
        return local_midnight(self.cutoff + timedelta(days=1))

    @property
    def cutoff(self) -> date:
        """The last day: the tree of units and the stock figures are those of this day."""
        return date(self.year, self.month, OPENS_DAY - 1)

    @property
    def due(self) -> datetime:
        """The first instant at which a report of this period is late ("before the 15th")."""
        return self.end

    def previous(self) -> Period:
        """The period before."""
        return Period(self.year - 1, _MONTHS) if self.month == 1 else Period(self.year, self.month - 1)

    def next(self) -> Period:
        """The period after."""
        return Period(self.year + 1, 1) if self.month == _MONTHS else Period(self.year, self.month + 1)

    def back(self, count: int) -> tuple[Period, ...]:
        """The last `count` periods up to this one, oldest first."""
        periods: list[Period] = []
        period = self
        for _step in range(count):
            periods.append(period)
            period = period.previous()
        return tuple(reversed(periods))

    def __str__(self) -> str:
        return self.key


def until(first: Period, last: Period) -> tuple[Period, ...]:
    """The periods from `first` to `last`, both included; none when `first` is later."""
    periods: list[Period] = []
    while first <= last:
        periods.append(first)
        first = first.next()
    return tuple(periods)
