"""The people of the demo province. None of them exists: their numbers begin with a code of no province."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from dean06.core.access.actor import system_actor
from dean06.core.people import actions
from dean06.core.people.models import Person, Sex
from dean06.core.people.numbers import NOBODY

SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Dương",
    "Giáp",
    "Thân",
)
MALE = ("Văn An", "Đức Bình", "Minh Dũng", "Quang Hiếu", "Hữu Khánh", "Xuân Long", "Thanh Sơn", "Ngọc Tú")
FEMALE = ("Thị Chi", "Thu Giang", "Kim Hạnh", "Thị Hương", "Ngọc Lan", "Hồng Linh", "Thanh Mai", "Thị Yến")
_OLDEST, _DAYS = date(1940, 1, 1), 27_000
# Digit 4 of a number tells century and sex (TT 59/2021/TT-BCA): 0, 1 for the 20th century, 2, 3 for the 21st.
_CENTURY = {1: 0, 2: 2}


def write(*, random: Random, unit_ids: Sequence[int], each: int) -> list[Person]:
    """`each` people for every unit; the clock must stand in the demo's year. Call inside a wide scope."""
    actor = system_actor("demo")
    serial = iter(random.sample(range(1_000_000), each * len(unit_ids)))
    made: list[Person] = []
    for unit_id in unit_ids:
        people = [_one(random, next(serial)) for _number in range(each)]
        made += actions.register(actor=actor, unit_id=unit_id, people=people)
    return made


def _one(random: Random, serial: int) -> actions.PersonInput:
    sex = random.choice((Sex.MALE, Sex.FEMALE))
    born = _OLDEST + timedelta(days=random.randrange(_DAYS))
    given = random.choice(MALE if sex is Sex.MALE else FEMALE)
    digit = _CENTURY[born.year // 1000] + (sex is Sex.FEMALE)
    return actions.PersonInput(
        full_name=f"{random.choice(SURNAMES)} {given}",
        birth_date=born,
        sex=sex.value,
        number=f"{NOBODY}{digit}{born:%y}{serial:06d}",
    )
