"""Reading the unit files (plans/<plan>/units/*.csv) into typed rows, every defect with its file and line.

Pure: no Django, no database. Files, columns and rules are described in `csvcheck`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")

KINDS = frozenset(
    (
        "province",
        "department",
        "central_body",
        "mass_organisation",
        "enterprise",
        "district",
        "commune",
        "police_post",
        "one_stop_desk",
        "school",
        "clinic",
        "village",
        "digital_team",
    )
)
ALIAS_KINDS = frozenset(("spelling", "abbreviation", "old_name", "english"))
SUCCESSION_KINDS = frozenset(("rename", "merge", "split", "transfer", "abolish", "function_transfer"))

TRAILER = ("source", "verified")
HEADERS: dict[str, tuple[str, ...]] = {
    "units.csv": ("key", "kind", "subkind", "name", "name_en", "valid_from", "valid_to", "document"),
    "placements.csv": ("key", "parent_key", "valid_from", "valid_to", "document"),
    "codes.csv": ("key", "scheme", "code", "valid_from", "valid_to"),
    "aliases.csv": ("key", "alias", "kind"),
    "successions.csv": ("from_key", "to_key", "kind", "share", "effective_date", "document"),
    "expected.csv": ("date", "kind", "under_key", "count"),
    "chains.csv": ("kind", "from_date", "from_under", "to_date", "to_under"),
}
REQUIRED_EMPTY_OK = frozenset(("subkind", "name_en", "valid_from", "valid_to", "document", "source"))


class Problem(NamedTuple):
    """A defect: where it stands and, in Vietnamese, what is wrong and why."""

    file: str
    line: int
    message_vi: str


@dataclass(frozen=True)
class Span:
    """Validity [start, end); None is unbounded."""

    start: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether the day lies inside."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: Span) -> bool:
        """Whether both share a day."""
        before = self.end is not None and other.start is not None and self.end <= other.start
        after = other.end is not None and self.start is not None and other.end <= self.start
        return not before and not after

    def within(self, other: Span) -> bool:
        """Whether `other` covers it wholly."""
        starts = other.start is None or (self.start is not None and self.start >= other.start)
        ends = other.end is None or (self.end is not None and self.end <= other.end)
        return starts and ends

    def __str__(self) -> str:
        return f"[{self.start or '…'}, {self.end or '…'})"


class UnitRow(NamedTuple):
    line: int
    key: str
    kind: str
    name: str
    span: Span


class PlacementRow(NamedTuple):
    line: int
    key: str
    parent: str
    span: Span


class CodeRow(NamedTuple):
    line: int
    key: str
    scheme: str
    code: str
    span: Span


class AliasRow(NamedTuple):
    line: int
    key: str
    alias: str


class SuccessionRow(NamedTuple):
    line: int
    old: str
    new: str
    kind: str
    share: Decimal
    day: date


class ExpectedRow(NamedTuple):
    line: int
    day: date
    kind: str
    under: str
    number: int


class ChainRow(NamedTuple):
    line: int
    kind: str
    start: date
    start_under: str
    end: date
    end_under: str


@dataclass
class Tables:
    """The rows that could be read; rows with defects are left out and reported."""

    units: dict[str, UnitRow] = field(default_factory=dict)
    placements: list[PlacementRow] = field(default_factory=list)
    codes: list[CodeRow] = field(default_factory=list)
    aliases: list[AliasRow] = field(default_factory=list)
    successions: list[SuccessionRow] = field(default_factory=list)
    expected: list[ExpectedRow] = field(default_factory=list)
    chains: list[ChainRow] = field(default_factory=list)


class BadRow(ValueError):
    """A field of a row cannot be understood; the text is Vietnamese and complete."""


def _date(row: dict[str, str], column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise BadRow(f"cột “{column}”: “{row[column]}” không phải ngày dạng NĂM-THÁNG-NGÀY") from None


def _span(row: dict[str, str]) -> Span:
    start = _date(row, "valid_from") if row["valid_from"] else None
    end = _date(row, "valid_to") if row["valid_to"] else None
    if start is not None and end is not None and start >= end:
        raise BadRow(f"hiệu lực ngược: valid_from {start} không trước valid_to {end}")
    return Span(start, end)


def _choice(row: dict[str, str], column: str, known: frozenset[str]) -> str:
    if row[column] not in known:
        raise BadRow(f"cột “{column}”: không có loại “{row[column]}” (chỉ nhận: {', '.join(sorted(known))})")
    return row[column]


def _share(row: dict[str, str]) -> Decimal:
    try:
        share = Decimal(row["share"])
    except InvalidOperation:
        raise BadRow(f"cột “share”: “{row['share']}” không phải số thập phân") from None
    if not share.is_finite() or not 0 < share <= 1:
        raise BadRow(f"cột “share”: {row['share']} phải lớn hơn 0 và không quá 1")
    return share


def _count(row: dict[str, str]) -> int:
    if not row["count"].isascii() or not row["count"].isdigit():
        raise BadRow(f"cột “count”: “{row['count']}” không phải số đếm")
    return int(row["count"])


def _unit(line: int, row: dict[str, str]) -> UnitRow:
    return UnitRow(line, row["key"], _choice(row, "kind", KINDS), row["name"], _span(row))


def _placement(line: int, row: dict[str, str]) -> PlacementRow:
    return PlacementRow(line, row["key"], row["parent_key"], _span(row))


def _code(line: int, row: dict[str, str]) -> CodeRow:
    return CodeRow(line, row["key"], row["scheme"], row["code"], _span(row))


def _alias(line: int, row: dict[str, str]) -> AliasRow:
    _choice(row, "kind", ALIAS_KINDS)
    return AliasRow(line, row["key"], row["alias"])


def _succession(line: int, row: dict[str, str]) -> SuccessionRow:
    kind, day = _choice(row, "kind", SUCCESSION_KINDS), _date(row, "effective_date")
    return SuccessionRow(line, row["from_key"], row["to_key"], kind, _share(row), day)


def _expected(line: int, row: dict[str, str]) -> ExpectedRow:
    kind = _choice(row, "kind", KINDS)
    return ExpectedRow(line, _date(row, "date"), kind, row["under_key"], _count(row))


def _chain(line: int, row: dict[str, str]) -> ChainRow:
    start, end = _date(row, "from_date"), _date(row, "to_date")
    if start >= end:
        raise BadRow(f"from_date {start} không trước to_date {end}")
    return ChainRow(line, _choice(row, "kind", KINDS), start, row["from_under"], end, row["to_under"])


def _well_formed(row: dict[str, str]) -> None:
    """Every text is NFC and trimmed, required fields are filled, verified is yes or no."""
    for column, text in row.items():
        if text != unicodedata.normalize("NFC", text).strip():
            raise BadRow(f"cột “{column}”: chữ chưa ở dạng NFC hoặc thừa khoảng trắng ở đầu, cuối")
        if not text and column not in REQUIRED_EMPTY_OK:
            raise BadRow(f"cột “{column}”: để trống")
    if row["verified"] not in ("yes", "no"):
        raise BadRow(f"cột “verified”: “{row['verified']}” phải là yes hoặc no")


def _lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbered rows of a file under the right header; a wrong header or encoding ends the file."""
    name = path.name
    header = [*HEADERS[name], *TRAILER]
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        problems.append(Problem(name, 0, "thiếu tệp này trong thư mục đơn vị"))
        return
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 0, f"không phải UTF-8 (byte thứ {error.start})"))
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    found = next(reader, [])
    if found != header:
        problems.append(
            Problem(name, 1, f"dòng tiêu đề phải là “{','.join(header)}”, đang là “{','.join(found)}”")
        )
        return
    for cells in reader:
        if len(cells) == len(header):
            yield reader.line_num, dict(zip(header, cells, strict=True))
        else:
            message = f"có {len(cells)} cột, phải có {len(header)}"
            problems.append(Problem(name, reader.line_num, message))


def _rows(path: Path, parse: Callable[[int, dict[str, str]], T], problems: list[Problem]) -> list[T]:
    rows: list[T] = []
    for line, row in _lines(path, problems):
        try:
            _well_formed(row)
            rows.append(parse(line, row))
        except BadRow as error:
            problems.append(Problem(path.name, line, str(error)))
    return rows


def read_tables(folder: Path) -> tuple[Tables, list[Problem]]:
    """Rows of the seven files and the defects of single rows (header, width, dates, kinds, shares, doubles).

    A row with a defect is left out, so that one mistake is reported once, where it stands.
    """
    problems: list[Problem] = []
    tables = Tables(
        placements=_rows(folder / "placements.csv", _placement, problems),
        codes=_rows(folder / "codes.csv", _code, problems),
        aliases=_rows(folder / "aliases.csv", _alias, problems),
        successions=_rows(folder / "successions.csv", _succession, problems),
        expected=_rows(folder / "expected.csv", _expected, problems),
        chains=_rows(folder / "chains.csv", _chain, problems),
    )
    for unit in _rows(folder / "units.csv", _unit, problems):
        first = tables.units.setdefault(unit.key, unit)
        if first is not unit:
            message = f"mã đơn vị “{unit.key}” đã có ở dòng {first.line}"
            problems.append(Problem("units.csv", unit.line, message))
    return tables, problems
