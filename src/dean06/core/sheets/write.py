"""Sheets that people take away: text stays text, dates are dates, nothing in them runs as a formula."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import Invalid, Reason
from dean06.core.sheets.problems import count

MAX_TEXT: Final = 32_767
"""Characters that one Excel cell can hold."""
MAX_XLSX_ROWS: Final = 1_048_575
"""Rows that one Excel sheet can hold below its header."""
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
# Also texts that look guarded already, so that taking the guard off gives back what was written.
_FORMULA: Final = re.compile(r"[' ]*[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?\d[\d.,]*%?", re.ASCII)


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[object]], *, title: str) -> bytes:
    """One sheet named `title` with a bold, frozen, filterable header.

    Text stays text (also when it looks like a formula, number or link), dates and numbers are typed, moments
    show Vietnamese time, None is empty, bool is Có/Không. Raises Invalid when a text or the row count is more
    than Excel can hold; ValueError for a number that is not finite.
    """
    out = io.BytesIO()
    book = new_book(out, title)
    sheet = book.add_worksheet(sheet_name(title))
    put = _writers(book, sheet)
    _write_header(book, sheet, headers)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > MAX_XLSX_ROWS:
            raise Invalid(
                _("Danh sách dài hơn %(limit)s dòng của Excel; hãy tải CSV.")
                % {"limit": count(MAX_XLSX_ROWS)}
            )
        for column, value in enumerate(row):
            plain = _plain(value)
            if isinstance(plain, str):
                _check_length(plain, headers[column], last + 1)
            put[type(plain)](last, column, plain)
    if headers:
        sheet.autofilter(0, 0, last, len(headers) - 1)
    book.close()
    return out.getvalue()


def new_book(out: io.BytesIO, title: str) -> Any:
    """A workbook that takes no text for anything else and keeps one row in memory."""
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": title, "created": clock.now().replace(tzinfo=None, microsecond=0)})
    return book


def sheet_name(title: str) -> str:
    """A title as Excel takes it for a sheet: at most 31 characters, without []:*?/\\'."""
    return _FORBIDDEN.sub(" ", title).strip()[:31].strip() or _("Danh sách")


def _write_header(book: Any, sheet: Any, headers: Sequence[str]) -> None:
    head = book.add_format(
        {"bold": True, "bg_color": "#E9EEF6", "border": 1, "text_wrap": True, "valign": "top"}
    )
    sheet.freeze_panes(1, 0)
    for column, header in enumerate(headers):
        sheet.set_column(column, column, min(60, max(12, len(header) + 4)))
        sheet.write_string(0, column, header, head)


def _writers(book: Any, sheet: Any) -> dict[type, Callable[[int, int, Any], object]]:
    """How each type that `_plain` gives is written."""
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    return {
        str: sheet.write_string,
        int: sheet.write_number,
        float: sheet.write_number,
        date: lambda row, column, value: sheet.write_datetime(row, column, value, day),
        datetime: lambda row, column, value: sheet.write_datetime(row, column, value, moment),
        type(None): lambda _row, _column, _value: None,
    }


def _check_length(text: str, header: str, row: int) -> None:
    """Raise Invalid for a text longer than a cell holds, rather than cut it silently."""
    if len(text) > MAX_TEXT:
        message = _("dài hơn %(limit)s ký tự mà một ô Excel chứa được; hãy tải CSV")
        raise Invalid([Reason(message % {"limit": count(MAX_TEXT)}, field=header, row=row)])


def _plain(value: object) -> str | int | float | date | None:
    """The value as a cell holds it: numbers beyond 15 digits, which Excel would round, as text."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, datetime):
        return value.astimezone(clock.VIETNAM).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    return _plain_number(value) if isinstance(value, int | float | Decimal) else str(value)


def _plain_number(value: int | float | Decimal) -> str | int | float:
    if isinstance(value, int):
        return int(value) if abs(value) < 10**15 else str(value)
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {value}")
    return float(value)


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with BOM (Excel then sees the diacritics), comma, CRLF; dates dd/mm/yyyy, decimals with a point.

    A text that a spreadsheet would run as a formula gets an apostrophe before it; `read_sheet` takes it off.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_guard(header) for header in headers])
    for row in rows:
        writer.writerow([_csv_text(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _csv_text(value: object) -> str:
    match _plain(value):
        case None:
            return ""
        case datetime() as moment:
            return f"{moment:%d/%m/%Y %H:%M}"
        case date() as day:
            return f"{day:%d/%m/%Y}"
        case str() as text:
            return _guard(text)
        case number:
            return str(value) if isinstance(value, Decimal) else repr(number)


def _guard(text: str) -> str:
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text.strip(" ")):
        return f"'{text}"
    return text
