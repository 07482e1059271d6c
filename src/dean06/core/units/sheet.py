"""The sheet of units that people import, export and fill in: one layout for all three, always Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import BinaryIO, Final

from django.utils import translation

from dean06.core import clock
from dean06.core.sheets import Column, SheetRows, read_sheet, template_xlsx, write_csv, write_xlsx
from dean06.core.units.models import Code, Kind, Placement, Unit
from dean06.core.units.queries import facts, units_of_kind

SCHEMES: Final = {"code": "dean06", "gso": "gso"}
TITLE: Final = "Danh sách đơn vị"
MAX_ROWS: Final = 20_000


@cache
def columns() -> tuple[Column, ...]:
    """The columns of the sheet, in order."""
    return (*_identity_columns(), *_place_columns(), *_code_columns())


def _identity_columns() -> tuple[Column, ...]:
    with translation.override("vi"):
        kinds = {str(kind.label): kind.value for kind in Kind}
    return (
        Column(
            "key",
            "Mã định danh",
            required=True,
            max_length=80,
            note="Chữ thường không dấu, chữ số, gạch nối; không bao giờ đổi. Ví dụ: so-mau",
        ),
        Column("kind", "Loại đơn vị", kind="choice", required=True, choices=kinds),
        Column("subkind", "Phân loại", max_length=20, note="Ví dụ: huyen, xa, phuong, thi_tran, so, ban"),
        Column("name", "Tên đơn vị", required=True, max_length=200, aliases=("Tên",)),
        Column("name_en", "Tên tiếng Anh", max_length=200),
    )


def _place_columns() -> tuple[Column, ...]:
    return (
        Column(
            "parent",
            "Trực thuộc",
            aliases=("Đơn vị cấp trên",),
            note="Mã định danh hoặc mã của đơn vị cấp trên; đơn vị cấp tỉnh để trống",
        ),
        Column(
            "parent_from",
            "Trực thuộc từ ngày",
            kind="date",
            note="Bắt buộc khi một đơn vị đã có chuyển sang đơn vị cấp trên khác",
        ),
        Column("valid_from", "Hiệu lực từ ngày", kind="date"),
        Column("valid_to", "Hiệu lực đến trước ngày", kind="date", note="Ngày đầu tiên không còn hiệu lực"),
    )


def _code_columns() -> tuple[Column, ...]:
    return (
        Column("code", "Mã dùng trong hệ thống", max_length=40),
        Column("gso", "Mã Tổng cục Thống kê", max_length=40, note="Giữ số 0 ở đầu, ví dụ 00123"),
        Column("document", "Văn bản", max_length=1000),
    )


def read_units(name: str, data: bytes | BinaryIO) -> SheetRows:
    """The rows of an XLSX or CSV file of units. Raises Invalid with row, column and reason."""
    return read_sheet(name, data, columns(), max_rows=MAX_ROWS)


def template() -> bytes:
    """The empty sheet to fill in (XLSX)."""
    return template_xlsx(columns(), title=TITLE)


def export_rows(on: date | None = None, unit_ids: Iterable[int] | None = None) -> list[list[object]]:
    """The units that exist on the day, or those named (ended ones too), as rows in Vietnamese order."""
    day = on or clock.today()
    units = units_of_kind((), day) if unit_ids is None else list(facts(unit_ids, day).values())
    stored = Unit.objects.in_bulk([unit.id for unit in units])
    units.sort(key=lambda unit: (stored[unit.id].sort_key, unit.id))
    parents = Unit.objects.in_bulk({unit.parent_id for unit in units if unit.parent_id})
    begun, codes = _begun(stored, day), _codes(stored, day)
    with translation.override("vi"):
        return [
            [
                unit.key,
                str(unit.kind.label),
                unit.subkind,
                unit.name,
                unit.name_en,
                parents[unit.parent_id].key if unit.parent_id else "",
                begun.get((unit.id, unit.parent_id or 0)),
                unit.valid_from,
                unit.valid_to,
                codes.get((unit.id, "dean06"), ""),
                codes.get((unit.id, "gso"), ""),
                stored[unit.id].document,
            ]
            for unit in units
        ]


def _begun(unit_ids: Iterable[int], day: date) -> dict[tuple[int, int], date | None]:
    """Since when each unit stands below each parent that it has on the day or later: (unit, parent) → day."""
    places = Placement.objects.filter(unit_id__in=list(unit_ids))
    return {
        (place.unit_id, place.parent_id): place.valid_from
        for place in places
        if place.valid_to is None or place.valid_to > day
    }


def _codes(unit_ids: Iterable[int], day: date) -> dict[tuple[int, str], str]:
    codes = Code.objects.filter(unit_id__in=list(unit_ids), scheme__in=SCHEMES.values()).order_by("-code")
    return {
        (code.unit_id, code.scheme): code.code
        for code in codes
        if (code.valid_from is None or code.valid_from <= day)
        and (code.valid_to is None or code.valid_to > day)
    }


def export_units(form: str, on: date | None = None, unit_ids: Iterable[int] | None = None) -> bytes:
    """The units of a day as a file that can be imported again: `form` is "xlsx" or "csv"."""
    headers = [column.label_vi for column in columns()]
    rows = export_rows(on, unit_ids)
    return write_csv(headers, rows) if form == "csv" else write_xlsx(headers, rows, title=TITLE)
