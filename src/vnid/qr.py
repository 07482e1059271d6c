"""The QR code of a Vietnamese identity card: what it declares.

The code is unsigned text: fields between "|", no header, no checksum. Seven fields on the card of 2021,
eleven on the card of 7/2024 (NĐ 70/2024/NĐ-CP article 12 names their content; their order
is published nowhere, so fields after the seventh are kept raw and classified by shape only). It proves
nothing: `proof` is always "declared".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, Literal

from vnid.dates import PartialDate, parse_date
from vnid.errors import DateError, PinError, QrError
from vnid.pin import Pin, Sex, is_old_number, mask, parse_pin
from vnid.repair import clean

MOST_CHARACTERS: Final = 4096  # a QR code of version 40 holds 2,953 bytes
FIELDS_2021: Final = 7
FIELDS_2024: Final = 11
FIRST_DAY_2024: Final = date(2024, 7, 1)  # Luật Căn cước 26/2023/QH15 in force
PLAIN_FIELDS: Final = ("pin", "old_number", "birth_date", "issue_date")  # what keyboards do not spoil

_SEX: Final = {"nam": Sex.MALE, "nữ": Sex.FEMALE, "nu": Sex.FEMALE}
_SEX_WRITTEN: Final = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ", Sex.UNKNOWN: ""}
_LETTER: Final = re.compile(r"[^\W\d_]")
_LOST: Final = re.compile(r"[\ufffd?~]|\w[\d^`]\w|[\u00c3\u00c4\u00c6\u00e1][\u0080-\u00bf]")


class CardModel(StrEnum):
    """The two cards in use."""

    CCCD_2021 = "cccd2021"
    CANCUOC_2024 = "cancuoc2024"


class ExtraKind(StrEnum):
    """What a field after the seventh looks like; an inference from its shape."""

    EMPTY = "empty"
    CANCELLED_PIN = "cancelled_pin"
    OLD_NUMBER = "old_number"
    RELATED_NAME = "related_name"
    OTHER = "other"


class QrWarning(StrEnum):
    """What is unusual in a code that was read."""

    NO_ISSUE_DATE = "qr_no_issue_date"
    OLD_NUMBER_SHAPE = "qr_old_number_shape"
    SEX_UNREADABLE = "qr_sex_unreadable"
    NO_DIACRITICS = "qr_no_diacritics"
    SIGNS_LOST = "qr_signs_lost"
    ISSUED_IN_FUTURE = "qr_issued_in_future"
    ISSUED_BEFORE_BIRTH = "qr_issued_before_birth"
    MODEL_AND_DATE = "qr_model_and_date"
    FIELD_COUNT = "qr_field_count"


@dataclass(frozen=True, slots=True)
class Extra:
    """A field after the seventh, as printed, and what its shape suggests."""

    text: str
    kind: ExtraKind

    def __repr__(self) -> str:
        return f"Extra({self.kind.value})"


@dataclass(frozen=True, slots=True, repr=False)
class Qr:
    """What a card's QR code declares. With `degraded`, only the fields of `trusted` came through unharmed."""

    proof: ClassVar[Literal["declared"]] = "declared"

    pin: Pin
    old_number: str
    name: str
    birth_date: PartialDate
    sex: Sex
    address: str
    issue_date: date | None
    extra: tuple[Extra, ...] = ()
    degraded: bool = False
    trusted: tuple[str, ...] = ()
    warnings: tuple[QrWarning, ...] = ()
    repairs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Qr(pin={self.pin}, degraded={self.degraded})"

    @property
    def model(self) -> CardModel | None:
        """The card by its day of issue, as the law changed it; None without that day."""
        if self.issue_date is None:
            return None
        return CardModel.CANCUOC_2024 if self.issue_date >= FIRST_DAY_2024 else CardModel.CCCD_2021

    @property
    def cancelled_pins(self) -> tuple[str, ...]:
        """Earlier numbers of the holder by shape: use them to find old records, not to admit."""
        return tuple(extra.text for extra in self.extra if extra.kind is ExtraKind.CANCELLED_PIN)


def parse_qr(text: str, *, separator: str = "|") -> Qr:
    """Read a card's QR code as a scanner hands it over.

    `separator`: what the scanner makes of "|". Raises QrError naming the field: `empty`, `too_long`,
    `no_separator`, `too_few_fields`, `pin_shape`, `missing`, `date_shape`, `date_impossible`.
    """
    if len(text) > MOST_CHARACTERS:
        raise QrError("too_long", "qr", limit=MOST_CHARACTERS)
    plain, repairs = clean(text)
    if not plain:
        raise QrError("empty", "qr")
    fields = plain.split(separator)
    if len(fields) < FIELDS_2021:
        few = len(fields) > 1 or separator in plain
        raise QrError("too_few_fields", "qr", count=len(fields)) if few else QrError("no_separator", "qr")
    return _read([field.strip() for field in fields], repairs)


def _read(fields: list[str], repairs: tuple[str, ...]) -> Qr:
    """Seven fields and more, to what they declare."""
    try:
        pin = parse_pin(fields[0])
    except PinError as error:
        raise QrError(error.code, "pin") from error
    birth = _date(fields[3], "birth_date")
    issued = _date(fields[6], "issue_date") if fields[6] else None
    if issued is not None and issued.whole is None:
        raise QrError("date_shape", "issue_date")
    if not fields[2]:
        raise QrError("missing", "name")
    sex = _SEX.get(fields[4].casefold(), Sex.UNKNOWN)
    harm = _harm(fields, sex)
    return Qr(
        pin=pin,
        old_number=fields[1],
        name=fields[2],
        birth_date=birth,
        sex=sex,
        address=fields[5],
        issue_date=issued.whole if issued else None,
        extra=tuple(Extra(field, _kind(field)) for field in fields[7:]),
        degraded=bool(harm),
        trusted=PLAIN_FIELDS if harm else (),
        warnings=(*harm, *_oddities(fields, birth, issued)),
        repairs=repairs,
    )


def _date(text: str, field: str) -> PartialDate:
    if not text:
        raise QrError("missing", field)
    try:
        return parse_date(text)
    except DateError as error:
        raise QrError(error.code, field) from error


def _harm(fields: list[str], sex: Sex) -> tuple[QrWarning, ...]:
    """Signs that a keyboard stood between scanner and program: letters may be wrong, digits are right."""
    found = []
    letters = fields[2] + fields[5]
    if sex is Sex.UNKNOWN:
        found.append(QrWarning.SEX_UNREADABLE)
    if fields[4].casefold() == "nu" or (fields[5] and letters.isascii()):
        found.append(QrWarning.NO_DIACRITICS)
    elif _LOST.search(fields[2]):
        found.append(QrWarning.SIGNS_LOST)
    return tuple(found)


def _oddities(fields: list[str], birth: PartialDate, issued: PartialDate | None) -> tuple[QrWarning, ...]:
    found = []
    if fields[1] and not is_old_number(fields[1]):
        found.append(QrWarning.OLD_NUMBER_SHAPE)
    if len(fields) not in (FIELDS_2021, FIELDS_2024):
        found.append(QrWarning.FIELD_COUNT)
    if issued is None:
        return (*found, QrWarning.NO_ISSUE_DATE)
    day = issued.first
    if day < birth.first:
        found.append(QrWarning.ISSUED_BEFORE_BIRTH)
    if (len(fields) > FIELDS_2021) != (day >= FIRST_DAY_2024):
        found.append(QrWarning.MODEL_AND_DATE)
    return tuple(found)


def _kind(field: str) -> ExtraKind:
    if not field:
        return ExtraKind.EMPTY
    if field.isascii() and field.isdigit():
        kinds = {12: ExtraKind.CANCELLED_PIN, 9: ExtraKind.OLD_NUMBER}
        return kinds.get(len(field), ExtraKind.OTHER)
    return ExtraKind.RELATED_NAME if _LETTER.search(field) else ExtraKind.OTHER


def on_day(qr: Qr, today: date) -> Qr:
    """The same with what only the day of reading can tell: a day of issue that has not come."""
    if qr.issue_date is None or qr.issue_date <= today:
        return qr
    return replace(qr, warnings=(*qr.warnings, QrWarning.ISSUED_IN_FUTURE))


def encode_qr(qr: Qr) -> str:
    """The text of the code, for synthetic cards. Raises QrError `not_encodable` when a field holds "|"."""
    issued = qr.issue_date
    fields = [
        qr.pin.digits,
        qr.old_number,
        qr.name,
        qr.birth_date.written(),
        _SEX_WRITTEN[qr.sex],
        qr.address,
        f"{issued.day:02d}{issued.month:02d}{issued.year:04d}" if issued else "",
        *(extra.text for extra in qr.extra),
    ]
    if any("|" in field for field in fields):
        raise QrError("not_encodable", "qr")
    return "|".join(fields)


def masked_numbers(qr: Qr) -> tuple[str, str]:
    """The number and the old number as they may be shown."""
    return str(qr.pin), mask(qr.old_number)
