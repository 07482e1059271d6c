"""Adopted goals and decided readings: who may, what is refused, what is written."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from dean06.core.access.actor import Actor, GrantFact
from dean06.core.access.models import Role
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.units.models import Kind, Unit
from dean06.plan import actions, queries
from dean06.plan.models import AdoptedTarget, Item, Plan

DAY = datetime.date(2023, 7, 1)


def head_of(unit: Unit) -> Actor:
    grant = GrantFact(Role.UNIT_HEAD, unit.id, unit.name, Kind(unit.kind), frozenset(), personal_data=False)
    return Actor(user_id=7, username="dung", full_name="Dũng", grants=(grant,))


def adopt(actor: Actor, unit: Unit, code: str, goal: str, document: str = "12/KH-UBND") -> AdoptedTarget:
    item = Item.objects.get(code=code)
    return actions.adopt_target(
        actor=actor, item_id=item.id, unit_id=unit.id, goal=Decimal(goal), document=document, decided_on=DAY
    )


@pytest.fixture
def east(tiny_plan: Plan) -> Unit:
    return Unit.objects.get(key="huyen-dong")


def test_a_unit_adopts_a_goal_of_its_own(tiny_plan: Plan, east: Unit) -> None:
    adopt(head_of(east), east, "M1-T1", "45.5")
    adopt(head_of(east), east, "M1-T1", "70")
    assert AdoptedTarget.objects.get().goal == 70
    own = {entry.item.code: entry.goal for entry in queries.items_of_unit(tiny_plan, east.id)}
    assert own == {"M1-T1": Decimal(70), "M1-T2": Decimal("12.5"), "R-1": None}
    entries = AuditEntry.objects.filter(action="plan.adopt_target").order_by("id")
    assert [entry.detail["goal"] for entry in entries] == ["45.5", "70"]
    assert {entry.unit_id for entry in entries} == {east.id}


@pytest.mark.parametrize(
    ("code", "goal", "document", "reason"),
    [
        ("M1-T1", "0", "12/KH", "lớn hơn 0"),
        ("M1-T1", "100.01", "12/KH", "không quá 100"),
        ("M1-T1", "50.005", "12/KH", "hai chữ số thập phân"),
        ("M1-T1", "NaN", "12/KH", "lớn hơn 0"),
        ("M1-T1", "50", "  ", "phải ghi số, ký hiệu văn bản"),
        ("M1-T1", "50", "x" * 301, "dài quá 300 ký tự"),
        ("P0-T2", "99", "12/KH", "kế hoạch bắt buộc ít nhất 100%"),
    ],
)
def test_a_goal_that_cannot_be_adopted(east: Unit, code: str, goal: str, document: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        adopt(head_of(east), east, code, goal, document)
    assert not AdoptedTarget.objects.exists()


def test_nobody_adopts_for_another_unit(east: Unit) -> None:
    west = Unit.objects.get(key="huyen-tay")
    with pytest.raises(Denied):
        adopt(head_of(east), west, "M1-T1", "50")
    assert not AdoptedTarget.objects.exists()


def test_unknown_items_are_named(east: Unit, system: Actor) -> None:
    with pytest.raises(NotFound):
        actions.adopt_target(
            actor=system, item_id=0, unit_id=east.id, goal=Decimal(50), document="1", decided_on=DAY
        )


def decide(actor: Actor, code: str, reading: str, by: str = "UBND tỉnh Mẫu") -> None:
    item = Item.objects.get(code=code)
    actions.decide_reading(
        actor=actor, item_id=item.id, reading=reading, decided_by=by, document="9/UBND", decided_on=DAY
    )


def test_a_reading_is_decided_by_somebody(tiny_plan: Plan, system: Actor) -> None:
    decide(system, "P0-T2", "full")
    item = queries.item(tiny_plan, "P0-T2")
    assert [(r.code, r.chosen, r.decided_by) for r in item.readings.all()] == [
        ("any", False, ""),
        ("full", True, "UBND tỉnh Mẫu"),
    ]
    assert {(i.indicator, i.chosen) for i in item.indicators.all()} == {
        ("sample.team_any", False),
        ("sample.team_full", True),
    }
    assert AuditEntry.objects.get(action="plan.decide_reading").object_id == "P0-T2"


def test_a_reading_without_indicator_can_be_decided(tiny_plan: Plan, system: Actor) -> None:
    decide(system, "M1-T2", "product")
    assert queries.item(tiny_plan, "M1-T2").readings.get(chosen=True).code == "product"


def test_decisions_that_are_refused(tiny_plan: Plan, system: Actor, east: Unit) -> None:
    with pytest.raises(Invalid, match="không có cách đọc này"):
        decide(system, "P0-T2", "both")
    with pytest.raises(Invalid, match="Người quyết định"):
        decide(system, "P0-T2", "full", by=" ")
    with pytest.raises(Conflict, match="chỉ có một cách đọc"):
        decide(system, "P0-T1", "single")
    with pytest.raises(Denied):
        decide(head_of(east), "P0-T2", "full")
    assert queries.item(tiny_plan, "P0-T2").readings.get(chosen=True).code == "any"
