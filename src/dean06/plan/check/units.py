"""The units of a plan folder as its CSV files list them: codes, kinds and validity, without a database."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dean06.plan.schema.problem import Problem

SCHEMES = ("dean06", "gso")


@dataclass(frozen=True, slots=True)
class Validity:
    """[start, end) in days; None is unbounded."""

    start: datetime.date | None
    end: datetime.date | None

    def covers(self, day: datetime.date) -> bool:
        """Whether the day lies inside."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class UnitBook:
    """The units valid on one day, by code and by kind."""

    on: datetime.date
    keys: Mapping[str, frozenset[str]]
    """Every code or key that names a unit on the day, with the keys of the units it names."""
    kinds: Mapping[str, tuple[str, ...]]

    def resolve(self, code: str) -> str | None:
        """The key of the one unit that `code` names on the day; None when none or several."""
        found = self.keys.get(code, frozenset())
        return next(iter(found)) if len(found) == 1 else None


def read_units(folder: Path, on: datetime.date) -> tuple[UnitBook, list[Problem]]:
    """Read units.csv and codes.csv of `folder` as at a day."""
    problems: list[Problem] = []
    valid: set[str] = set()
    keys: dict[str, set[str]] = {}
    kinds: dict[str, list[str]] = {}
    for row in _rows(folder, "units.csv", ("key", "kind"), problems):
        if row.validity.covers(on):
            valid.add(row.cells["key"])
            keys.setdefault(row.cells["key"], set()).add(row.cells["key"])
            kinds.setdefault(row.cells["kind"], []).append(row.cells["key"])
    for row in _rows(folder, "codes.csv", ("key", "scheme", "code"), problems):
        known = row.cells["scheme"] in SCHEMES and row.cells["key"] in valid
        if known and row.validity.covers(on):
            keys.setdefault(row.cells["code"], set()).add(row.cells["key"])
    book = UnitBook(
        on,
        {code: frozenset(found) for code, found in keys.items()},
        {kind: tuple(sorted(found)) for kind, found in kinds.items()},
    )
    return book, problems


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Mapping[str, str]
    validity: Validity


def _rows(folder: Path, name: str, columns: Sequence[str], problems: list[Problem]) -> Iterator[_Row]:
    file = f"units/{name}"
    try:
        text = (folder / name).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(file, 1, "thiếu tệp này"))
        return
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(file, 1, "không đọc được tệp văn bản UTF-8"))
        return
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [c for c in (*columns, "valid_from", "valid_to") if c not in (reader.fieldnames or ())]
    if missing:
        problems.append(Problem(file, 1, f"thiếu cột: {', '.join(missing)}"))
        return
    try:
        for cells in reader:
            row = _row(cells)
            if row is None:
                problems.append(Problem(file, reader.line_num, "ngày hiệu lực phải dạng 2023-06-15"))
            else:
                yield row
    except csv.Error as error:
        problems.append(Problem(file, reader.line_num, f"sai định dạng CSV: {error}"))


def _row(cells: Mapping[str, str | None]) -> _Row | None:
    clean = {name: value or "" for name, value in cells.items() if isinstance(name, str)}
    try:
        return _Row(clean, Validity(_day(clean["valid_from"]), _day(clean["valid_to"])))
    except ValueError:
        return None


def _day(cell: str) -> datetime.date | None:
    return datetime.date.fromisoformat(cell) if cell else None
