"""The QR code of a health-insurance card (thẻ BHYT), told apart from that of an identity card.

Fields between "|": number, name and address as hexadecimal UTF-8, birth date, sex (1 = male), place of
registration, valid from, valid to, and more that differ by year of print; they are kept raw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from vnid.dates import PartialDate, parse_date
from vnid.errors import DateError, QrError
from vnid.pin import Sex, mask
from vnid.qr import MOST_CHARACTERS
from vnid.repair import clean

LEAST_FIELDS: Final = 6
# 15 signs (2 letters and 13 digits) until 2021, the 10 digits of the social-insurance number since.
_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{13}|[0-9]{10}")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True, repr=False)
class HealthCardQr:
    """What the code declares; `rest` are the fields after the address, as printed."""

    proof: ClassVar[Literal["declared"]] = "declared"

    number: str
    name: str
    birth_date: PartialDate
    sex: Sex
    address: str
    rest: tuple[str, ...]

    def __repr__(self) -> str:
        return f"HealthCardQr({mask(self.number)})"


def is_health_card(text: str) -> bool:
    """Whether this looks like such a code: a number of its kind first, then a name in hexadecimal digits."""
    fields = clean(text[:MOST_CHARACTERS])[0].split("|")
    return (
        len(fields) >= LEAST_FIELDS
        and _NUMBER.fullmatch(fields[0]) is not None
        and _HEX.fullmatch(fields[1]) is not None
    )


def parse_health_card(text: str) -> HealthCardQr:
    """Read one. Raises QrError naming the field."""
    if len(text) > MOST_CHARACTERS:
        raise QrError("too_long", "qr", limit=MOST_CHARACTERS)
    fields = [field.strip() for field in clean(text)[0].split("|")]
    if len(fields) < LEAST_FIELDS:
        raise QrError("too_few_fields", "qr", count=len(fields))
    if _NUMBER.fullmatch(fields[0]) is None:
        raise QrError("missing", "number")
    try:
        birth = parse_date(fields[2])
    except DateError as error:
        raise QrError(error.code, "birth_date") from error
    sex = {"1": Sex.MALE, "2": Sex.FEMALE}.get(fields[3], Sex.UNKNOWN)
    return HealthCardQr(
        fields[0], _text(fields[1], "name"), birth, sex, _text(fields[4], "address"), tuple(fields[5:])
    )


def _text(digits: str, field: str) -> str:
    if digits and _HEX.fullmatch(digits) is None:
        raise QrError("hex_shape", field)
    try:
        return bytes.fromhex(digits).decode("utf-8")
    except UnicodeDecodeError as error:
        raise QrError("not_text", field) from error
