"""When things happen in the demo: earlier where a district moves fast, never after today."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from dean06.core import clock

START = date(2023, 6, 1)


class Days:
    """Draws days from one source of chance."""

    def __init__(self, random: Random, today: date) -> None:
        self._random = random
        self.today = today
        self._now = clock.now()

    def draw(self, pace: float) -> date | None:
        """A day in the months so far, earlier where the pace is high; None: it has not happened."""
        span = (self.today - START).days
        day = START + timedelta(days=int(self._random.triangular(0, span * 1.6, span * (1 - pace))))
        return day if day <= self.today else None

    def stamp(self, day: date) -> datetime:
        """A moment of the working day at which it was written down."""
        moment = clock.local_midnight(day) + timedelta(hours=8, minutes=self._random.randrange(480))
        return min(moment, self._now)
