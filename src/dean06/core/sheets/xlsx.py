"""The cells of the first visible worksheet of an XLSX file, read in one stream with bounded memory."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from dean06.core.sheets.cells import CellReader, RowCounter, Shared, TooLongError, plain_text
from dean06.core.sheets.columns import Bad, Cell, Table
from dean06.core.sheets.package import Attributes, Package, open_package
from dean06.core.sheets.problems import Problems

# Dates in the East Asian locales' built-in formats, which openpyxl's table leaves out.
_DATE_IDS: Final = frozenset({*range(27, 37), *range(50, 59)})

_HEAD: Final = 20


def read_xlsx(data: bytes, *, keep: int) -> Table:
    """Rows that hold anything, with typed cells; of more than `keep` only the first few and the count.

    Raises Invalid for a file that is no readable XLSX, and for formulas and merged cells (all named).
    """
    package = open_package(data)
    reader = CellReader(_date_styles(package), package.from_1904, keep)
    try:
        package.archive.walk(package.sheet, reader.start, reader.end, reader.text)
    except TooLongError:
        counter = RowCounter()
        package.archive.walk(package.sheet, counter.start)
        return Table(rows=_with_texts(package, reader.kept[:_HEAD]), total=counter.total)
    _refuse_structure(reader)
    return Table(rows=_with_texts(package, reader.kept), total=reader.total)


def _refuse_structure(reader: CellReader) -> None:
    problems = Problems()
    for address in reader.merged:
        problems.add(
            _("vùng ô gộp %(range)s; hãy bỏ gộp ô, mỗi ô một giá trị") % {"range": address.replace(":", "–")}
        )
    for address in reader.formulas:
        problems.add(_("ô %(cell)s là công thức; hãy dán dạng giá trị") % {"cell": address})
    problems.raise_if_any()


def _date_styles(package: Package) -> frozenset[int]:
    """The cell styles whose number format shows a date or a time."""
    custom: dict[str, str] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(name: str, has: Attributes) -> None:
        inside.append(name)
        if name == "numFmt":
            custom[has.get("numFmtId", "")] = has.get("formatCode", "")
        elif name == "xf" and "cellXfs" in inside:
            styles.append(has.get("numFmtId", "0"))

    def end(_name: str) -> None:
        inside.pop()

    if package.styles is not None:
        package.archive.walk(package.styles, start, end)
    return frozenset(index for index, number in enumerate(styles) if _is_date(number, custom))


def _is_date(number: str, custom: dict[str, str]) -> bool:
    if number in custom:
        return bool(is_date_format(custom[number]))
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        return False
    return int(number) in _DATE_IDS or bool(is_date_format(BUILTIN_FORMATS.get(int(number))))


def _with_texts(
    package: Package, rows: list[tuple[int, dict[int, Cell | Shared]]]
) -> list[tuple[int, dict[int, Cell]]]:
    """The rows with the shared texts in the place of their numbers; only texts in use are kept in memory."""
    wanted = {cell.index for _number, cells in rows for cell in cells.values() if isinstance(cell, Shared)}
    texts = _texts(package, wanted)

    def plain(cell: Cell | Shared) -> Cell:
        return texts.get(cell.index, Bad(f"#{cell.index}")) if isinstance(cell, Shared) else cell

    return [(number, {place: plain(cell) for place, cell in cells.items()}) for number, cells in rows]


class _TextReader:
    """Handlers for the table of shared texts; keeps those that are wanted."""

    def __init__(self, wanted: set[int]) -> None:
        self.texts: dict[int, str] = {}
        self._wanted = wanted
        self._index = -1
        self._pieces: list[str] | None = None
        self._reading = self._phonetic = False

    def start(self, name: str, _has: Attributes) -> None:
        if name == "si":
            self._index += 1
            self._pieces = [] if self._index in self._wanted else None
        elif name == "rPh":  # how a Japanese text is pronounced: no part of it
            self._phonetic = True
        elif name == "t":
            self._reading = self._pieces is not None and not self._phonetic

    def end(self, name: str) -> None:
        if name == "t":
            self._reading = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si" and self._pieces is not None:
            self.texts[self._index] = plain_text("".join(self._pieces))

    def text(self, content: str) -> None:
        if self._reading and self._pieces is not None:
            self._pieces.append(content)


def _texts(package: Package, wanted: set[int]) -> dict[int, str]:
    if not wanted or package.strings is None:
        return {}
    reader = _TextReader(wanted)
    package.archive.walk(package.strings, reader.start, reader.end, reader.text)
    return reader.texts
