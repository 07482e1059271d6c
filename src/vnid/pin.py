"""The 12-digit personal identification number (số định danh cá nhân).

Its structure: NĐ 137/2015/NĐ-CP article 13; code tables: TT 07/2016/TT-BCA, appendices 1 and 2; 3 + 1 + 2 + 6
digits: TT 59/2021/TT-BCA article 4. There is no check digit. A number may rightly disagree with its holder's
sex or year of birth: who had them corrected may keep the old number (NĐ 70/2024/NĐ-CP article 11). So nothing
here proves a person: disagreement is a warning.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from vnid.dates import PartialDate
from vnid.errors import PinError

_PIN: Final = re.compile(r"[0-9]{12}")
_OLD: Final = re.compile(r"[0-9]{9}")
SHOWN: Final = 3  # digits at the end that masked numbers show


class Sex(StrEnum):
    """Sex as documents state it."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class PlaceKind(StrEnum):
    """Where a birth was registered."""

    PROVINCE = "province"
    COUNTRY = "country"
    UNKNOWN = "unknown"  # in neither table: foreigners' numbers follow no structure (NĐ 69/2024 article 5)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of birth registration that a code stands for.

    `name_2025` is what the list of 34 provinces calls the same code: the merger of 2025 used seven codes anew
    for other provinces, and numbers do not change. None where that list has no such code. `certain` is False
    for two countries that stand twice in the published list.
    """

    code: str
    kind: PlaceKind
    name: str
    name_en: str
    name_2025: str | None = None
    iso: str | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Pin:
    """A number and what its digits say. `str` and `repr` show its last three digits only."""

    digits: str
    place: Place
    sex: Sex
    birth_year: int

    def __str__(self) -> str:
        return mask(self.digits)

    def __repr__(self) -> str:
        return f"Pin({mask(self.digits)})"

    @property
    def can(self) -> str:
        """The card access number of the chip: the last six digits."""
        return self.digits[6:]

    @property
    def document_number(self) -> str:
        """The nine digits that stand as document number in the MRZ."""
        return self.digits[3:]


class PinWarning(StrEnum):
    """What does not fit, and proves nothing."""

    UNKNOWN_PLACE = "pin_unknown_place"
    UNCERTAIN_PLACE = "pin_uncertain_place"
    BIRTH_IN_FUTURE = "pin_birth_in_future"
    BIRTH_YEAR_DIFFERS = "pin_birth_year_differs"
    SEX_DIFFERS = "pin_sex_differs"


WARNING_TEXTS: Final[dict[PinWarning, tuple[str, str]]] = {
    PinWarning.UNKNOWN_PLACE: (
        "Ba chữ số đầu không có trong bảng mã tỉnh, mã nước (số của người nước ngoài có thể như vậy).",
        "The first three digits are in no table of places (numbers of foreigners have no such structure).",
    ),
    PinWarning.UNCERTAIN_PLACE: (
        "Mã nước này xuất hiện hai lần trong danh mục đã công bố.",
        "This country stands twice in the published list.",
    ),
    PinWarning.BIRTH_IN_FUTURE: (
        "Năm sinh theo số định danh ở tương lai.",
        "By the number, the birth lies in the future.",
    ),
    PinWarning.BIRTH_YEAR_DIFFERS: (
        "Năm sinh khác với số định danh; số có thể được giữ sau khi cải chính.",
        "The year of birth differs from the number, which may be kept after a correction.",
    ),
    PinWarning.SEX_DIFFERS: (
        "Giới tính khác với số định danh; số có thể được giữ sau khi xác định lại.",
        "The sex differs from the number, which may be kept after a re-determination.",
    ),
}
"""Each warning in Vietnamese and in English."""


def mask(number: str) -> str:
    """ "•••••••••001": all that is shown of a number."""
    return "•" * max(len(number) - SHOWN, 0) + number[-SHOWN:]


@cache
def places() -> dict[str, Place]:
    """Every code of the two published lists."""
    found: dict[str, Place] = {}
    for row in _table("provinces.csv"):
        found[row["code"]] = Place(
            row["code"], PlaceKind.PROVINCE, row["name"], row["name"], row["name_2025"] or None
        )
    for row in _table("countries.csv"):
        found[row["code"]] = Place(
            row["code"],
            PlaceKind.COUNTRY,
            row["name_vi"],
            row["name_en"],
            iso=row["iso"],
            certain=row["certain"] == "yes",
        )
    return found


def _table(name: str) -> list[dict[str, str]]:
    text = files("vnid").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def parse_pin(text: str) -> Pin:
    """Read a number; spaces at its ends are no part of it. Raises PinError `pin_shape`."""
    digits = text.strip()
    if _PIN.fullmatch(digits) is None:
        raise PinError("pin_shape", "pin")
    code, century = digits[:3], int(digits[3])
    place = places().get(code) or Place(code, PlaceKind.UNKNOWN, "", "")
    year = (19 + century // 2) * 100 + int(digits[4:6])
    return Pin(digits, place, Sex.FEMALE if century % 2 else Sex.MALE, year)


def is_old_number(text: str) -> bool:
    """Whether this is the shape of an identity card number of before 2016: nine digits (CMND)."""
    return _OLD.fullmatch(text) is not None


def doubts(
    pin: Pin, *, today: date, birth: PartialDate | None = None, sex: Sex = Sex.UNKNOWN
) -> tuple[PinWarning, ...]:
    """What about the number does not fit itself, its holder's year of birth and sex."""
    found = []
    if pin.place.kind is PlaceKind.UNKNOWN:
        found.append(PinWarning.UNKNOWN_PLACE)
    elif not pin.place.certain:
        found.append(PinWarning.UNCERTAIN_PLACE)
    if pin.birth_year > today.year:
        found.append(PinWarning.BIRTH_IN_FUTURE)
    if birth is not None and birth.year != pin.birth_year:
        found.append(PinWarning.BIRTH_YEAR_DIFFERS)
    if sex is not Sex.UNKNOWN and sex is not pin.sex:
        found.append(PinWarning.SEX_DIFFERS)
    return tuple(found)
