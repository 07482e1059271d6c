"""Every write to the plan besides loading it: goals that units adopt, readings that somebody decides."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.units.models import Unit
from dean06.plan import queries, standing
from dean06.plan.figures import pilot_of
from dean06.plan.models import AdoptedTarget, Item, ItemIndicator, Reading

DOCUMENT_MAX = 300  # characters
BY_MAX = 600


def adopt_target(
    *,
    actor: Actor,
    item_id: int,
    unit_id: int,
    goal: Decimal,
    document: str,
    decided_on: datetime.date,
    seen: str | None = None,
) -> AdoptedTarget:
    """Record the goal (percent) that a unit's own plan sets for an item, replacing an earlier one.

    `seen`: the mark (`standing.mark_of`) of what the writer saw; None writes over whatever stands.
    Raises Denied; NotFound; Conflict when something else stands by now or the item measures nothing;
    Invalid when the goal is no percentage, is weaker than a binding goal, the document is missing or its
    day has not come.
    """
    with transaction.atomic():
        item = _item_to_set(actor, item_id, unit_id)
        if item.known_by == Item.KnownBy.NONE:
            raise Conflict(_("Mục %(code)s không phải nội dung đo, không có mục tiêu.") % {"code": item.code})
        before = standing.adopted_target(item, unit_id)
        _same(seen, before)
        _refuse(_goal_reasons(item, goal) + _document_reasons(document) + _day_reasons(decided_on))
        values = {"goal": goal, "document": document.strip(), "decided_on": decided_on}
        with wide("adopted targets are public; only their writing is reserved"):
            target, _made = AdoptedTarget.objects.update_or_create(values, item=item, unit_id=unit_id)
        _tell(actor, standing.ADOPTED, item, unit_id, standing.values_of(target) | _before(before))
        return target


def withdraw_target(*, actor: Actor, item_id: int, unit_id: int, seen: str | None = None) -> None:
    """Take back the goal that a unit adopted: the plan's own goal holds for it again.

    `seen` as in `adopt_target`. Raises Denied; NotFound; Conflict when the unit has none, or another by now.
    """
    with transaction.atomic():
        item = _item_to_set(actor, item_id, unit_id)
        before = standing.adopted_target(item, unit_id)
        if before is None:
            raise Conflict(_("Đơn vị không có mục tiêu ban hành nào cho mục %(code)s.") % {"code": item.code})
        _same(seen, before)
        with wide("adopted targets are public; only their writing is reserved"):
            AdoptedTarget.objects.filter(item=item, unit_id=unit_id).delete()
        _tell(actor, standing.WITHDRAWN, item, unit_id, standing.values_of(before))


def decide_reading(
    *,
    actor: Actor,
    item_id: int,
    reading: str,
    decided_by: str,
    document: str,
    decided_on: datetime.date,
    seen: str | None = None,
    with_same: bool = False,
) -> Reading:
    """Record which reading of an ambiguous item holds, which body or office decided it, in which document.

    The decision stays when the plan is loaded again, unless the plan's files carry a later one. `seen` as in
    `adopt_target`. `with_same`: the items of `queries.same_readings` are decided alike, all or none.
    Raises Denied; NotFound; Conflict when the item has no readings or another decision stands by now;
    Invalid.
    """
    with transaction.atomic():
        require(actor, Action.MANAGE_PLAN)
        with wide("a reading holds for the whole province"):
            item, readings = _readings(item_id)
            before = standing.chosen_reading(item)
            _same(seen, before)
            unknown = [] if reading in readings else [Reason(_("không có cách đọc này"), _("Cách đọc"))]
            proof = _document_reasons(document) + _day_reasons(decided_on)
            _refuse(unknown + _by_reasons(decided_by) + proof)
            by, proved = decided_by.strip(), document.strip()
            steps = [(item, before, _choose(item, readings[reading], by, proved, decided_on))]
            for same in queries.same_readings(item) if with_same else []:
                stood, known = standing.chosen_reading(same), _readings(same.pk)[1]
                steps.append((same, stood, _choose(same, known[reading], by, proved, decided_on)))
        for one, stood, chosen in steps:
            _tell(actor, standing.DECIDED, one, None, standing.values_of(chosen) | _before(stood))
        return steps[0][2]


def _readings(item_id: int) -> tuple[Item, dict[str, Reading]]:
    """The item and its readings by code, locked. Raises NotFound, Conflict when there are none."""
    item = _item(item_id)
    readings = {row.code: row for row in Reading.objects.select_for_update().filter(item=item)}
    if not readings:
        raise Conflict(_("Mục %(code)s chỉ có một cách đọc.") % {"code": item.code})
    return item, readings


def _choose(item: Item, chosen: Reading, by: str, document: str, on: datetime.date) -> Reading:
    none = {"chosen": False, "decided_by": "", "decided_on": None}
    Reading.objects.filter(item=item).update(**none, document="", decided_in_system=False)
    ItemIndicator.objects.filter(item=item).update(**none)
    decision = {"chosen": True, "decided_by": by, "decided_on": on}
    Reading.objects.filter(id=chosen.id).update(**decision, document=document, decided_in_system=True)
    ItemIndicator.objects.filter(item=item, reading=chosen.code).update(**decision)
    chosen.refresh_from_db()
    return chosen


def _item(item_id: int) -> Item:
    item = Item.objects.filter(id=item_id).first()
    if item is None:
        raise NotFound(_("Không có mục này trong kế hoạch."))
    return item


def _item_to_set(actor: Actor, item_id: int, unit_id: int) -> Item:
    """The item, locked so that two who set goals for it wait for each other. Raises Denied, NotFound."""
    require(actor, Action.STATE_FIGURE, unit_id=unit_id, pilot=pilot_of(_item(item_id)))
    if not Unit.objects.filter(id=unit_id).exists():
        raise NotFound(_("Không có đơn vị này."))
    with wide("the lock of an item belongs to no unit"):
        return Item.objects.select_for_update(of=("self",), no_key=True).get(id=item_id)


def _same(seen: str | None, stands: AdoptedTarget | Reading | None) -> None:
    """Raises Conflict when what stands is not what the writer saw."""
    if seen is not None and seen != standing.mark_of(stands):
        message = _(
            "Người khác vừa ghi nội dung khác; hãy xem nội dung đang áp dụng, rồi ghi lại nếu vẫn muốn."
        )
        raise Conflict(message)


def _before(row: AdoptedTarget | Reading | None) -> dict[str, object]:
    """What stood before, for the record of actions."""
    return {"before": None if row is None else standing.values_of(row)}


def _tell(actor: Actor, action: str, item: Item, unit_id: int | None, detail: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="item",
        object_id=item.code,
        unit_id=unit_id,
        detail={"item": item.pk, **detail},
    )


def _goal_reasons(item: Item, goal: Decimal) -> list[Reason]:
    field = _("Mục tiêu của đơn vị")
    if not goal.is_finite() or not 0 < goal <= 100 or goal != goal.quantize(Decimal("0.01")):
        return [
            Reason(_("phải là tỷ lệ phần trăm lớn hơn 0, không quá 100, tối đa hai chữ số thập phân"), field)
        ]
    if item.binding != Item.Binding.BINDING or item.goal is None:
        return []
    asked = {"goal": f"{item.goal.normalize():f}"}
    if item.direction == Item.Direction.UP and goal < item.goal:
        return [Reason(_("kế hoạch bắt buộc ít nhất %(goal)s%%") % asked, field)]
    if item.direction == Item.Direction.DOWN and goal > item.goal:
        return [Reason(_("kế hoạch bắt buộc không quá %(goal)s%%") % asked, field)]
    return []


def _by_reasons(decided_by: str) -> list[Reason]:
    field = _("Cơ quan, chức vụ quyết định")
    if not decided_by.strip():
        return [Reason(_("không được để trống"), field)]
    if len(decided_by) > BY_MAX:
        return [Reason(_("dài quá %(max)d ký tự") % {"max": BY_MAX}, field)]
    return []


def _day_reasons(day: datetime.date) -> list[Reason]:
    today = clock.today()
    if day <= today:
        return []
    message = _("không được sau ngày %(today)s") % {"today": f"{today:%d/%m/%Y}"}
    return [Reason(message, _("Ngày văn bản"))]


def _document_reasons(document: str) -> list[Reason]:
    field = _("Văn bản")
    if not document.strip():
        return [Reason(_("phải ghi số, ký hiệu văn bản"), field)]
    if len(document) > DOCUMENT_MAX:
        return [Reason(_("dài quá %(max)d ký tự") % {"max": DOCUMENT_MAX}, field)]
    return []


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Invalid(reasons)
