"""Longer reporting periods, made of months: quarter, half a year (sơ kết) and year.

They close with their last month, on the 14th, and open with their first, so that their figures are those of
the months (Nghị định 09/2019/NĐ-CP, Điều 12: quarterly reports from the 15th of the month before the quarter
to the 14th of its last month, half-yearly and yearly ones likewise).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid, Reason
from dean06.plan.periods import Period


class Length(Enum):
    """How many months a term has, and the letter of its key."""

    QUARTER = (3, "Q")
    HALF = (6, "H")
    YEAR = (12, "")

    @property
    def months(self) -> int:
        """Its months."""
        return int(self.value[0])

    @property
    def letter(self) -> str:
        """What stands before its number in a key; nothing for a year."""
        return str(self.value[1])


_KEY = re.compile(r"(\d{4})(?:-([QH])([1-4]))?")


@dataclass(frozen=True, slots=True)
class Term:
    """One quarter, half or year. `number` counts from 1 within the year."""

    length: Length
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12 // self.length.months:
            raise Invalid([Reason(_("không có kỳ thứ %(n)s trong năm") % {"n": self.number}, field="period")])
        Period(self.year, 12)  # refuses years that do not exist

    @classmethod
    def parse(cls, key: str) -> Term:
        """The term named "2023-Q3", "2023-H1" or "2023". Raises Invalid for any other spelling."""
        match = _KEY.fullmatch(key) if key.isascii() else None
        if match is None:
            message = _("“%(key)s” không phải quý, sáu tháng hay năm; ví dụ 2023-Q3, 2023-H1, 2023")
            raise Invalid([Reason(message % {"key": key}, field="period")])
        year, letter, number = match.groups()
        length = next(each for each in Length if each.letter == (letter or ""))
        return cls(length, int(year), int(number or 1))

    @classmethod
    def containing(cls, length: Length, moment: date | datetime) -> Term:
        """The term of an instant (aware) or of a Vietnamese calendar day. Raises ValueError if naive."""
        month = Period.containing(moment)
        return cls(length, month.year, (month.month - 1) // length.months + 1)

    @property
    def key(self) -> str:
        """ "2023-Q3", "2023-H1", "2023"."""
        if self.length is Length.YEAR:
            return f"{self.year:04d}"
        return f"{self.year:04d}-{self.length.letter}{self.number}"

    @property
    def periods(self) -> tuple[Period, ...]:
        """Its months, oldest first."""
        last = Period(self.year, self.number * self.length.months)
        return last.back(self.length.months)

    @property
    def opens_on(self) -> date:
        """The first day."""
        return self.periods[0].opens_on

    @property
    def cutoff(self) -> date:
        """The last day: the tree of units and the stock figures are those of this day."""
        return self.periods[-1].cutoff

    @property
    def due(self) -> datetime:
        """The first instant at which a report of this term is late."""
        return self.periods[-1].due

    def __str__(self) -> str:
        return self.key
