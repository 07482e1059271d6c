"""One cell and the column it stands in: the typed value, or what is wrong with it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from dean06.core.sheets.columns import Bad, Cell, Column, Kind
from vnid.text import fold, nfc_collapse

_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_VN_DATE: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_PART_DATE: Final = re.compile(r"(?:\d{1,2}[/.-])?\d{4}", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?(?:\d{1,15}|\d{1,3}(?:\.\d{3}){1,4}),\d{1,10}", re.ASCII)
_DECIMAL_POINT: Final = re.compile(r"[+-]?\d{1,15}\.\d{1,10}", re.ASCII)
_YEARS: Final = range(1900, 2101)
_YES: Final = frozenset({"co", "x", "dung", "roi", "true", "yes", "1"})
_NO: Final = frozenset({"khong", "sai", "chua", "false", "no", "0"})


class WrongValueError(Exception):
    """The cell's content does not fit its column; the message is for the sender of the sheet."""


def convert(column: Column, cell: Cell) -> Any:
    """The value of a cell in its column: None when empty; str, date, int, Decimal, bool or a choice's value.

    Raises WrongValueError.
    """
    if isinstance(cell, str):
        cell = _clean(cell) or None
    if cell is None:
        if column.required:
            raise WrongValueError(_("thiếu giá trị (cột bắt buộc)"))
        return None
    if isinstance(cell, Bad):
        raise WrongValueError(_("ô báo lỗi %(shown)s, không có giá trị") % {"shown": cell.shown})
    return _CONVERTERS[column.kind](column, cell)


def _clean(text: str) -> str:
    clean = nfc_collapse(text)
    if any(unicodedata.category(character) == "Cc" for character in clean):
        raise WrongValueError(_("có ký tự điều khiển không in được"))
    return clean


def shown(cell: Cell) -> str:
    """A cell as a message quotes it."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case datetime():
            return f"{cell:%d/%m/%Y %H:%M}" if cell.time() != time() else f"{cell:%d/%m/%Y}"
        case float():
            return f"{cell:.15g}".replace(".", ",")
        case Bad():
            return cell.shown
        case _:
            text = str(cell)
            return text if len(text) <= 60 else f"{text[:59]}…"


def _wrong(expected: str, cell: Cell) -> WrongValueError:
    return WrongValueError(
        _("cần %(expected)s, nhưng ô ghi “%(shown)s”") % {"expected": expected, "shown": shown(cell)}
    )


def _text(column: Column, cell: Cell) -> str:
    if isinstance(cell, bool | datetime | date | time | timedelta):
        raise WrongValueError(
            _("cần chữ, nhưng ô “%(shown)s” không ở dạng văn bản; hãy định dạng ô là Text")
            % {"shown": shown(cell)}
        )
    if isinstance(cell, float):
        if not cell.is_integer():
            raise _wrong(_("chữ"), cell)
        cell = int(cell)
    text = str(cell)
    if column.max_length is not None and len(text) > column.max_length:
        raise WrongValueError(
            _("dài %(length)s ký tự, nhiều hơn mức cho phép %(limit)s")
            % {"length": len(text), "limit": column.max_length}
        )
    return text


def _date(_column: Column, cell: Cell) -> date:
    expected = _("ngày dạng ngày/tháng/năm, ví dụ 15/09/2023")
    if isinstance(cell, datetime):
        if cell.year not in _YEARS:
            raise _wrong(expected, cell)
        return cell.date()
    if isinstance(cell, int) and not isinstance(cell, bool) and cell in _YEARS:
        raise WrongValueError(_("mới có năm %(year)s; cần đủ ngày/tháng/năm") % {"year": cell})
    if not isinstance(cell, str):
        raise _wrong(expected, cell)
    if _PART_DATE.fullmatch(cell):
        raise WrongValueError(_("“%(shown)s” chưa đủ; cần đủ ngày/tháng/năm") % {"shown": cell})
    if match := _VN_DATE.fullmatch(cell):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
    elif match := _ISO_DATE.fullmatch(cell):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    else:
        raise _wrong(expected, cell)
    return _existing(year, month, day, cell)


def _existing(year: int, month: int, day: int, cell: str) -> date:
    if year not in _YEARS:
        raise WrongValueError(
            _("năm %(year)s nằm ngoài khoảng %(first)s–%(last)s")
            % {"year": year, "first": _YEARS[0], "last": _YEARS[-1]}
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise WrongValueError(_("không có ngày “%(shown)s” trong lịch") % {"shown": cell}) from None


def _integer(_column: Column, cell: Cell) -> int:
    if isinstance(cell, bool):
        raise _wrong(_("số nguyên"), cell)
    if isinstance(cell, float) and cell.is_integer() and math.fabs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, int):
        return cell
    if isinstance(cell, str):
        if _INTEGER.fullmatch(cell):
            return int(cell)
        if _GROUPED.fullmatch(cell):
            return int(cell.replace(".", ""))
    raise _wrong(_("số nguyên"), cell)


def _decimal(_column: Column, cell: Cell) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and math.fabs(cell) < 1e15:
        return Decimal(repr(cell))
    if isinstance(cell, str):
        if _INTEGER.fullmatch(cell):
            return Decimal(cell)
        if _DECIMAL_COMMA.fullmatch(cell):
            return Decimal(cell.replace(".", "").replace(",", "."))
        if _GROUPED.fullmatch(cell) and cell.count(".") == 1:
            raise WrongValueError(
                _("“%(shown)s” có thể đọc hai cách; phần nghìn viết liền, phần lẻ viết sau dấu phẩy")
                % {"shown": cell}
            )
        if _GROUPED.fullmatch(cell):
            return Decimal(cell.replace(".", ""))
        if _DECIMAL_POINT.fullmatch(cell):
            return Decimal(cell)
    raise _wrong(_("số"), cell)


def _choice(column: Column, cell: Cell) -> Any:
    folded = fold(cell if isinstance(cell, str) else shown(cell))
    if folded in column.meanings:
        return column.meanings[folded]
    labels = "; ".join(f"“{label}”" for label in column.choices)
    raise _wrong(_("một trong: %(labels)s") % {"labels": labels}, cell)


def _bool(_column: Column, cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    folded = fold(shown(cell))
    if folded in _YES or folded in _NO:
        return folded in _YES
    raise _wrong(_("“Có” hoặc “Không”"), cell)


_CONVERTERS: Final[dict[Kind, Callable[[Column, Cell], Any]]] = {
    "text": _text,
    "date": _date,
    "integer": _integer,
    "decimal": _decimal,
    "choice": _choice,
    "bool": _bool,
}
