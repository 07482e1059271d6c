"""Synthetic records of P0 for a demo province: uneven progress, some desks that never began.

Everything follows from the seed. No person here exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random

from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.demo.batch import Batch
from dean06.pilots.guidance.demo.days import START, Days
from dean06.pilots.guidance.demo.desks import Desks, PhotoMaker
from dean06.pilots.guidance.demo.people import People

__all__ = ["START", "DemoWriter", "PhotoMaker", "write"]


class DemoWriter:
    """Makes the records of one province, point by point, for days up to `today`; `batch` stores them."""

    def __init__(self, random: Random, today: date, photo: PhotoMaker) -> None:
        days = Days(random, today)
        self._random = random
        self.batch = Batch()
        self.people = People(random, days, self.batch)
        self.desks = Desks(random, days, self.batch, photo)

    def point(self, unit: Unit, pace: float) -> None:
        """Records of one desk or post. `pace` in 0…1: how far this part of the province has come."""
        if self._random.random() > 0.55 + 0.5 * pace:
            return  # a unit that never began: it stays in every gap list
        self.people.guides(unit, pace)
        if unit.kind == Kind.ONE_STOP_DESK:
            self.desks.desk(unit, pace)


def write(
    *,
    random: Random,
    today: date,
    points: Sequence[Unit],
    owner: Unit,
    photo: PhotoMaker,
    paces: Mapping[int, float],
    advance: Callable[[], None],
) -> DemoWriter:
    """Make (not yet store) the records of all points; `paces` by unit id, `advance` after each point."""
    writer = DemoWriter(random, today, photo)
    writer.desks.library(owner)
    for unit in points:
        writer.point(unit, paces[unit.pk])
        advance()
    return writer
