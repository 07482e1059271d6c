"""Writes machine-readable zones, for synthetic cards and for the keys of chips."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final

from vnid.dates import PartialDate
from vnid.errors import MrzError
from vnid.mrz import NO_EXPIRY, TD1_CHECKS, TD3_CHECKS, VIETNAM, VIETNAMESE_CHECK, Check, check_digit
from vnid.pin import Pin, Sex

_SEX: Final = {Sex.MALE: "M", Sex.FEMALE: "F", Sex.UNKNOWN: "<"}
_LATIN: Final = str.maketrans({"Đ": "D", "Ð": "D", "Ø": "O", "Þ": "TH", "Æ": "AE", "Œ": "OE", "ẞ": "SS"})


def mrz_letters(text: str) -> str:
    """A name as a zone writes it: upper case, no diacritics, one "<" between words, nothing for ' ’ .

    Đ is D. Raises MrzError `not_encodable` when a letter has no Latin form.
    """
    plain = unicodedata.normalize("NFKD", text.upper().replace("ß", "SS")).translate(_LATIN)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign not in "'’.`ʼ")
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    if not all(word.isascii() and word.isalpha() for word in words):
        raise MrzError("not_encodable", "name")
    return "<".join(words)


def card_lines(
    pin: Pin, name: str, birth: PartialDate, sex: Sex, expiry: date | None
) -> tuple[str, str, str]:
    """The zone of a Vietnamese card; `expiry` None is a card without expiry; family name = first word."""
    first = f"ID{VIETNAM}{pin.document_number}{check_digit(pin.document_number)}{pin.digits}<<0"
    second = f"{_six(birth)}0{_SEX[sex]}{_expiry(expiry)}0{VIETNAM}<<<<<<<<<<<0"
    lines = [first, second, _name_line(name, 30)]
    for check in (VIETNAMESE_CHECK, *TD1_CHECKS):
        _set(lines, check)
    return lines[0], lines[1], lines[2]


def passport_lines(
    *, issuer: str, number: str, name: str, nationality: str, birth: PartialDate, sex: Sex, expiry: date
) -> tuple[str, str]:
    """The two lines of a passport (TD3); `name` is "FAMILY, Given" or family name first."""
    first = f"P<{issuer:<<3}{_name_line(name, 39)}"
    six = f"{expiry.year % 100:02d}{expiry.month:02d}{expiry.day:02d}"
    second = f"{number:<<9}0{nationality:<<3}{_six(birth)}0{_SEX[sex]}{six}0{'':<<14}00"
    lines = [first, second]
    for check in TD3_CHECKS:
        _set(lines, check)
    return lines[0], lines[1]


def _set(lines: list[str], check: Check) -> None:
    line = lines[check.line]
    lines[check.line] = line[: check.at] + check.expected(lines) + line[check.at + 1 :]


def _six(birth: PartialDate) -> str:
    month = f"{birth.month:02d}" if birth.month else "<<"
    return f"{birth.year % 100:02d}{month}{f'{birth.day:02d}' if birth.day else '<<'}"


def _expiry(day: date | None) -> str:
    return NO_EXPIRY if day is None else f"{day.year % 100:02d}{day.month:02d}{day.day:02d}"


def _name_line(name: str, width: int) -> str:
    """Family name, "<<", the rest; cut at the width (ICAO 9303-3, 4.6 leaves how to issuers)."""
    primary, comma, given = name.partition(",")
    words = (primary, given) if comma else [*name.split(maxsplit=1), "", ""][:2]
    folded = [mrz_letters(part) for part in words]
    return "<<".join(part for part in folded if part)[:width].ljust(width, "<")
