"""The cells of a CSV file, whatever program and machine wrote it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import Final

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid, Reason
from dean06.core.sheets.cells import MAX_COLUMNS
from dean06.core.sheets.columns import Cell, Table
from dean06.core.sheets.problems import Problems, letters

_DELIMITERS: Final = ";\t,"
_QUOTED: Final = re.compile(r'"[^"]*"')
_GUARD: Final = ("=", "+", "-", "@", "\t")


def read_csv(data: bytes, *, keep: int) -> Table:
    """Rows that hold anything, as text. Keeps the first `keep` of them, counts all. Raises Invalid."""
    table = Table()
    text = _decode(data, table)
    text, delimiter = _delimiter(text)
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


def _delimiter(text: str) -> tuple[str, str]:
    """The text and its delimiter: Excel's own `sep=` line, or the commonest in the first line with any."""
    first, _newline, rest = text.partition("\n")
    if first.startswith("sep=") and first.rstrip("\r")[4:] in tuple(_DELIMITERS):
        return "\n" + rest, first[4]
    for line in text.splitlines()[:20]:
        bare = _QUOTED.sub("", line)
        if any(delimiter in bare for delimiter in _DELIMITERS):
            return text, max(_DELIMITERS, key=bare.count)
    return text, ","


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
        cells[column] = content[1:] if content[0] == "'" and content[1:].startswith(_GUARD) else content
    return cells
