"""One record: added, corrected, ended, withdrawn, restored."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.errors import Invalid, Reason
from dean06.pilots.guidance.actions.checks import faults, save, unit_of
from dean06.pilots.guidance.actions.saving import (
    changes,
    derived,
    locked,
    move,
    moved_units,
    photo_of,
    public,
    tell,
)
from dean06.pilots.guidance.models import Record
from dean06.pilots.guidance.records import PILOT, RecordKind, Values


def add_record(
    *, actor: Actor, kind: RecordKind, unit_id: int, values: Values, photo: bytes | None = None
) -> Record:
    """Write one record for a desk, post or unit, with its photo, and let its indicators be counted anew.

    Raises Denied, NotFound (no such unit), Invalid (with the field and the reason).
    """
    with transaction.atomic():
        require(actor, Action.RECORD, unit_id=unit_id, pilot=PILOT)
        unit = unit_of(unit_id)
        _refuse(faults(kind, unit, values))
        record = kind.model(
            unit=unit,
            recorded_at=clock.now(),
            recorded_by_id=actor.user_id,
            **{**values, **derived(kind, values), **photo_of(actor, kind, unit, values, photo)},
        )
        save(record)
        tell(actor, kind, record, "add", public(values))
        move(kind, moved_units(kind, [record]))
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
    """Correct a record. `version` is the one the user saw: Conflict when somebody changed it meanwhile.

    Raises Denied, NotFound, Conflict, Invalid.
    """
    with transaction.atomic():
        record = locked(actor, kind, record_id, version)
        return _rewrite(actor, kind, record, values, verb="revise", photo=photo)


def end_record(*, actor: Actor, kind: RecordKind, record_id: int, version: int, day: date) -> Record:
    """From `day` on the fact no longer holds: taken down, no longer shown, no longer assigned.

    What it proved before that day stays proved. Raises Denied, NotFound, Conflict, Invalid.
    """
    if not kind.end_field:
        raise Invalid(_("Loại bản ghi này không có ngày kết thúc."))
    with transaction.atomic():
        record = locked(actor, kind, record_id, version)
        values = {name: getattr(record, name) for name in kind.fields} | {kind.end_field: day}
        return _rewrite(actor, kind, record, values, verb="end", photo=None)


def revoke_record(*, actor: Actor, kind: RecordKind, record_id: int, version: int, reason: str) -> Record:
    """Withdraw a record with a reason; it stays readable and proves nothing any more.

    Raises Denied, NotFound, Conflict, Invalid (no reason).
    """
    if not reason.strip():
        raise Invalid([Reason(_("Hãy ghi lý do thu hồi."), field="reason")])
    with transaction.atomic():
        record = locked(actor, kind, record_id, version)
        record.revoked_at, record.revoke_reason = clock.now(), reason.strip()
        return _restate(actor, kind, record, "revoke")


def restore_record(*, actor: Actor, kind: RecordKind, record_id: int, version: int) -> Record:
    """Undo a withdrawal. Raises Denied, NotFound, Conflict, Invalid (the same was recorded again since)."""
    with transaction.atomic():
        record = locked(actor, kind, record_id, version, revoked=True)
        record.revoked_at, record.revoke_reason = None, ""
        return _restate(actor, kind, record, "restore")


def _restate(actor: Actor, kind: RecordKind, record: Record, verb: str) -> Record:
    record.version += 1
    save(record)
    tell(actor, kind, record, verb, {})
    move(kind, moved_units(kind, [record]))
    return record


def _rewrite(
    actor: Actor, kind: RecordKind, record: Record, values: Values, *, verb: str, photo: bytes | None
) -> Record:
    before: dict[str, Any] = {name: getattr(record, name) for name in values}
    _refuse(faults(kind, record.unit, {**{n: getattr(record, n) for n in kind.fields}, **values}))
    moved = moved_units(kind, [record])
    new_photo = photo_of(actor, kind, record.unit, values, photo)
    for name, value in {**values, **derived(kind, values), **new_photo}.items():
        setattr(record, name, value)
    record.version += 1
    save(record)
    detail = changes(before, values)
    if new_photo:
        detail["photo"] = ["", _("ảnh mới")]
    tell(actor, kind, record, verb, detail)
    move(kind, moved | moved_units(kind, [record]))
    return record


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Invalid(reasons)
