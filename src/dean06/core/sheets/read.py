"""Reads the first sheet of an XLSX or CSV file into typed rows, or tells everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid
from dean06.core.sheets.columns import Cell, Column, Row, SheetRows, Table
from dean06.core.sheets.csvfile import read_csv
from dean06.core.sheets.problems import Problems, count, letters
from dean06.core.sheets.recognise import check_name, recognise
from dean06.core.sheets.values import WrongValueError, convert, shown
from dean06.core.sheets.xlsx import read_xlsx
from vnid.text import fold

MAX_ROWS: Final = 20_000
MAX_BYTES: Final = 10 * 1024 * 1024
HEADER_WITHIN: Final = 10
"""The header stands in one of the first so many rows that hold anything (titles may stand above it)."""
_SERIAL: Final = frozenset({"stt", "tt", "so tt", "so thu tu", "no"})


def read_sheet(
    name: str,
    data: bytes | BinaryIO,
    columns: Sequence[Column],
    *,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> SheetRows:
    """The data rows of the first visible sheet, typed by `columns`; rows without any content are passed over.

    `name` is the file's name as sent; its ending must agree with the content. A column of running numbers
    (STT) is ignored. Raises Invalid with reasons that name row, column and fault: all of them, up to a cap.
    """
    content = data if isinstance(data, bytes) else data.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise Invalid(_("Tệp nặng hơn mức cho phép %(limit)s MB.") % {"limit": max_bytes // 1024 // 1024})
    table = _table(name, content, columns, keep=max_rows + HEADER_WITHIN)
    position, places = _header(table, columns)
    _check_count(table.total - position - 1, max_rows)
    problems = Problems()
    headed = set(table.rows[position][1])
    rows = [
        _row(number, cells, columns, places, problems)
        for number, cells in table.rows[position + 1 :]
        if _filled(number, cells, places, headed, problems)
    ]
    problems.raise_if_any()
    if not rows:
        raise Invalid(_("Trang tính chỉ có tiêu đề, không có dòng dữ liệu nào."))
    return SheetRows(rows, frozenset(column.key for column in places.values()), tuple(table.notes))


def _table(name: str, content: bytes, columns: Sequence[Column], *, keep: int) -> Table:
    if recognise(name, content) == "xlsx":
        table = read_xlsx(content, keep=keep)
        check_name(name, "xlsx")
    else:
        table = read_csv(content, keep=keep, headers=set().union(*(column.headers for column in columns)))
    if not table.rows:
        raise Invalid(_("Trang tính đầu tiên không có dữ liệu."))
    return table


def _check_count(rows: int, max_rows: int) -> None:
    if rows > max_rows:
        raise Invalid(
            _(
                "Trang tính có %(rows)s dòng dữ liệu, nhiều hơn mức cho phép %(limit)s dòng. "
                "Hãy chia thành nhiều tệp."
            )
            % {"rows": count(rows), "limit": count(max_rows)}
        )


def _header(table: Table, columns: Sequence[Column]) -> tuple[int, dict[int, Column]]:
    """The position of the header among the rows, and which column of the file is which column."""
    known = {header: column for column in columns for header in column.headers}

    def score(position: int) -> int:
        return len({known[text].key for text in _folded(table.rows[position][1]).values() if text in known})

    position = max(range(min(HEADER_WITHIN, len(table.rows))), key=score)
    if score(position) == 0:
        wanted = ", ".join(f"“{column.label_vi}”" for column in columns if column.required)
        raise Invalid(_("Không tìm thấy dòng tiêu đề; cần có các cột: %(columns)s.") % {"columns": wanted})
    number, cells = table.rows[position]
    problems = Problems()
    places = _places(number, cells, known, problems)
    present = {column.key for column in places.values()}
    for column in columns:
        if column.required and column.key not in present:
            problems.add(_("thiếu cột bắt buộc này"), field=column.label_vi, row=number)
    problems.raise_if_any()
    return position, places


def _folded(cells: Mapping[int, Cell]) -> dict[int, str]:
    return {place: fold(cell) for place, cell in cells.items() if isinstance(cell, str)}


def _places(
    number: int, cells: Mapping[int, Cell], known: Mapping[str, Column], problems: Problems
) -> dict[int, Column]:
    places: dict[int, Column] = {}
    first: dict[str, str] = {}
    for place, cell in sorted(cells.items()):
        text = fold(cell) if isinstance(cell, str) else ""
        column = known.get(text)
        if column is None:
            if text not in _SERIAL:
                problems.add(
                    _("cột %(letter)s có tiêu đề không nhận ra; hãy xóa cột hoặc sửa tiêu đề theo mẫu")
                    % {"letter": letters(place)},
                    field=shown(cell),
                    row=number,
                )
        elif column.key in first:
            problems.add(
                _("hai cột cùng tiêu đề: %(first)s và %(second)s")
                % {"first": first[column.key], "second": letters(place)},
                field=column.label_vi,
                row=number,
            )
        else:
            first[column.key] = letters(place)
            places[place] = column
    return places


def _filled(
    number: int, cells: Mapping[int, Cell], places: Mapping[int, Column], headed: set[int], problems: Problems
) -> bool:
    """Whether the row holds anything in a known column; content outside every header is a problem."""
    filled = {place for place, cell in cells.items() if not (isinstance(cell, str) and not fold(cell))}
    for place in sorted(filled - headed):
        problems.add(
            _("ô %(cell)s có dữ liệu nhưng cột không có tiêu đề") % {"cell": f"{letters(place)}{number}"},
            row=number,
        )
    return bool(filled & places.keys())


def _row(
    number: int,
    cells: Mapping[int, Cell],
    columns: Sequence[Column],
    places: Mapping[int, Column],
    problems: Problems,
) -> Row:
    values: dict[str, Any] = dict.fromkeys(column.key for column in columns)
    for place, column in places.items():
        try:
            values[column.key] = convert(column, cells.get(place))
        except WrongValueError as error:
            problems.add(str(error), field=column.label_vi, row=number)
    return Row(number, values)
