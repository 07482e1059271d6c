"""A tiny province with a plan, three indicators over its communes, and people of several roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.test import Client

from dean06.core import clock
from dean06.core.access.actor import system_actor
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.load import load_units
from dean06.core.units.models import Kind, Placement, Unit
from dean06.core.units.queries import resolve
from dean06.plan import engine
from dean06.plan.engine import Indicator, RawRows, Window
from dean06.plan.load import load_plan
from dean06.plan.models import Item, StatedFigure
from dean06.plan.periods import Period
from tests.plan.engine.things import registered
from tests.plan.tiny import CODES, TINY

DAY = date(2023, 12, 10)
PERIOD = Period(2023, 12)
SIGN, ANY, FULL = "sample.desk_sign", "sample.team_any", "sample.team_full"

# Communes proper have a sign, wards and townships do not; only the east district has teams, none is full.
_ROWS = """
select u.id, 'unit:' || u.id, u.name, {met}, null::timestamptz from units_unit u
where u.kind = 'commune' and (u.valid_from is null or u.valid_from <= %(on)s) {only}
"""
_EAST = """and u.id in (select c.descendant_id from units_closure c join units_unit d on d.id = c.ancestor_id
                        where d.key = 'huyen-dong')"""
_SQL = {
    SIGN: _ROWS.format(met="u.subkind = 'xa'", only=""),
    ANY: _ROWS.format(met="true", only=_EAST),
    FULL: _ROWS.format(met="false", only=_EAST),
}


def _indicator(code: str) -> Indicator:
    def rows(window: Window) -> RawRows:
        return RawRows(_SQL[code], {"on": window.on})

    return Indicator(
        code=code,
        title_vi=f"Chỉ số {code}",
        title_en=f"Indicator {code}",
        subject_vi="xã",
        nature="stock",
        version=1,
        rows=rows,
        evidence_url=lambda subject: f"/p0/diem/{subject.removeprefix('unit:')}",
    )


@contextmanager
def province() -> Iterator[None]:
    """Units, plan and counted figures of two periods, in the test's transaction."""
    with registered(*(_indicator(code) for code in _SQL)):
        with transaction.atomic():
            load_units(TINY / "units", system_actor("test"))
            load_plan(TINY, system_actor("test"), known_indicators=CODES)
        with transaction.atomic(), wide("test"):
            clock.set_business_date(DAY)
        count()
        yield


def count(*periods: Period) -> None:
    """Count everything for the running period and the one before."""
    for period in periods or (PERIOD.previous(), PERIOD):
        for code in _SQL:
            with transaction.atomic(), wide("test"):
                engine.refresh(code, period)


def client(role: Role, key: str = "tinh-mau") -> Client:
    """Somebody of this role at the unit, signed in, reading Vietnamese."""
    with transaction.atomic(), wide("test"):
        user = User.objects.create_user(username=f"{role}-{key}", full_name="Người Thử", password=None)
        Grant.objects.create(user=user, role=role, unit=resolve(key))
    found = Client(headers={"accept-language": "vi"})
    found.force_login(user)
    return found


def change_item(code: str, **values: Any) -> None:
    """Change an item of the plan behind its back."""
    with transaction.atomic(), wide("test"):
        assert Item.objects.filter(code=code).update(**values) == 1


def state(code: str, key: str, kind: str = "declared", *, period: Period = PERIOD, **values: Any) -> None:
    """A statement in force."""
    with transaction.atomic(), wide("test"):
        StatedFigure.objects.create(
            item=Item.objects.get(code=code),
            unit=resolve(key),
            period=period.key,
            kind=kind,
            document_number="12/BC",
            document_date=DAY,
            document_title="Báo cáo tháng",
            source="Văn phòng",
            signer="Bà Trần Thị Mẫu",
            stated_on=DAY,
            recorded_at=clock.now(),
            **values,
        )


def grow() -> None:
    """Twice the communes, with statements and earlier periods: the same pages, more data."""
    with transaction.atomic(), wide("test"):
        for district in ("huyen-dong", "huyen-tay"):
            parent = resolve(district)
            for number in range(20):
                unit = Unit.objects.create(
                    key=f"{district}-{number}",
                    kind=Kind.COMMUNE,
                    subkind="phuong",
                    name=f"Phường số {number}",
                )
                Placement.objects.create(unit=unit, parent=parent)
        rebuild()
    earlier = PERIOD.back(6)
    for period in earlier:
        state("R-1", "tinh-mau", period=period, value=50)
        state("P0-T1", "huyen-dong", period=period, numerator=1, denominator=3)
    count(*earlier)


def text_of(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())
