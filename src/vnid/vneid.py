"""What an answer of VNeID (OpenID Connect) says about somebody, in one shape.

Portals hand the same facts over under different names and in different spellings: dates as yyyyMMdd, sex in
four encodings, and given and family name swapped, so the whole name is taken and its parts are not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vnid.dates import PartialDate, parse_date
from vnid.errors import DateError, VnidError
from vnid.pin import Pin, Sex, parse_pin

_PIN: Final = ("SoDinhDanh", "preferred_username", "citizenPid", "sub")
_NAME: Final = ("HoVaTen", "name", "fullName")
_BIRTH: Final = ("NgayThangNamSinh", "birthdate", "birthDate")
_SEX: Final = ("GioiTinh", "gender", "genderCode")
_LEVEL: Final = ("loAs", "IAL", "acr", "level")
_SEXES: Final = {
    "nam": Sex.MALE,
    "nữ": Sex.FEMALE,
    "nu": Sex.FEMALE,
    "m": Sex.MALE,
    "f": Sex.FEMALE,
    "male": Sex.MALE,
    "female": Sex.FEMALE,
    "2": Sex.MALE,
    "3": Sex.FEMALE,
}
"""Words, letters, and the codes of VNeID: 1 unknown, 2 male, 3 female, 4 other."""


@dataclass(frozen=True, slots=True, repr=False)
class VneidIdentity:
    """Somebody as VNeID names him. `level` 0: the answer does not tell."""

    pin: Pin
    name: str
    birth_date: PartialDate | None
    sex: Sex
    level: int

    def __repr__(self) -> str:
        return f"VneidIdentity({self.pin}, level={self.level})"

    @property
    def same_as_card(self) -> bool:
        """Whether the account has the value of the card: level 2 (NĐ 69/2024/NĐ-CP)."""
        return self.level >= 2


def from_claims(claims: Mapping[str, Any]) -> VneidIdentity:
    """Read an answer. Raises PinError for a number that is none, VnidError `missing` without a name,
    DateError for a birth date that is none."""
    number = _first(claims, _PIN)
    name = unicodedata.normalize("NFC", _first(claims, _NAME)).strip()
    if not name:
        raise VnidError("missing", "name")
    return VneidIdentity(
        pin=parse_pin(number),
        name=name,
        birth_date=_date(_first(claims, _BIRTH)),
        sex=_SEXES.get(_first(claims, _SEX).casefold(), Sex.UNKNOWN),
        level=_level(_first(claims, _LEVEL)),
    )


def _first(claims: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = claims.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _date(text: str) -> PartialDate | None:
    """yyyyMMdd, yyyy-MM-dd, yyyy; and the day first, as cards write it."""
    if not text:
        return None
    digits = text.replace("-", "")
    if len(digits) == 8 and digits.isascii() and digits.isdigit() and text[2:3] != "-":
        try:
            return _checked(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            pass  # not the year first: the day may be
    return parse_date(text)


def _checked(year: int, month: int, day: int) -> PartialDate:
    if year < 1800:
        raise ValueError(year)
    date(year, month, day)
    return PartialDate(year, month, day)


def _level(text: str) -> int:
    """ "2", "LoA2", "level02", "urn:…:2": the digits at the end; 1 and 2 exist."""
    digits = "".join(sign for sign in text[-2:] if sign.isdigit())
    return int(digits) if digits and int(digits) in (1, 2) else 0


__all__ = ["DateError", "VneidIdentity", "from_claims"]
