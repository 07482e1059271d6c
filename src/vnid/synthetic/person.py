"""People who do not exist, the same for the same seed."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from vnid.chip.holder import Holder
from vnid.dates import PartialDate
from vnid.pin import Pin, PlaceKind, Sex, parse_pin, places
from vnid.validity import expected_expiry

_FAMILY: Final = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
)
_MIDDLE: Final = {
    Sex.MALE: ("Văn", "Đức", "Minh", "Quang", "Hữu"),
    Sex.FEMALE: ("Thị", "Thu", "Ngọc", "Thanh"),
}
_GIVEN: Final = {
    Sex.MALE: ("Hùng", "Dũng", "Tuấn", "Sơn", "Kiên", "Phúc", "Hoà", "Quý"),
    Sex.FEMALE: ("Hoa", "Lan", "Hương", "Mai", "Thuỷ", "Yến", "Oanh", "Đào"),
}
_STREETS: Final = ("Đường số 0", "Ngõ Thử", "Phố Mẫu")


def person(seed: int, issued: date) -> Holder:
    """Somebody between 15 and 80 on the day of issue; his number's last six digits begin with three zeros."""
    draw = Random(seed)  # noqa: S311 - not for secrets: the same seed gives the same person
    sex = draw.choice((Sex.MALE, Sex.FEMALE))
    birth = date(issued.year - draw.randint(16, 79), draw.randint(1, 12), draw.randint(1, 28))
    pin = _number(draw, birth, sex)
    names = [
        f"{draw.choice(_FAMILY)} {draw.choice(_MIDDLE[each])} {draw.choice(_GIVEN[each])}"
        for each in (sex, Sex.MALE, Sex.FEMALE)
    ]
    found = expected_expiry(PartialDate(birth.year, birth.month, birth.day), issued)
    expected = found.days[0] if found and found.days else None
    return Holder(
        pin=pin.digits,
        name=names[0],
        birth_date=PartialDate(birth.year, birth.month, birth.day),
        sex=sex,
        nationality="Việt Nam",
        ethnicity="Kinh",
        religion="Không",
        place=f"Xã Mẫu, {pin.place.name}",
        residence=f"Số {draw.randint(1, 99)}, {draw.choice(_STREETS)}, Xã Mẫu, {pin.place.name}",
        marks="Nốt ruồi C: 1 cm trước đầu mày phải",
        issue_date=issued,
        expiry_date=expected,
        no_expiry=expected is None,
        father=names[1],
        mother=names[2],
        spouses=(),
        old_number=f"0000{draw.randint(0, 99999):05d}" if birth.year < 1998 else "",
        chip_id=f"{draw.getrandbits(64):016X}",
        extra=(),
    )


def _number(draw: Random, birth: date, sex: Sex) -> Pin:
    codes = sorted(code for code, place in places().items() if place.kind is PlaceKind.PROVINCE)
    century = (birth.year // 100 - 19) * 2 + (sex is Sex.FEMALE)
    return parse_pin(f"{draw.choice(codes)}{century}{birth.year % 100:02d}000{draw.randint(1, 999):03d}")
