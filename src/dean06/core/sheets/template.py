"""The empty sheet that people fill in: the same columns as the import, with what each may hold."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from dean06.core.sheets.columns import Column, Kind
from dean06.core.sheets.problems import letters
from dean06.core.sheets.write import new_book

_ROWS: Final = 2000
"""Rows below the header that carry a dropdown or a check."""
_FORMATS: Final[dict[Kind, str]] = {
    "text": "@",
    "choice": "@",
    "bool": "@",
    "date": "dd/mm/yyyy",
    "integer": "0",
    "decimal": "General",
}


def template_xlsx(columns: Sequence[Column], *, title: str = "") -> bytes:
    """An XLSX with one headed, empty sheet, a sheet of instructions and a sheet of choices.

    Required columns are marked with an asterisk; choices and yes/no are dropdowns; text columns keep leading
    zeros. Filled in, it passes `read_sheet` with the same columns.
    """
    out = io.BytesIO()
    book = new_book(out, title or _("Mẫu nhập dữ liệu"))
    data = book.add_worksheet(_("Dữ liệu"))
    guide = book.add_worksheet(_("Hướng dẫn"))
    lists = book.add_worksheet(_("Danh mục"))
    head = book.add_format(
        {"bold": True, "bg_color": "#E9EEF6", "border": 1, "text_wrap": True, "valign": "top"}
    )
    data.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        cells = book.add_format({"num_format": _FORMATS[column.kind]})
        data.set_column(place, place, max(14, len(column.label_vi) + 6), cells)
        data.write_string(0, place, header(column), head)
        data.write_comment(0, place, "\n".join(_explain(column)), {"x_scale": 2})
        check = _check(column, place)
        if check:
            data.data_validation(1, place, _ROWS, place, check)
    _write_guide(guide, columns, head)
    _write_lists(lists, columns, head)
    book.close()
    return out.getvalue()


def header(column: Column) -> str:
    """The header in the template: the label, with an asterisk when the column is required."""
    return f"{column.label_vi} *" if column.required else column.label_vi


def _labels(column: Column) -> list[str]:
    if column.kind == "bool":
        return [_("Có"), _("Không")]
    return list(column.choices)


def _explain(column: Column) -> list[str]:
    """What may stand in the column, line by line."""
    kinds: dict[Kind, str] = {
        "text": _("Chữ"),
        "date": _("Ngày dạng ngày/tháng/năm, ví dụ 15/09/2023"),
        "integer": _("Số nguyên"),
        "decimal": _("Số; phần lẻ viết sau dấu phẩy"),
        "choice": _("Chọn trong danh mục"),
        "bool": _("“Có” hoặc “Không”"),
    }
    lines = [kinds[column.kind]]
    if column.max_length is not None:
        lines.append(_("tối đa %(limit)s ký tự") % {"limit": column.max_length})
    lines.append(_("bắt buộc") if column.required else _("có thể để trống"))
    return [*lines, column.note] if column.note else lines


def _check(column: Column, place: int) -> dict[str, Any] | None:
    """The check that Excel makes while the sheet is filled in."""
    error = {"error_title": column.label_vi[:32], "error_message": _explain(column)[0][:255]}
    if _labels(column):
        letter = letters(place + 1)
        source = f"='{_('Danh mục')}'!${letter}$2:${letter}${len(_labels(column)) + 1}"
        return {"validate": "list", "source": source, **error}
    if column.kind == "date":
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1900, 3, 1),
            "maximum": date(2100, 12, 31),
            **error,
        }
    return None


def _write_guide(sheet: Any, columns: Sequence[Column], head: Any) -> None:
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, _("Cột"), head)
    sheet.write_string(0, 1, _("Cách ghi"), head)
    for row, column in enumerate(columns, start=1):
        sheet.write_string(row, 0, header(column))
        sheet.write_string(row, 1, "; ".join(_explain(column)))
    rules = _("Không gộp ô, không dùng công thức, không đổi tên cột; mỗi dòng là một bản ghi.")
    sheet.write_string(len(columns) + 2, 0, rules)


def _write_lists(sheet: Any, columns: Sequence[Column], head: Any) -> None:
    """The choices, each under its column's letter; row by row, as constant memory wants."""
    tallest = max((len(_labels(column)) for column in columns), default=0)
    for row in range(tallest + 1):
        for place, column in enumerate(columns):
            labels = _labels(column)
            if row == 0 and labels:
                sheet.write_string(0, place, column.label_vi, head)
            elif 0 < row <= len(labels):
                sheet.write_string(row, place, labels[row - 1])
