"""Every write to the plan besides loading it: goals that units adopt, readings that somebody decides."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.units.models import Unit
from dean06.plan.figures import pilot_of
from dean06.plan.models import AdoptedTarget, Item, ItemIndicator, Reading

_DOCUMENT_MAX = 300


def adopt_target(
    *, actor: Actor, item_id: int, unit_id: int, goal: Decimal, document: str, decided_on: datetime.date
) -> AdoptedTarget:
    """Record the goal (percent) that a unit's own plan sets for an item, replacing an earlier one.

    Raises Denied; NotFound; Invalid when the goal is no percentage, is below a binding goal, or the
    document is missing.
    """
    with transaction.atomic():
        item = _item(item_id)
        require(actor, Action.STATE_FIGURE, unit_id=unit_id, pilot=pilot_of(item))
        if not Unit.objects.filter(id=unit_id).exists():
            raise NotFound(_("Không có đơn vị này."))
        _refuse(_goal_reasons(item, goal) + _document_reasons(document))
        with wide("adopted targets are public; only their writing is reserved"):
            target, _created = AdoptedTarget.objects.update_or_create(
                item=item,
                unit_id=unit_id,
                defaults={"goal": goal, "document": document.strip(), "decided_on": decided_on},
            )
        audit.record(
            actor=actor,
            action="plan.adopt_target",
            object_type="item",
            object_id=item.code,
            unit_id=unit_id,
            detail={"goal": str(goal), "document": document.strip(), "decided_on": decided_on.isoformat()},
        )
        return target


def decide_reading(
    *, actor: Actor, item_id: int, reading: str, decided_by: str, document: str, decided_on: datetime.date
) -> Reading:
    """Record which reading of an ambiguous item holds, who decided it and in which document.

    The decision stays when the plan is loaded again, unless the plan's files carry a later one.
    Raises Denied; NotFound; Conflict when the item has no readings; Invalid.
    """
    with transaction.atomic():
        require(actor, Action.MANAGE_PLAN)
        with wide("a reading holds for the whole province"):
            item = _item(item_id)
            readings = {row.code: row for row in Reading.objects.select_for_update().filter(item=item)}
            if not readings:
                raise Conflict(_("Mục %(code)s chỉ có một cách đọc.") % {"code": item.code})
            unknown = [] if reading in readings else [Reason(_("không có cách đọc này"), _("Cách đọc"))]
            nobody = [] if decided_by.strip() else [Reason(_("không được để trống"), _("Người quyết định"))]
            _refuse(unknown + nobody + _document_reasons(document))
            chosen = _choose(item, readings[reading], decided_by.strip(), document.strip(), decided_on)
        audit.record(
            actor=actor,
            action="plan.decide_reading",
            object_type="item",
            object_id=item.code,
            unit_id=None,
            detail={"reading": reading, "document": document.strip(), "decided_on": decided_on.isoformat()},
        )
        return chosen


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


def _goal_reasons(item: Item, goal: Decimal) -> list[Reason]:
    field = _("Chỉ tiêu của đơn vị")
    if not goal.is_finite() or not 0 < goal <= 100 or goal != goal.quantize(Decimal("0.01")):
        return [Reason(_("phải là tỷ lệ phần trăm lớn hơn 0, không quá 100, hai chữ số thập phân"), field)]
    binding = item.binding == Item.Binding.BINDING and item.direction == Item.Direction.UP
    if binding and item.goal is not None and goal < item.goal:
        least = f"{item.goal.normalize():f}"
        return [Reason(_("kế hoạch bắt buộc ít nhất %(goal)s%%") % {"goal": least}, field)]
    return []


def _document_reasons(document: str) -> list[Reason]:
    field = _("Văn bản")
    if not document.strip():
        return [Reason(_("phải ghi số, ký hiệu văn bản"), field)]
    if len(document) > _DOCUMENT_MAX:
        return [Reason(_("dài quá %(max)d ký tự") % {"max": _DOCUMENT_MAX}, field)]
    return []


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Invalid(reasons)
