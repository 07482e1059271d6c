"""Sheets of records: which columns each kind has, and what the cells of a row mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Field, Model
from django.utils import translation
from django.utils.translation import gettext as _

from dean06.core.errors import Invalid, NotFound, Reason
from dean06.core.sheets import Column, SheetRows
from dean06.core.units import queries as units
from dean06.pilots.guidance.models import Officer, ProcedureList, Video
from dean06.pilots.guidance.records import RecordKind, Values

UNIT = "unit"
MAX_ROWS = 20_000

# A related object stands in a sheet by what people call it: (lookup field, heading, note).
_NATURAL: dict[str, tuple[Callable[[], dict[str, Model]], str, str]] = {
    "officer": (
        lambda: {
            row.staff_code: row for row in Officer.objects.filter(revoked_at=None).select_related("unit")
        },
        "Mã cán bộ",
        "Mã đã có trong danh sách cán bộ",
    ),
    "video": (
        lambda: {row.title: row for row in Video.objects.all()},
        "Tên video",
        "Tên trong thư viện video",
    ),
    "procedure_list": (
        lambda: {row.code: row for row in ProcedureList.objects.all()},
        "Phiên bản danh mục",
        "Mã phiên bản",
    ),
}
_TYPES = {
    "DateField": "date",
    "BooleanField": "bool",
    "PositiveSmallIntegerField": "integer",
}


def columns(kind: RecordKind) -> tuple[Column, ...]:
    """The columns of a sheet of this kind; the first is the unit's code.

    Always Vietnamese: a template that one reader downloads is filled in and sent by another.
    """
    unit = Column(
        key=UNIT,
        label_vi="Mã đơn vị",
        required=True,
        aliases=("Mã điểm", "Đơn vị"),
        note="Mã hoặc khóa của đơn vị, xem trang đơn vị",
    )
    with translation.override("vi"):
        return (unit, *(_column(kind, name) for name in kind.fields))


def _column(kind: RecordKind, name: str) -> Column:
    field: Field[Any, Any] = kind.model._meta.get_field(name)  # type: ignore[assignment]
    if name in _NATURAL:
        _lookup, label, note = _NATURAL[name]
        return Column(key=name, label_vi=label, required=True, note=note)
    label = str(field.verbose_name)
    if field.choices:
        choices = {str(text): value for value, text in field.flatchoices}
        return Column(key=name, label_vi=label, kind="choice", required=True, choices=choices)
    internal = _TYPES.get(field.get_internal_type(), "text")
    return Column(
        key=name,
        label_vi=label,
        kind=internal,  # type: ignore[arg-type]
        required=not field.blank and not field.has_default(),
        max_length=field.max_length,
    )


def labelled(kind: RecordKind, reasons: Sequence[Reason]) -> list[Reason]:
    """Reasons that name columns as the sheet heads them, not as the program calls them."""
    heads = {column.key: column.label_vi for column in columns(kind)}
    return [Reason(r.message, heads.get(r.field or "", r.field), r.row) for r in reasons]


def resolve(kind: RecordKind, sheet: SheetRows) -> list[tuple[int, int, Values]]:
    """Rows as `actions.import_records` takes them. Raises Invalid with every code that leads nowhere."""
    reasons: list[Reason] = []
    known: Mapping[str, dict[str, Model]] = {
        name: _NATURAL[name][0]() for name in kind.fields if name in _NATURAL
    }
    ids: dict[str, int | None] = {}
    rows: list[tuple[int, int, Values]] = []
    for row in sheet.rows:
        code = str(row.values[UNIT])
        if code not in ids:
            ids[code] = _unit_id(code)
        if ids[code] is None:
            text = _("Không có đơn vị nào mang mã “%(code)s”.") % {"code": code}
            reasons.append(Reason(text, "Mã đơn vị", row.number))
        values = {name: row.values[name] for name in kind.fields if row.values[name] is not None}
        for name, table in known.items():
            found = table.get(str(row.values[name]))
            if found is None:
                text = _("Không tìm thấy “%(value)s”.") % {"value": row.values[name]}
                reasons.append(Reason(text, _NATURAL[name][1], row.number))
            else:
                values[name] = found
        unit_id = ids[code]
        if unit_id is not None:
            rows.append((row.number, unit_id, values))
    if reasons:
        raise Invalid(reasons)
    return rows


def _unit_id(code: str) -> int | None:
    try:
        return units.resolve(code).pk
    except NotFound:
        return None
