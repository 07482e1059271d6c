"""Every write of this pilot: a record is added, corrected or withdrawn; nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.photos.actions import store_photo
from dean06.core.units.models import Unit
from dean06.pilots.guidance.models import Assignment, Officer, Record
from dean06.pilots.guidance.records import RecordKind, Values
from dean06.plan.engine import touch


def add_record(
    *, actor: Actor, kind: RecordKind, unit_id: int, values: Values, photo: bytes | None = None
) -> Record:
    """Write one record for a desk, post or unit, with its photo, and let its indicators be counted anew.

    Raises Denied, NotFound (no such unit in the actor's scope), Invalid (with the field and the reason).
    """
    with transaction.atomic():
        require(actor, Action.RECORD, unit_id=unit_id)
        unit = _unit(unit_id)
        _validate(kind, unit, values)
        record = kind.model(
            unit=unit,
            recorded_at=clock.now(),
            recorded_by_id=actor.user_id,
            **{**values, **_photo(actor, kind, unit, values, photo)},
        )
        _save(record)
        _done(actor, kind, record, "add", {name: str(value) for name, value in _public(kind, values).items()})
        return record


def revise_record(
    *,
    actor: Actor,
    kind: RecordKind,
    record_id: int,
    version: int,
    values: Values,
    photo: bytes | None = None,
) -> Record:
    """Correct a record. `version` is the one the user saw: Conflict when somebody changed it meanwhile."""
    with transaction.atomic():
        record = _locked(kind, record_id, version)
        require(actor, Action.RECORD, unit_id=record.unit_id)
        _validate(kind, record.unit, values)
        before = {name: str(getattr(record, name)) for name in _public(kind, values)}
        for name, value in {**values, **_photo(actor, kind, record.unit, values, photo)}.items():
            setattr(record, name, value)
        record.version += 1
        _save(record)
        after = {name: str(getattr(record, name)) for name in before}
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        _done(actor, kind, record, "revise", changed)
        return record


def revoke_record(*, actor: Actor, kind: RecordKind, record_id: int, version: int, reason: str) -> Record:
    """Withdraw a record with a reason; it stays readable and proves nothing any more."""
    if not reason.strip():
        raise Invalid([Reason(_("Hãy ghi lý do thu hồi."), field="reason")])
    with transaction.atomic():
        record = _locked(kind, record_id, version)
        require(actor, Action.RECORD, unit_id=record.unit_id)
        record.revoked_at, record.revoke_reason = clock.now(), reason.strip()
        record.version += 1
        record.save()
        _done(actor, kind, record, "revoke", {})
        return record


def restore_record(*, actor: Actor, kind: RecordKind, record_id: int, version: int) -> Record:
    """Undo a withdrawal."""
    with transaction.atomic():
        record = _locked(kind, record_id, version, revoked=True)
        require(actor, Action.RECORD, unit_id=record.unit_id)
        record.revoked_at, record.revoke_reason = None, ""
        record.version += 1
        _save(record)
        _done(actor, kind, record, "restore", {})
        return record


def import_records(*, actor: Actor, kind: RecordKind, rows: Sequence[tuple[int, int, Values]]) -> int:
    """Write many records, all or none. Each row: (row number in the sheet, unit id, values).

    Raises Invalid with every bad row named; returns how many were written.
    """
    reasons: list[Reason] = []
    with transaction.atomic():
        require(actor, Action.IMPORT)
        for number, unit_id, values in rows:
            try:
                with transaction.atomic():
                    add_record(actor=actor, kind=kind, unit_id=unit_id, values=values)
            except Invalid as error:
                reasons += [Reason(reason.message, reason.field, number) for reason in error.reasons]
            except NotFound as error:
                reasons.append(Reason(error.message, "unit", number))
        if reasons:
            raise Invalid(reasons)
    return len(rows)


def _unit(unit_id: int) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này."))
    return unit


def _validate(kind: RecordKind, unit: Unit, values: Values) -> None:
    reasons: list[Reason] = []
    if kind.unit_kinds and unit.kind not in kind.unit_kinds:
        reasons.append(
            Reason(_("“%(unit)s” không ghi loại bản ghi này.") % {"unit": unit.name}, field="unit")
        )
    today = clock.today()
    day = values.get(kind.day_field)
    if day is not None and day > today:
        reasons.append(Reason(_("Ngày này ở tương lai."), field=kind.day_field))
    if unit.valid_to is not None and day is not None and day >= unit.valid_to:
        text = _("Đơn vị đã kết thúc hoạt động từ %(day)s.") % {"day": f"{unit.valid_to:%d/%m/%Y}"}
        reasons.append(Reason(text, field=kind.day_field))
    for check in kind.checks:
        reasons += check(unit, values)
    if reasons:
        raise Invalid(reasons)


def _photo(
    actor: Actor, kind: RecordKind, unit: Unit, values: Values, photo: bytes | None
) -> Mapping[str, object]:
    if photo is None or not kind.photo:
        return {}
    stored = store_photo(actor=actor, unit_id=unit.pk, data=photo, taken_on=values.get(kind.day_field))
    return {"photo": stored}


def _locked(kind: RecordKind, record_id: int, version: int, *, revoked: bool = False) -> Record:
    manager: Any = kind.model._default_manager
    record: Record | None = (
        manager.select_for_update(of=("self",)).select_related("unit").filter(pk=record_id).first()
    )
    if record is None:
        raise NotFound(_("Không tìm thấy bản ghi này."))
    if record.version != version:
        raise Conflict(_("Bản ghi vừa được người khác sửa. Hãy tải lại trang để xem nội dung mới."))
    if (record.revoked_at is not None) != revoked:
        raise Conflict(_("Bản ghi này không ở trạng thái cho phép thao tác."))
    return record


def _save(record: Record) -> None:
    try:
        record.full_clean(exclude={"recorded_by"})
        with transaction.atomic():
            record.save()
    except ValidationError as error:
        raise Invalid(
            [
                Reason(text, field=None if name == "__all__" else name)
                for name, texts in error.message_dict.items()
                for text in texts
            ]
        ) from error
    except IntegrityError as error:
        raise Invalid([Reason(_("Bản ghi này đã có hoặc mâu thuẫn với bản ghi khác."))]) from error


def _public(kind: RecordKind, values: Values) -> dict[str, Any]:
    """The values that may stand in the audit: no person's name."""
    return {
        name: value for name, value in values.items() if not (kind.model is Officer and name == "full_name")
    }


def _done(actor: Actor, kind: RecordKind, record: Record, verb: str, detail: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        action=f"guidance.{verb}",
        object_type=f"guidance.{kind.slug}",
        object_id=record.pk,
        unit_id=record.unit_id,
        detail=detail,
    )
    if not kind.indicators:
        return
    for unit_id in _moved_units(kind, record):
        touch(unit_id=unit_id, codes=kind.indicators)


def _moved_units(kind: RecordKind, record: Record) -> set[int]:
    """The units whose figures a record moves: a training moves every point its officer is assigned to."""
    officer_id = getattr(record, "officer_id", None) if kind.slug == "tap-huan" else None
    if officer_id is None:
        return {record.unit_id}
    with wide("an officer may guide at points outside the scope of who records the training"):
        points = set(Assignment.objects.filter(officer_id=officer_id).values_list("unit_id", flat=True))
    return points or {record.unit_id}
