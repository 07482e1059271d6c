"""A province of two communes with their desks and posts, people with grants, and records by hand."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.test import Client
from PIL import Image

from dean06.core import clock
from dean06.core.access.actor import Actor, actor_for
from dean06.core.access.models import Grant, Role, User
from dean06.core.rules.models import Rule
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.models import (
    Assignment,
    Material,
    Officer,
    ProcedureList,
    Training,
    Video,
    VideoShowing,
)
from tests.core.units.trees import unit

TODAY = date(2023, 12, 10)
NAME = "Trần Thị Hoa Tiêu"  # a name that stands nowhere else
STAMP = datetime(2023, 6, 1, 8, tzinfo=clock.VIETNAM)


@dataclass(frozen=True)
class World:
    """What `build` made."""

    province: Unit
    commune: Unit
    other: Unit
    desk: Unit
    post: Unit
    other_desk: Unit
    users: dict[str, User]

    def actor(self, name: str) -> Actor:
        """The actor behind a user; call inside a transaction."""
        return actor_for(self.users[name])

    def client(self, name: str) -> Client:
        """A browser signed in as a user."""
        client = Client(raise_request_exception=True)
        client.force_login(self.users[name])
        return client


def build() -> World:
    """The units, one account a role, the rules; call inside a wide scope. Sets the business date."""
    clock.set_business_date(TODAY)
    province = unit("tinh", "Tỉnh Mẫu", Kind.PROVINCE)
    district = unit("huyen", "Huyện Mẫu", Kind.DISTRICT, under=province)
    commune = unit("xa-mot", "Xã Một", under=district)
    other = unit("xa-hai", "Xã Hai", under=district)
    desk = unit("mot-cua-1", "Một cửa xã Một", Kind.ONE_STOP_DESK, under=commune)
    post = unit("cong-an-1", "Công an xã Một", Kind.POLICE_POST, under=commune)
    other_desk = unit("mot-cua-2", "Một cửa xã Hai", Kind.ONE_STOP_DESK, under=other)
    Unit.objects.filter(pk__in=[desk.pk, other_desk.pk]).update(subkind="commune")
    rebuild()
    for code, value in (("guidance.material_check_days", 90), ("guidance.equipment_check_days", 180)):
        Rule.objects.create(code=code, value=value, valid_from=date(2020, 1, 1), citation="thử")
    users = {
        name: account(name, role, at, personal=personal)
        for name, role, at, personal in (
            ("lead", Role.PILOT_LEAD, province, True),
            ("officer", Role.UNIT_OFFICER, commune, True),
            ("unnamed", Role.UNIT_OFFICER, commune, False),
            ("neighbour", Role.UNIT_OFFICER, other, True),
            ("desk", Role.DESK_OFFICER, desk, False),
            ("auditor", Role.AUDITOR, province, False),
            ("leader", Role.PROVINCE_LEADER, province, False),
            ("head", Role.UNIT_HEAD, district, True),
        )
    }
    users["stranger"] = User.objects.create_user(username="stranger", full_name="Không quyền", password=None)
    desk.refresh_from_db()
    return World(province, commune, other, desk, post, other_desk, users)


def account(name: str, role: Role, at: Unit, *, personal: bool = False) -> User:
    user = User.objects.create_user(username=name, full_name=f"Tài khoản {name}", password=None)
    Grant.objects.create(user=user, role=role, unit=at, personal_data=personal)
    return user


def photo(colour: str = "navy") -> bytes:
    """A small real photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def video(at: Unit, title: str = "Nộp hồ sơ", **more: Any) -> Video:
    given: dict[str, Any] = {"approved_on": date(2023, 6, 1), "approval": "PD-1"} | more
    return Video.objects.create(unit=at, title=title, procedure="Khai sinh", **given)


def showing(at: Unit, of: Video, **more: Any) -> VideoShowing:
    given: dict[str, Any] = {"shown_from": date(2023, 7, 1), "channel": "screen"} | more
    return VideoShowing.objects.create(unit=at, video=of, recorded_at=STAMP, **given)


def material(at: Unit, **more: Any) -> Material:
    given: dict[str, Any] = {"kind": "poster", "title": "Tiện ích", "hung_on": date(2023, 11, 1)} | more
    return Material.objects.create(unit=at, recorded_at=STAMP, **given)


def officer(at: Unit, code: str = "CB-1", name: str = NAME, **more: Any) -> Officer:
    given: dict[str, Any] = {"position": "Công chức", "valid_from": date(2021, 1, 1)} | more
    return Officer.objects.create(unit=at, recorded_at=STAMP, staff_code=code, full_name=name, **given)


def assignment(at: Unit, who: Officer, **more: Any) -> Assignment:
    given: dict[str, Any] = {"document": "LT-1", "valid_from": date(2023, 7, 1)} | more
    return Assignment.objects.create(
        unit=at, officer=who, officer_label=who.label, recorded_at=STAMP, **given
    )


def training(who: Officer, passed_on: date = date(2023, 7, 1), **more: Any) -> Training:
    given: dict[str, Any] = {"course": "Lớp 1", "certificate": "CN-1"} | more
    return Training.objects.create(
        unit=who.unit, officer=who, officer_label=who.label, recorded_at=STAMP, passed_on=passed_on, **given
    )


def procedure_list(code: str = "xa-1", **more: Any) -> ProcedureList:
    given: dict[str, Any] = {"level": "commune", "document": "QĐ 1", "valid_from": date(2023, 6, 1)} | more
    return ProcedureList.objects.create(code=code, **given)
