"""Machine-readable zones: TD1 of Vietnamese cards and others, TD3 of passports (ICAO 9303-3, -4, -5).

A Vietnamese card differs from the standard in four ways: the document number is the last nine digits of the
personal number; the whole number stands in the optional data with a check digit of its own at position 30;
991231 means "no expiry"; the number tells the century of birth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal

from vnid.dates import PartialDate, parse_date
from vnid.errors import DateError, MrzError
from vnid.pin import Pin, Sex, mask, parse_pin

TD1: Final = (30, 30, 30)
TD3: Final = (44, 44)
NO_EXPIRY: Final = "991231"
VIETNAM: Final = "VNM"
_WEIGHTS: Final = (7, 3, 1)
_VALUES: Final = {sign: value for value, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_SIGN: Final = re.compile("[^0-9A-Z<]")
_LINE_ENDS: Final = re.compile(r"[\r\n]+")
_GAPS: Final = re.compile(r"[ \t\u00a0]+")


@dataclass(frozen=True, slots=True)
class Check:
    """A check digit: where it stands and the pieces (line, from, to; counted from 0) that it covers."""

    name: str
    line: int
    at: int
    covers: tuple[tuple[int, int, int], ...]

    def expected(self, lines: Sequence[str]) -> str:
        """The digit that fits the pieces."""
        return check_digit("".join(lines[line][start:end] for line, start, end in self.covers))

    def holds(self, lines: Sequence[str]) -> bool:
        """Whether the digit fits; empty data may carry "<" instead of 0 (ICAO 9303-3, 4.9)."""
        stands, fits = lines[self.line][self.at], self.expected(lines)
        return stands == fits or (stands == "<" and fits == "0" and self.name == "optional")


TD1_CHECKS: Final = (
    Check("document_number", 0, 14, ((0, 5, 14),)),
    Check("birth_date", 1, 6, ((1, 0, 6),)),
    Check("expiry_date", 1, 14, ((1, 8, 14),)),
    Check("composite", 1, 29, ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29))),
)
VIETNAMESE_CHECK: Final = Check("pin", 0, 29, ((0, 15, 27),))
TD3_CHECKS: Final = (
    Check("document_number", 1, 9, ((1, 0, 9),)),
    Check("birth_date", 1, 19, ((1, 13, 19),)),
    Check("expiry_date", 1, 27, ((1, 21, 27),)),
    Check("optional", 1, 42, ((1, 28, 42),)),
    Check("composite", 1, 43, ((1, 0, 10), (1, 13, 20), (1, 21, 43))),
)


@dataclass(frozen=True, slots=True, repr=False)
class Mrz:
    """What the zone declares. `expiry_date` is None where the card has none (`no_expiry`).

    Names are the zone's: without diacritics, cut at the end of the line. The legal name is in the chip and in
    the QR code.
    """

    proof: ClassVar[Literal["declared"]] = "declared"

    lines: tuple[str, ...]
    document_code: str
    issuer: str
    document_number: str
    pin: Pin | None
    birth_date: PartialDate
    sex: Sex
    expiry_date: date | None
    no_expiry: bool
    nationality: str
    optional: str
    primary: str
    secondary: str

    def __repr__(self) -> str:
        return f"Mrz({self.document_code}, {self.issuer}, {mask(self.document_number)})"

    @property
    def access_key(self) -> str:
        """Document number, birth and expiry with their check digits: what BAC and PACE derive keys from."""
        if len(self.lines) == len(TD1):
            first, second = self.lines[0], self.lines[1]
            return first[5:15] + second[0:7] + second[8:15]
        second = self.lines[1]
        return second[0:10] + second[13:20] + second[21:28]


def check_digit(text: str) -> str:
    """The 7-3-1 check digit (ICAO 9303-3, 4.9). Raises MrzError for a character outside 0-9 A-Z <."""
    try:
        return str(sum(_VALUES[sign] * _WEIGHTS[at % 3] for at, sign in enumerate(text)) % 10)
    except KeyError as error:
        raise MrzError("not_encodable", "mrz") from error


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a zone: blanks out, upper case, surplus "<" of a line's end off, missing ones added.

    Raises MrzError `empty`, `too_long`, `mrz_lines`.
    """
    if len(text) > 1000:
        raise MrzError("too_long", "mrz", limit=1000)
    lines = [_GAPS.sub("", line).upper() for line in _LINE_ENDS.split(text)]
    lines = [line for line in lines if line]
    if not lines:
        raise MrzError("empty", "mrz")
    if len(lines) == 1:
        lines = _cut(lines[0])
    shape = {len(TD1): TD1, len(TD3): TD3}.get(len(lines))
    if shape is None:
        raise MrzError("mrz_lines", "mrz")
    return tuple(_fit(line, width) for line, width in zip(lines, shape, strict=True))


def _cut(line: str) -> list[str]:
    """One run of characters, as DG1 and some readers give it."""
    for shape in (TD1, TD3):
        if len(line) == sum(shape):
            return [line[at : at + shape[0]] for at in range(0, len(line), shape[0])]
    raise MrzError("mrz_lines", "mrz")


def _fit(line: str, width: int) -> str:
    """Readers lose or add fillers at the end of a line; nothing else may be missing."""
    if len(line) > width and set(line[width:]) == {"<"}:
        return line[:width]
    if width - 8 <= len(line) < width and line.endswith("<"):
        return line.ljust(width, "<")
    if len(line) != width:
        raise MrzError("mrz_lines", "mrz")
    return line


def checks_for(lines: Sequence[str]) -> tuple[Check, ...]:
    """The check digits that such a document carries."""
    if len(lines) != len(TD1):
        return TD3_CHECKS
    return (VIETNAMESE_CHECK, *TD1_CHECKS) if is_vietnamese_card(lines) else TD1_CHECKS


def is_vietnamese_card(lines: Sequence[str]) -> bool:
    """Whether this is a Vietnamese card: TD1, issuer VNM, an identity document."""
    return len(lines) == len(TD1) and lines[0].startswith("I") and lines[0][2:5] == VIETNAM


def parse_mrz(text: str, *, today: date) -> Mrz:
    """Read a zone whose check digits all hold. `today` places years of two digits.

    Raises MrzError: `mrz_lines`, `mrz_character`, `check_digit` (with line and position, both from 1),
    `date_shape`, `date_impossible`, `sex_letter`, `pin_shape`.
    """
    lines = split_lines(text)
    for number, line in enumerate(lines, 1):
        if (wrong := _SIGN.search(line)) is not None:
            raise MrzError("mrz_character", "mrz", line=number, position=wrong.start() + 1)
    for check in checks_for(lines):
        if not check.holds(lines):
            raise MrzError("check_digit", check.name, line=check.line + 1, position=check.at + 1)
    return _td1(lines, today) if len(lines) == len(TD1) else _td3(lines, today)


def _td1(lines: tuple[str, ...], today: date) -> Mrz:
    first, second, names = lines
    pin, century = None, _past(today)
    if is_vietnamese_card(lines):
        pin = _pin(first)
        century = _century_of(pin)
    none = second[8:14] == NO_EXPIRY and pin is not None
    primary, secondary = _names(names)
    return Mrz(
        lines=lines,
        document_code=first[:2].rstrip("<"),
        issuer=first[2:5].rstrip("<"),
        document_number=first[5:14].rstrip("<"),
        pin=pin,
        birth_date=_birth(second[0:6], century),
        sex=_sex(second[7]),
        expiry_date=None if none else _expiry(second[8:14]),
        no_expiry=none,
        nationality=second[15:18].rstrip("<"),
        optional=first[15:30].rstrip("<"),
        primary=primary,
        secondary=secondary,
    )


def _td3(lines: tuple[str, ...], today: date) -> Mrz:
    first, second = lines
    primary, secondary = _names(first[5:])
    return Mrz(
        lines=lines,
        document_code=first[:2].rstrip("<"),
        issuer=first[2:5].rstrip("<"),
        document_number=second[0:9].rstrip("<"),
        pin=None,
        birth_date=_birth(second[13:19], _past(today)),
        sex=_sex(second[20]),
        expiry_date=_expiry(second[21:27]),
        no_expiry=False,
        nationality=second[10:13].rstrip("<"),
        optional=second[28:42].rstrip("<"),
        primary=primary,
        secondary=secondary,
    )


def _pin(first: str) -> Pin:
    try:
        pin = parse_pin(first[15:27])
    except ValueError as error:
        raise MrzError("pin_shape", "pin") from error
    if pin.document_number != first[5:14]:
        raise MrzError("check_digit", "document_number", line=1, position=6)
    return pin


def _past(today: date) -> Callable[[int], int]:
    """Nobody was born in the future: the latest year with these two digits that is not after this one."""
    return lambda two: (today.year - two) // 100 * 100 + two


def _century_of(pin: Pin) -> Callable[[int], int]:
    """The century that the number names; its two digits of the year may differ (a corrected birth year)."""
    return lambda two: pin.birth_year // 100 * 100 + two


def _birth(text: str, century: Callable[[int], int]) -> PartialDate:
    """YYMMDD; unknown parts are "<<" (ICAO 9303-3, 4.8)."""
    known = text.replace("<<", "00")
    if not known.isdigit():
        raise MrzError("date_shape", "birth_date")
    return _dated(f"{known[4:6]}{known[2:4]}{century(int(known[:2])):04d}", "birth_date")


def _expiry(text: str) -> date:
    if not text.isdigit():
        raise MrzError("date_shape", "expiry_date")
    found = _dated(f"{text[4:6]}{text[2:4]}20{text[:2]}", "expiry_date").whole
    if found is None:
        raise MrzError("date_impossible", "expiry_date")
    return found


def _dated(text: str, field: str) -> PartialDate:
    try:
        return parse_date(text)
    except DateError as error:
        raise MrzError(error.code, field) from error


def _sex(sign: str) -> Sex:
    sexes = {"M": Sex.MALE, "F": Sex.FEMALE, "<": Sex.UNKNOWN, "X": Sex.UNKNOWN}
    if sign not in sexes:
        raise MrzError("sex_letter", "sex")
    return sexes[sign]


def _names(line: str) -> tuple[str, str]:
    """Primary and secondary identifier, words apart by one space."""
    primary, _, secondary = line.rstrip("<").partition("<<")
    return " ".join(primary.split("<")).strip(), " ".join(secondary.replace("<", " ").split())
