"""Fills an empty province with its demo, once, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from django.conf import settings
from django.db import transaction

from dean06.core import clock
from dean06.core.access.models import User
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict
from dean06.core.people import demo as people_demo
from dean06.core.privacy import demo as privacy_demo
from dean06.core.units import queries
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance import demo as guidance_demo
from dean06.plan.engine import every, freeze, refresh
from dean06.plan.models import Pilot
from dean06.plan.periods import Period
from dean06.web.demo import citizens
from dean06.web.demo.accounts import make_accounts
from dean06.web.demo.figures import declare_beside_counted, state_figures
from dean06.web.demo.photos import PhotoBook
from dean06.web.demo.points import make_points

BUSINESS_DATE = date(2023, 12, 10)
PILOT = "P0"
COMMUNES_WITH_PEOPLE, PEOPLE_EACH = 3, 20
FIRST_PERIOD = Period.parse("2023-07")  # the plan starts on 15 June; what desks did before counts in it

Progress = Callable[[str, int, int], None]  # (what, done, of how many)


@dataclass(frozen=True, slots=True)
class Scale:
    every_commune: bool
    staff: int  # officers who do not guide at a point, in the whole province


SCALES = {"small": Scale(every_commune=False, staff=300), "province": Scale(every_commune=True, staff=8400)}


@dataclass(frozen=True, slots=True)
class Report:
    """How much was made."""

    points: int
    records: int
    photos: int
    figures: int


def is_filled() -> bool:
    """Whether this database holds a demo already; call inside a wide scope."""
    return Unit.objects.filter(source="demo").exists()


def fill(*, scale: str, seed: int, progress: Progress) -> Report:
    """Make the demo in the province of the loaded plan; the lead of P0 keeps the video library.

    Raises Conflict when records or accounts are there already: a demo never mixes with real work.
    """
    with transaction.atomic(), wide("the demo writes for every unit"):
        if is_filled() or User.objects.exists():
            raise Conflict("Cơ sở dữ liệu đã có dữ liệu; bản mô phỏng chỉ nạp vào cơ sở dữ liệu trống.")
        clock.set_business_date(BUSINESS_DATE)
        random = Random(seed)  # noqa: S311 - synthetic data, not secrets
        owner = _lead()
        top = _province(owner)
        points = make_points(top, BUSINESS_DATE, every_commune=SCALES[scale].every_commune)
        book = PhotoBook(random)
        records = _records(random, points, owner, book, SCALES[scale].staff, progress)
        district, commune = _example(top)
        make_accounts(top, points, district, commune)
        _people(seed, district, commune)
        periods = _periods()
        stated = state_figures(random, top, BUSINESS_DATE, periods)
        figures = _count(periods, progress)
        stated += declare_beside_counted(random, [district], periods)
    return Report(points=len(points), records=records, photos=len(book.rows), figures=figures + stated)


def _lead() -> Unit:
    lead = Pilot.objects.select_related("lead").get(code=PILOT).lead
    if lead is None:
        raise Conflict(f"Kế hoạch không ghi cơ quan chủ trì {PILOT}: không biết ai giữ thư viện video.")
    return lead


def _province(unit: Unit) -> Unit:
    top = next(up for up in queries.ancestors(unit.pk, BUSINESS_DATE) if up.kind == Kind.PROVINCE)
    return Unit.objects.get(pk=top.id)


def _records(  # noqa: PLR0917 - a private step of fill
    random: Random, points: Sequence[Unit], owner: Unit, book: PhotoBook, staff: int, progress: Progress
) -> int:
    paces = _paces(random, points)
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        progress("Ghi nhận tại bộ phận một cửa và Công an xã", done, len(points))

    writer = guidance_demo.write(
        random=random,
        today=BUSINESS_DATE,
        points=points,
        owner=owner,
        photo=book.draw,
        paces=paces,
        advance=advance,
    )
    homes = [point for point in points if point.kind == Kind.ONE_STOP_DESK]
    for number in range(staff):
        writer.people.staff(homes[number % len(homes)], count=1, trained=0.6)
    book.store()
    return writer.batch.store()


def _paces(random: Random, points: Sequence[Unit]) -> dict[int, float]:
    """Points of one district move at about the same pace; districts differ widely."""
    district_of = {
        point.pk: next(
            (up.id for up in queries.ancestors(point.pk, BUSINESS_DATE) if up.kind == Kind.DISTRICT), 0
        )
        for point in points
    }
    pace = {district: random.uniform(0.2, 0.95) for district in sorted(set(district_of.values()))}
    return {
        unit_id: min(1.0, max(0.05, pace[district] + random.uniform(-0.1, 0.1)))
        for unit_id, district in district_of.items()
    }


def _example(province: Unit) -> tuple[Unit, Unit]:
    """The first district with communes, and its first commune: where the example accounts work."""
    district = next(c for c in queries.children(province.pk, BUSINESS_DATE) if c.kind == Kind.DISTRICT)
    commune = next(c for c in queries.children(district.id, BUSINESS_DATE) if c.kind == Kind.COMMUNE)
    return Unit.objects.get(pk=district.id), Unit.objects.get(pk=commune.id)


def _people(seed: int, district: Unit, commune: Unit) -> None:
    """People of the first communes of a district, from a seed of their own: they change nothing else."""
    communes = [c.id for c in queries.children(district.pk, BUSINESS_DATE) if c.kind == Kind.COMMUNE]
    random = Random(f"{seed} people")  # noqa: S311 - synthetic data, not secrets
    made = people_demo.write(random=random, unit_ids=communes[:COMMUNES_WITH_PEOPLE], each=PEOPLE_EACH)
    privacy_demo.write(made)
    near = sorted(made, key=lambda person: person.unit_id != commune.pk)
    citizens.write(settings.DATA_DIR, near)


def _periods() -> list[Period]:
    """The periods of the demo, the open one last."""
    periods = [FIRST_PERIOD]
    while periods[-1] != Period.containing(BUSINESS_DATE):
        periods.append(periods[-1].next())
    return periods


def _count(periods: Sequence[Period], progress: Progress) -> int:
    """Compute every figure of every period; freeze those that have closed."""
    codes = [indicator.code for indicator in every()]
    done = 0
    for period in periods:
        for code in codes:
            refresh(code, period)
            done += 1
            progress("Tính chỉ số", done, len(codes) * len(periods))
        if period != periods[-1]:
            freeze(period)
    return done
