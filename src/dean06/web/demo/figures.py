"""Stated figures of the demo: what other systems and units would report, beside what is counted here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from dean06.core import clock
from dean06.core.units import queries
from dean06.core.units.models import Kind, Unit
from dean06.plan import engine
from dean06.plan.engine.models import StatedFigure
from dean06.plan.models import Item
from dean06.plan.periods import Period

POLICE = "Công an tỉnh (số tổng hợp mô phỏng)"
SIGNER = "Người ký (mô phỏng)"
DECLARED_ITEM = "P0-T1"  # declared by districts besides being counted, to show the two side by side


@dataclass(frozen=True, slots=True)
class _Place:
    unit: Unit
    people: int


def state_figures(random: Random, province: Unit, on: date, periods: list[Period]) -> int:
    """Imported figures of every item known by import, for the districts and the province."""
    districts = [unit for unit in queries.children(province.pk, on) if unit.kind == Kind.DISTRICT]
    rows = Unit.objects.filter(pk__in=[unit.id for unit in districts])
    places = [_Place(unit, random.randint(60_000, 160_000)) for unit in rows]
    made: list[StatedFigure] = []
    for item in Item.objects.filter(known_by="imported").order_by("code"):
        level = random.uniform(0.3, 0.6)
        for number, period in enumerate(periods):
            share = level + 0.03 * number
            made += _period(random, item, province, places, period, share)
    StatedFigure.objects.bulk_create(made, batch_size=1000)
    return len(made)


def _period(  # noqa: PLR0917 - a private step
    random: Random, item: Item, province: Unit, places: list[_Place], period: Period, share: float
) -> Iterator[StatedFigure]:
    total = of = 0
    for place in places:
        numerator = int(place.people * min(0.99, share + random.uniform(-0.06, 0.06)))
        total, of = total + numerator, of + place.people
        yield _figure(item, place.unit, period, numerator, place.people, kind="imported")
    yield _figure(item, province, period, total, of, kind="imported")


def declare_beside_counted(random: Random, units: list[Unit], periods: list[Period]) -> int:
    """Some districts declare a figure that is counted too, and not every time the same one."""
    item = Item.objects.get(code=DECLARED_ITEM)
    made = []
    for unit in units:
        for period in periods:
            counted = engine.observation("guidance.desk_video", period, unit.pk)
            if counted is None or not counted.denominator or counted.numerator is None:
                continue
            numerator = min(counted.denominator, counted.numerator + random.choice((0, 0, 1, 2)))
            made.append(_figure(item, unit, period, numerator, counted.denominator, kind="declared"))
    StatedFigure.objects.bulk_create(made)
    return len(made)


def _figure(
    item: Item, unit: Unit, period: Period, numerator: int, denominator: int, *, kind: str
) -> StatedFigure:
    return StatedFigure(
        item=item,
        unit=unit,
        period=period.key,
        kind=kind,
        numerator=numerator,
        denominator=denominator,
        document_number=f"{period.key.replace('-', '')}/BC-MP",
        document_date=min(period.cutoff, clock.today()),
        document_title=f"Báo cáo mô phỏng {period.key}",
        source=POLICE if kind == "imported" else unit.name,
        signer=SIGNER,
        stated_on=min(period.cutoff, clock.today()),
        recorded_at=clock.now(),
    )
