"""Adopted goals and decided readings: who may, what is refused, what is written."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from dean06.core import clock
from dean06.core.access.actor import Actor, GrantFact
from dean06.core.access.models import Role
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.units.models import Kind, Unit
from dean06.plan import actions, queries, standing
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
        ("P0-T1", "59.99", "12/KH", "kế hoạch bắt buộc ít nhất 60%"),
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
    with pytest.raises(Invalid, match="Cơ quan, chức vụ quyết định"):
        decide(system, "P0-T2", "full", by=" ")
    with pytest.raises(Conflict, match="chỉ có một cách đọc"):
        decide(system, "P0-T1", "single")
    with pytest.raises(Denied):
        decide(head_of(east), "P0-T2", "full")
    assert queries.item(tiny_plan, "P0-T2").readings.get(chosen=True).code == "any"


def test_a_binding_goal_of_less_is_not_raised(east: Unit) -> None:
    Item.objects.filter(code="P0-T1").update(direction="down")
    with pytest.raises(Invalid, match="kế hoạch bắt buộc không quá 60%"):
        adopt(head_of(east), east, "P0-T1", "61")
    assert adopt(head_of(east), east, "P0-T1", "60").goal == 60


def test_what_measures_nothing_has_no_goal(east: Unit) -> None:
    with pytest.raises(Conflict, match="không phải nội dung đo"):
        adopt(head_of(east), east, "P0-S1", "50")


def test_a_document_of_tomorrow_is_refused(tiny_plan: Plan, system: Actor, east: Unit) -> None:
    item = Item.objects.get(code="P0-T2")
    tomorrow = clock.today() + datetime.timedelta(days=1)
    proof: dict[str, Any] = {"actor": system, "item_id": item.id, "document": "1/KH", "decided_on": tomorrow}
    with pytest.raises(Invalid, match="không được sau ngày") as refused:
        actions.adopt_target(unit_id=east.id, goal=Decimal(100), **proof)
    assert refused.value.reasons[0].field == "Ngày văn bản"
    with pytest.raises(Invalid, match="không được sau ngày"):
        actions.decide_reading(reading="full", decided_by="UBND", **proof)


def test_a_goal_is_withdrawn_and_both_steps_stay_readable(tiny_plan: Plan, east: Unit) -> None:
    adopt(head_of(east), east, "M1-T1", "45.5")
    item = Item.objects.get(code="M1-T1")
    actions.withdraw_target(actor=head_of(east), item_id=item.id, unit_id=east.id)
    own = {
        entry.item.code: (entry.goal, entry.adopted) for entry in queries.items_of_unit(tiny_plan, east.id)
    }
    assert own["M1-T1"] == (Decimal(60), None)
    steps = standing.past_goals(item, east.id)
    assert [(step.goal, step.withdrawn) for step in steps] == [
        (Decimal("45.5"), True),
        (Decimal("45.5"), False),
    ]
    assert standing.past_goals(item, Unit.objects.get(key="huyen-tay").id) == []
    with pytest.raises(Conflict, match="không có mục tiêu ban hành"):
        actions.withdraw_target(actor=head_of(east), item_id=item.id, unit_id=east.id)


def test_nobody_withdraws_for_another_unit(east: Unit) -> None:
    adopt(head_of(east), east, "M1-T1", "45.5")
    item = Item.objects.get(code="M1-T1")
    with pytest.raises(Denied):
        actions.withdraw_target(
            actor=head_of(Unit.objects.get(key="huyen-tay")), item_id=item.id, unit_id=east.id
        )
    assert AdoptedTarget.objects.get().goal == Decimal("45.5")


def test_nothing_is_written_over_what_was_not_seen(tiny_plan: Plan, system: Actor, east: Unit) -> None:
    item, nothing = Item.objects.get(code="M1-T1"), standing.mark_of(None)
    proof: dict[str, Any] = {
        "actor": system,
        "item_id": item.id,
        "unit_id": east.id,
        "document": "1/KH",
        "decided_on": DAY,
    }
    first = actions.adopt_target(goal=Decimal(70), seen=nothing, **proof)
    with pytest.raises(Conflict, match="Người khác vừa ghi"):
        actions.adopt_target(goal=Decimal(80), seen=nothing, **proof)
    with pytest.raises(Conflict, match="Người khác vừa ghi"):
        actions.withdraw_target(actor=system, item_id=item.id, unit_id=east.id, seen=nothing)
    assert AdoptedTarget.objects.get().goal == 70
    actions.adopt_target(goal=Decimal(80), seen=standing.mark_of(first), **proof)
    assert AdoptedTarget.objects.get().goal == 80


def test_a_decision_is_not_written_over_another(tiny_plan: Plan, system: Actor) -> None:
    item = Item.objects.get(code="P0-T2")
    seen = standing.mark_of(standing.chosen_reading(item))
    decide(system, "P0-T2", "full")
    with pytest.raises(Conflict, match="Người khác vừa ghi"):
        actions.decide_reading(
            actor=system,
            item_id=item.id,
            reading="any",
            decided_by="Sở Mẫu",
            document="10/UBND",
            decided_on=DAY,
            seen=seen,
        )
    assert queries.item(tiny_plan, "P0-T2").readings.get(chosen=True).code == "full"


def test_earlier_decisions_stay_readable_down_to_the_files(tiny_plan: Plan, system: Actor) -> None:
    decide(system, "P0-T2", "full")
    decide(system, "P0-T2", "any", by="Sở Mẫu")
    steps = standing.past_decisions(Item.objects.get(code="P0-T2"))
    assert [(step.reading, step.decided_by, step.at is None) for step in steps] == [
        ("any", "Sở Mẫu", False),
        ("full", "UBND tỉnh Mẫu", False),
        ("any", "Sở Mẫu", True),
    ]
    assert (steps[0].document, steps[0].decided_on) == ("9/UBND", DAY)
    assert steps[2].decided_on == datetime.date(2023, 6, 20)
    assert standing.past_decisions(Item.objects.get(code="M1-T2")) == []
