"""Many records at once from a sheet: all rows or none, every fault named by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import UniqueConstraint
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import Invalid, Reason
from dean06.core.units.models import Unit
from dean06.pilots.guidance.actions.checks import collision, faults, wrong_values
from dean06.pilots.guidance.actions.saving import derived, move, moved_units, public, tell
from dean06.pilots.guidance.models import Record
from dean06.pilots.guidance.records import PILOT, RecordKind, Values

Rows = Sequence[tuple[int, int, Values]]
_CAP = 200  # reasons told one by one
_BATCH = 1000


def import_records(*, actor: Actor, kind: RecordKind, rows: Rows) -> int:
    """Write many records, all or none. Each row: (row number in the sheet, unit id, values).

    Raises Denied, or Invalid with every bad row named (the first 200, then a count); returns how many
    records were written.
    """
    with transaction.atomic():
        require(actor, Action.IMPORT, pilot=PILOT)
        records, reasons = _drafts(actor, kind, rows)
        reasons += _repeated(kind, rows)
        if not reasons:
            reasons += _existing(kind, rows)
        if reasons:
            raise Invalid(_capped(sorted(reasons, key=lambda reason: reason.row or 0)))
        _write(actor, kind, records, [values for _row, _unit, values in rows])
        return len(records)


def _drafts(actor: Actor, kind: RecordKind, rows: Rows) -> tuple[list[Record], list[Reason]]:
    """A record for each row the actor may write, not stored yet; what is wrong with each row by itself."""
    units = _writable(actor, rows)
    records: list[Record] = []
    reasons: list[Reason] = []
    now = clock.now()
    for number, unit_id, values in rows:
        unit = units.get(unit_id)
        if unit is None:
            text = _("Anh/chị không có quyền ghi cho đơn vị này.")
            reasons.append(Reason(text, field="unit", row=number))
            continue
        own = {**values, **derived(kind, values)}
        record = kind.model(unit=unit, recorded_at=now, recorded_by_id=actor.user_id, **own)
        records.append(record)
        reasons += _at(number, [*faults(kind, unit, values), *wrong_values(record)])
    return records, reasons


def _writable(actor: Actor, rows: Rows) -> dict[int, Unit]:
    """The units of the rows that the actor may write for, by id."""
    units = Unit.objects.in_bulk({unit_id for _row, unit_id, _values in rows})
    return {
        unit_id: unit
        for unit_id, unit in units.items()
        if may(actor, Action.IMPORT, unit_id=unit_id, pilot=PILOT)
    }


def _write(actor: Actor, kind: RecordKind, records: list[Record], values: Iterable[Values]) -> None:
    manager: Any = kind.model._default_manager
    try:
        with transaction.atomic():
            manager.bulk_create(records, batch_size=_BATCH)
    except IntegrityError as error:  # somebody else wrote the same at this moment
        raise Invalid([collision(error)]) from error
    for record, given in zip(records, values, strict=True):
        tell(actor, kind, record, "add", public(given))
    move(kind, moved_units(kind, records))


def _at(number: int, reasons: Iterable[Reason]) -> list[Reason]:
    return [Reason(reason.message, reason.field, number) for reason in reasons]


def _capped(reasons: list[Reason]) -> list[Reason]:
    if len(reasons) <= _CAP:
        return reasons
    more = Reason(_("và %(count)s lỗi khác") % {"count": len(reasons) - _CAP})
    return [*reasons[:_CAP], more]


def unique_fields(kind: RecordKind) -> tuple[str, ...]:
    """The fields that together may occur once among records in force."""
    for field in kind.model._meta.fields:
        if field.unique and not field.primary_key:
            return (field.name,)
    for constraint in kind.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            return tuple(constraint.fields)
    return ()


def _key(fields: tuple[str, ...], unit_id: int, values: Mapping[str, Any]) -> tuple[object, ...]:
    found = ({"unit": unit_id} | dict(values)).get
    return tuple(v.pk if isinstance(v := found(name), models.Model) else v for name in fields)


def _repeated(kind: RecordKind, rows: Rows) -> list[Reason]:
    """Rows that say what an earlier row of the same sheet says."""
    fields = unique_fields(kind)
    first: dict[tuple[object, ...], int] = {}
    found = []
    for number, unit_id, values in rows:
        key = _key(fields, unit_id, values)
        if key in first:
            text = _("Trùng với dòng %(row)s của tệp.") % {"row": first[key]}
            found.append(Reason(text, field=_column(fields), row=number))
        else:
            first[key] = number
    return found


def _existing(kind: RecordKind, rows: Rows) -> list[Reason]:
    """Rows that say what a record in force says already."""
    fields = unique_fields(kind)
    manager: Any = kind.model._default_manager
    known: Counter[tuple[object, ...]]
    if fields == ("staff_code",):
        codes = [values["staff_code"] for _row, _unit, values in rows]
        known = Counter(
            (code,) for code in manager.filter(staff_code__in=codes).values_list(*fields, flat=True)
        )
    else:
        units = {unit_id for _row, unit_id, _values in rows}
        known = Counter(manager.filter(revoked_at=None, unit_id__in=units).values_list(*fields))
    text = _("Đã có bản ghi này trong hệ thống.")
    return [
        Reason(text, field=_column(fields), row=number)
        for number, unit_id, values in rows
        if known[_key(fields, unit_id, values)]
    ]


def _column(fields: tuple[str, ...]) -> str | None:
    """The column to blame: one that is unique by itself; else the row as a whole."""
    return fields[0] if len(fields) == 1 else None
