"""The walk through one worksheet: XML events in, rows of typed cells out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from dean06.core.errors import Invalid
from dean06.core.sheets.columns import Bad, Cell
from dean06.core.sheets.package import Attributes, broken
from dean06.core.sheets.problems import CAP, letters

MAX_COLUMNS: Final = 256
"""The widest sheet that is read; a value further right is refused."""
_MAX_ROW: Final = 1_048_576
_MAX_CHARACTERS: Final = 32_767
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_ESCAPED_SPACE: Final = re.compile(r"_x000[9ADad]_")


@dataclass(frozen=True, slots=True)
class Shared:
    """A place in the table of shared texts, until that table is read."""

    index: int


class TooLongError(Exception):
    """The sheet has more rows than are kept."""


class RowCounter:
    """The quick way through a sheet that is too long: a start handler for `Package.walk` that only counts."""

    def __init__(self) -> None:
        self._total = 0
        self._filled = False

    def start(self, name: str, _has: Attributes) -> None:
        """An element opens."""
        if name in {"v", "is", "f"}:
            self._filled = True
        elif name == "row":
            self._total += self._filled
            self._filled = False

    @property
    def total(self) -> int:
        """Rows that hold anything."""
        return self._total + self._filled


class CellReader:
    """Handlers for `Package.walk`; afterwards `total` rows were seen, the first are in `kept`.

    `formulas` and `merged` hold addresses, at most CAP + 1 of each.
    """

    def __init__(self, dates: frozenset[int], from_1904: bool, keep: int) -> None:
        self.total = 0
        self.formulas: list[str] = []
        self.merged: list[str] = []
        self.kept: list[tuple[int, dict[int, Cell | Shared]]] = []
        self._dates = dates
        self._epoch = MAC_EPOCH if from_1904 else WINDOWS_EPOCH
        self._keep = keep
        self._row = 0
        self._column = 0
        self._cells: dict[int, Cell | Shared] = {}
        self._filled = False
        self._in_cell = self._reading = self._phonetic = False
        self._type = ""
        self._style = 0
        self._pieces: list[str] = []

    def start(self, name: str, has: Attributes) -> None:
        """An element opens."""
        if name == "c":
            self._open_cell(has)
        elif name in {"v", "t"}:
            self._reading = (
                self._in_cell and not self._phonetic and (name == "t") == (self._type == "inlineStr")
            )
        elif name == "row":
            self._open_row(has.get("r", ""))
        elif name == "f" and self._in_cell:
            self._filled = True
            self._note(self.formulas, f"{letters(self._column)}{self._row}")
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self._note(self.merged, has.get("ref", "?")[:40])

    def end(self, name: str) -> None:
        """An element closes."""
        if name == "c":
            self._close_cell()
        elif name in {"v", "t"}:
            self._reading = False
        elif name == "row":
            self._close_row()
        elif name == "rPh":
            self._phonetic = False

    def text(self, content: str) -> None:
        """Characters between elements."""
        if self._reading:
            self._pieces.append(content)

    @staticmethod
    def _note(addresses: list[str], address: str) -> None:
        if len(addresses) <= CAP:
            addresses.append(address)

    def _open_row(self, number: str) -> None:
        row = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else self._row + 1
        if not self._row < row <= _MAX_ROW:
            raise broken()
        self._row, self._column, self._cells, self._filled = row, 0, {}, False

    def _open_cell(self, has: Attributes) -> None:
        address = _ADDRESS.fullmatch(has.get("r", ""))
        column = _column(address[1]) if address else self._column + 1
        if column <= self._column or (address and int(address[2]) != self._row):
            raise broken()
        style = has.get("s", "0")
        self._column, self._in_cell, self._pieces = column, True, []
        self._type = has.get("t", "n")
        self._style = int(style) if style.isascii() and style.isdigit() and len(style) < 8 else 0

    def _close_cell(self) -> None:
        self._in_cell = False
        raw = "".join(self._pieces)
        if not raw:
            return
        self._filled = True
        if self._column > MAX_COLUMNS:
            raise Invalid(
                _("Ô %(cell)s nằm ngoài %(limit)s cột đầu; trang tính quá rộng.")
                % {"cell": f"{letters(self._column)}{self._row}", "limit": MAX_COLUMNS}
            )
        self._cells[self._column] = self._value(raw)

    def _close_row(self) -> None:
        if not self._filled:
            return
        self.total += 1
        if self.total > self._keep:
            raise TooLongError
        self.kept.append((self._row, self._cells))

    def _value(self, raw: str) -> Cell | Shared:
        match self._type:
            case "s":
                return Shared(int(raw)) if _INTEGER.fullmatch(raw) else Bad(raw[:40])
            case "inlineStr" | "str":
                return plain_text(raw)
            case "b":
                return raw.strip() in ("1", "true")
            case "d":
                return _iso(raw)
            case "n":
                return self._number(raw.strip())
            case _:
                return Bad(raw[:40])

    def _number(self, raw: str) -> Cell:
        if _INTEGER.fullmatch(raw) and self._style not in self._dates:
            return int(raw)
        try:
            number = float(raw)
        except ValueError:
            return Bad(raw[:40])
        if not math.isfinite(number):
            return Bad(raw[:40])
        return self._date(number) if self._style in self._dates else number

    def _date(self, serial: float) -> Cell:
        try:
            value: Cell = from_excel(serial, self._epoch)
        except (OverflowError, ValueError):
            return Bad(f"{serial:g}")
        return value


def plain_text(raw: str) -> str:
    """The text of a cell: at most what Excel can hold, its escaped line ends as spaces."""
    return _ESCAPED_SPACE.sub(" ", raw[:_MAX_CHARACTERS])


def _iso(raw: str) -> Cell:
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return Bad(raw[:40])
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _column(name: str) -> int:
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column
