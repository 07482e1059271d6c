"""The cells of a CSV file, whatever program and machine wrote it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Set
from typing import Final

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid, Reason
from dean06.core.sheets.cells import MAX_COLUMNS
from dean06.core.sheets.columns import Cell, Table
from dean06.core.sheets.problems import Problems, letters
from vnid.text import fold

_DELIMITERS: Final = ",;\t"
_HEAD: Final = 20_000
"""Characters in which the header is looked for."""
_GUARDED: Final = re.compile(r"'[' ]*[=+\-@\t\r]")


def read_csv(data: bytes, *, keep: int, headers: Set[str]) -> Table:
    """Rows that hold anything, as text. Keeps the first `keep` of them, counts all. Raises Invalid.

    The folded `headers` that are expected tell which delimiter the file uses.
    """
    table = Table()
    text = _decode(data, table)
    text, delimiter = _delimiter(text, headers)
    problems = Problems()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, record in enumerate(reader, start=1):
            if not any(field.strip() for field in record):
                continue
            table.total += 1
            if table.total <= keep:
                table.rows.append((number, _cells(number, record, problems)))
    except csv.Error as error:
        raise Invalid(
            [Reason(_("dấu ngoặc kép không đóng, hoặc ô quá dài; tệp CSV bị hỏng"), row=reader.line_num)]
        ) from error
    problems.raise_if_any()
    return table


def _decode(data: bytes, table: Table) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, encoding)
    if b"\0" in data:
        raise Invalid(_("Tệp không phải là bảng tính. Hãy gửi tệp Excel (.xlsx) hoặc CSV."))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        table.notes.append(
            _(
                "Tệp không ở bảng mã UTF-8; đã đọc theo Windows-1258. "
                "Hãy kiểm tra dấu tiếng Việt trước khi lưu."
            )
        )
        return _strict(data, "cp1258")


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(_("Không nhận ra bảng mã của tệp CSV. Hãy lưu lại dạng “CSV UTF-8”.")) from error
    if "\0" in text:
        raise Invalid(_("Tệp không phải là bảng tính. Hãy gửi tệp Excel (.xlsx) hoặc CSV."))
    return text


def _delimiter(text: str, headers: Set[str]) -> tuple[str, str]:
    """The text and its delimiter: Excel's own `sep=` line, or the one under which most headers are found."""
    first, _newline, rest = text.partition("\n")
    if first.startswith("sep=") and first.rstrip("\r")[4:] in tuple(_DELIMITERS):
        return "\n" + rest, first[4]
    lines = text[:_HEAD].splitlines()

    def found(delimiter: str) -> int:
        rows = csv.reader(lines, delimiter=delimiter)
        return max((sum(fold(cell) in headers for cell in row) for row in rows), default=0)

    return text, max(_DELIMITERS, key=found)


def _cells(number: int, record: list[str], problems: Problems) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    for column, field in enumerate(record, start=1):
        content = field.strip()
        if not content:
            continue
        if column > MAX_COLUMNS:
            problems.add(_("có hơn %(limit)s cột") % {"limit": MAX_COLUMNS}, row=number)
            break
        if content.startswith("="):
            problems.add(
                _("ô %(cell)s là công thức; hãy dán dạng giá trị") % {"cell": f"{letters(column)}{number}"},
                row=number,
            )
            continue
        # The apostrophe with which write_csv keeps a text from being taken for a formula.
        cells[column] = content[1:] if _GUARDED.match(content) else content
    return cells
