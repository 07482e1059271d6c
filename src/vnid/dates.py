"""Dates as Vietnamese documents write them, some of them without a day or a month."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from vnid.errors import DateError

_SHAPE: Final = re.compile(r"(?:(\d{2})(\d{2})(\d{4})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4}))", re.ASCII)


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A day, a month or a year: `day` is 0 where it is not known, and so is `month`."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def precision(self) -> Precision:
        """How much is known."""
        if not self.month:
            return Precision.YEAR
        return Precision.DAY if self.day else Precision.MONTH

    @property
    def first(self) -> date:
        """The earliest day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The latest day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def whole(self) -> date | None:
        """The day, or None when it is not known."""
        return date(self.year, self.month, self.day) if self.day else None

    def __str__(self) -> str:
        """ISO 8601 with reduced precision: "1999-01-15", "1999-01", "1999"."""
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part)]
        return "-".join(parts)

    def written(self) -> str:
        """As the QR code writes it: "15011999", "00011999", "1999"."""
        return f"{self.day:02d}{self.month:02d}{self.year:04d}" if self.month else f"{self.year:04d}"


@lru_cache(maxsize=16_384)
def parse_date(text: str) -> PartialDate:
    """Read "15011999", "15/01/1999", "00011999", "00001999" or "1999".

    Raises DateError: `date_shape`, or `date_impossible` for 31/02 and for years before 1800.
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise DateError("date_shape")
    day, month, year, day_, month_, year_, alone = found.groups()
    read = PartialDate(int(year or year_ or alone), int(month or month_ or 0), int(day or day_ or 0))
    if read.day and not read.month:
        raise DateError("date_impossible")
    try:
        real = read.year >= 1800 and read.last >= read.first
    except ValueError as error:
        raise DateError("date_impossible") from error
    if not real:
        raise DateError("date_impossible")
    return read
