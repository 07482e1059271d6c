"""Stated figures of the demo: what other systems and units would report, beside what is counted here."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from django.conf import settings

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


#: In the plan's folder: rough sizes of its districts against each other, so that made-up counts look like it.
_WEIGHTS = "demo/weights.csv"
_WEIGHT = 12  # of a district that the file does not name
#: What is counted, against the people of a place who may hold an account.
_SUBJECTS = {"hồ sơ": 0.05, "sai lệch dữ liệu": 0.02, "thẻ bảo hiểm y tế": 1.3}
#: Shares at the start of what depends on each other: chip card, account, level 2, digital signature.
_LEVELS = {"M3-T1": 0.78, "M3-T3": 0.60, "M3-T4": 0.46, "M3-T6": 0.015}
#: Counted among those who have what another item counts.
_AMONG = {"M3-T6": "M3-T3"}


@dataclass(frozen=True, slots=True)
class _Place:
    unit: Unit
    people: int


@dataclass(frozen=True, slots=True)
class _Told:
    """Numerators so far, by item, period and unit."""

    numerators: dict[tuple[str, str, int], int]

    def of(self, item: Item, period: Period, place: _Place) -> int:
        """The denominator of an item at a place: one for each subject, in every period."""
        if among := _AMONG.get(item.code):
            return self.numerators[among, period.key, place.unit.pk]
        return int(place.people * _SUBJECTS.get(item.unit_of_count, 1))


def state_figures(random: Random, province: Unit, on: date, periods: list[Period]) -> int:
    """Imported figures of every item known by import, for the districts and the province."""
    districts = [unit for unit in queries.children(province.pk, on) if unit.kind == Kind.DISTRICT]
    rows = Unit.objects.filter(pk__in=[unit.id for unit in districts])
    weights = _weights()
    places = [_Place(unit, _people(random, weights.get(unit.key, _WEIGHT))) for unit in rows.order_by("key")]
    made: list[StatedFigure] = []
    told = _Told({})
    for item in Item.objects.filter(known_by="imported").order_by("code"):
        level = _LEVELS.get(item.code) or random.uniform(0.3, 0.6)
        for number, period in enumerate(periods):
            share = level * (1 + 0.05 * number)
            made += _period(random, item, province, places, period, share, told)
    StatedFigure.objects.bulk_create(made, batch_size=1000)
    return len(made)


def _weights() -> dict[str, int]:
    """Key of a district → its size against the others; empty where the plan's folder tells none."""
    file = Path(settings.PLAN_DIR) / _WEIGHTS
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as opened:
        return {row["key"]: int(row["weight"]) for row in csv.DictReader(opened)}


def _people(random: Random, weight: int) -> int:
    """People of a district who may hold an account."""
    return int(weight * 7_000 * random.uniform(0.97, 1.03))


def _period(  # noqa: PLR0917 - a private step
    random: Random,
    item: Item,
    province: Unit,
    places: list[_Place],
    period: Period,
    share: float,
    told: _Told,
) -> Iterator[StatedFigure]:
    total = of = 0
    for place in places:
        denominator = told.of(item, period, place)
        numerator = int(denominator * min(0.97, share * random.uniform(0.92, 1.08)))
        told.numerators[item.code, period.key, place.unit.pk] = numerator
        total, of = total + numerator, of + denominator
        yield _figure(item, place.unit, period, numerator, denominator, kind="imported")
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
