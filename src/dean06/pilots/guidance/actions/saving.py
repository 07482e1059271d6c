"""Steps that every write of a record shares: found under a lock, told to the audit, figures moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from dean06.core import audit
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.photos.actions import store_photo
from dean06.core.units.models import Unit
from dean06.pilots.guidance.models import Assignment, Officer, Record
from dean06.pilots.guidance.records import PILOT, RecordKind, Values
from dean06.plan.engine import touch, touch_all

PERSONAL = "full_name"
MANY_UNITS = 20  # from so many units on, counting every unit once is cheaper than each by itself


def locked(actor: Actor, kind: RecordKind, record_id: int, version: int, *, revoked: bool = False) -> Record:
    """The record, locked, when the actor may write it and it is still as he saw it.

    Raises NotFound, Denied, Conflict (changed meanwhile, or not in the state that the action needs).
    """
    manager: Any = kind.model._default_manager
    record: Record | None = (
        manager.select_for_update(of=("self",)).select_related("unit").filter(pk=record_id).first()
    )
    if record is None:
        raise NotFound(_("Không tìm thấy bản ghi này."))
    require(actor, Action.RECORD, unit_id=record.unit_id, pilot=PILOT)
    if record.version != version:
        raise Conflict(_("Bản ghi vừa được người khác sửa. Hãy tải lại trang để xem nội dung mới."))
    if (record.revoked_at is not None) != revoked:
        state = _("đang còn hiệu lực") if revoked else _("đã được thu hồi")
        raise Conflict(_("Bản ghi này %(state)s, không thực hiện được việc này.") % {"state": state})
    return record


def derived(kind: RecordKind, values: Values) -> dict[str, Any]:
    """Values a record carries beside those that people give."""
    officer = values.get("officer")
    has_label = any(field.name == "officer_label" for field in kind.model._meta.fields)
    return {"officer_label": officer.label} if has_label and isinstance(officer, Officer) else {}


def photo_of(
    actor: Actor, kind: RecordKind, unit: Unit, values: Values, photo: bytes | None
) -> Mapping[str, object]:
    """The stored photo as a value of the record. Raises Invalid naming the field "photo"."""
    if photo is None or not kind.photo:
        return {}
    try:
        stored = store_photo(
            actor=actor, unit_id=unit.pk, data=photo, taken_on=values.get(kind.day_field), pilot=PILOT
        )
    except Invalid as error:
        raise Invalid([Reason(reason.message, field="photo") for reason in error.reasons]) from error
    return {"photo": stored}


def public(values: Values) -> dict[str, str]:
    """The values that may stand in the audit: no person's name."""
    return {name: _text(value) for name, value in values.items() if name != PERSONAL}


def changes(before: Values, after: Values) -> dict[str, object]:
    """What a correction changed, for the audit; of a name only that it changed."""
    old, new = public(before), public(after)
    found: dict[str, object] = {
        name: [old.get(name, ""), new[name]] for name in new if old.get(name) != new[name]
    }
    if PERSONAL in after and before.get(PERSONAL) != after[PERSONAL]:
        found["personal"] = [PERSONAL]
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value)


def tell(actor: Actor, kind: RecordKind, record: Record, verb: str, detail: Mapping[str, object]) -> None:
    """Write the audit row of one step of a record."""
    audit.record(
        actor=actor,
        action=f"guidance.{verb}",
        object_type=f"guidance.{kind.slug}",
        object_id=record.pk,
        unit_id=record.unit_id,
        detail=detail,
    )


def moved_units(kind: RecordKind, records: Sequence[Record]) -> set[int]:
    """The units whose figures records move: what is known of an officer moves every point he guides at."""
    if kind.slug == "can-bo":
        officers = {record.pk for record in records}
    elif kind.slug == "tap-huan":
        officers = {getattr(record, "officer_id", 0) for record in records}
    else:
        return {record.unit_id for record in records}
    with wide("an officer may guide at points outside the scope of who writes about him"):
        return set(Assignment.objects.filter(officer_id__in=officers).values_list("unit_id", flat=True))


def move(kind: RecordKind, units: set[int]) -> None:
    """Ask for the figures of these units to be counted anew; call it last in an action."""
    if not kind.indicators:
        return
    if len(units) >= MANY_UNITS:
        touch_all(kind.indicators)
        return
    for unit_id in sorted(units):
        touch(unit_id=unit_id, codes=kind.indicators)
