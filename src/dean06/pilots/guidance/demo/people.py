"""The officers of the demo, their assignments and courses. None of them exists."""

from __future__ import annotations

from datetime import date
from random import Random

from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.demo.batch import Batch
from dean06.pilots.guidance.demo.days import START, Days
from dean06.pilots.guidance.demo.texts import COURSE, GIVEN, MIDDLES, POSITIONS, SURNAMES
from dean06.pilots.guidance.models import Assignment, Officer, Training


class People:
    """Makes officers one by one, numbered."""

    def __init__(self, random: Random, days: Days, batch: Batch) -> None:
        self._random, self._days, self._batch = random, days, batch
        self._count = 0

    def guides(self, unit: Unit, pace: float) -> None:
        """The officers who guide at a point, most of them trained."""
        desk = unit.kind == Kind.ONE_STOP_DESK
        for number in range(self._random.randint(2, 4) if desk else 2):
            officer = self.officer(unit)
            day = self._days.draw(pace)
            if day is not None:
                self._batch.assignments.append(self._assignment(unit, officer, day, number))
            if self._random.random() < 0.35 + 0.6 * pace:
                self.train(officer, pace)

    def staff(self, unit: Unit, count: int, trained: float) -> None:
        """Officers of a unit who do not guide at a point; the share `trained` went to a course."""
        for _ in range(count):
            officer = self.officer(unit)
            if self._random.random() < trained:
                self.train(officer, 0.6)

    def officer(self, unit: Unit) -> Officer:
        """One more officer of the unit."""
        self._count += 1
        pick = self._random.choice
        officer = Officer(
            unit=unit,
            recorded_at=self._days.stamp(START),
            staff_code=f"CB-{self._count:05d}",
            full_name=f"{pick(SURNAMES)} {pick(MIDDLES)} {pick(GIVEN)}",
            position="Cán bộ Công an xã" if unit.kind == Kind.POLICE_POST else pick(POSITIONS),
            valid_from=date(2021, 1, 1),
        )
        self._batch.officers.append(officer)
        return officer

    def train(self, officer: Officer, pace: float) -> None:
        """The officer passes the course, if the day has come."""
        day = self._days.draw(pace)
        if day is None:
            return
        training = Training(
            unit=officer.unit,
            officer=officer,
            officer_label=officer.label,
            recorded_at=self._days.stamp(day),
            course=COURSE,
            passed_on=day,
            certificate=f"CN-{officer.staff_code}",
        )
        self._batch.trainings.append(training)

    def _assignment(self, unit: Unit, officer: Officer, day: date, number: int) -> Assignment:
        return Assignment(
            unit=unit,
            officer=officer,
            officer_label=officer.label,
            recorded_at=self._days.stamp(day),
            document=f"Lịch trực số {number + 1:02d} (mô phỏng)",
            valid_from=day,
        )
