"""Nothing of the shipped province stands in the code: another province brings only another folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.guards.provincial_facts import LARGE, in_folder, in_text, place_names, unit_codes
from vnid.text import fold

Place = tuple[str, str, int]
SOURCE = Path(__file__).parents[2] / "src"
ALLOWED = {("dean06/config/settings.py", settings.PLAN_DIR.name)}
NATIONAL = "vnid/data/provinces.csv"  # every province of the country, this one among them


def test_the_guard_knows_what_to_look_for() -> None:
    assert len(place_names()) >= 200
    assert any(" " not in name for name in place_names())
    assert len(unit_codes()) >= 500
    assert any(not code.isdecimal() for code in unit_codes())


@pytest.fixture(scope="module")
def found() -> list[Place]:
    return in_folder(SOURCE)


def test_no_fact_of_the_province_stands_in_the_code(found: list[Place]) -> None:
    here = [each for each in found if each[:2] not in ALLOWED and each[0] != NATIONAL]
    assert [f"{file}:{line}: {fact}" for file, fact, line in here] == []
    assert any(file == NATIONAL for file, _fact, _line in found), "the list is where it was"


def test_the_default_plan_is_named_once(found: list[Place]) -> None:
    assert [place[:2] for place in found].count(next(iter(ALLOWED))) == 1


def _names(*, words: int) -> list[str]:
    return sorted(name for name in place_names() if len(name.split()) == words)


def _codes(*, digits: bool) -> list[str]:
    return sorted(code for code in unit_codes() if code.isdecimal() == digits)


def _large() -> list[str]:
    return sorted(name for name in place_names(LARGE) if " " in name)


FACTS = [
    *((f"x = 'UBND huyện {name.lower()}'", name.lower()) for name in _names(words=2)[:2]),
    *((f"in {fold(name).replace(' ', '_')}_2023", fold(name).replace(" ", "_")) for name in _large()),
    *((f"tại {name.casefold()},", name.casefold()) for name in _large()),
    *((f"Ở {name} có 5 điểm.", name) for name in _names(words=2)[-2:]),
    *((f"NGƯỜI DÂN {name.upper()}", name.upper()) for name in _names(words=2)[:1]),
    *((f"<td>Thị trấn {name}</td>", name) for name in _names(words=1)),
    *((f'home = "{name}"', name) for name in _names(words=1)),
    *((f"unit('{code}')", code) for code in _codes(digits=False)[:5]),
    *((f"see {code}.", code) for code in _codes(digits=True) if len(code) >= 5),
    *((f'"gso:{code}"', code) for code in _codes(digits=True)[:5]),
    (f"PLAN = '{settings.PLAN_DIR.name}'", settings.PLAN_DIR.name),
]


@pytest.mark.parametrize(("text", "fact"), FACTS[::7])
def test_each_kind_of_fact_is_found(text: str, fact: str) -> None:
    assert (fact, 2) in in_text(f"\n{text}\n")


def test_every_fact_is_found() -> None:
    assert [text for text, fact in FACTS if (fact, 1) not in in_text(text)] == []


@pytest.mark.parametrize(
    "text", ["width=24", "26/220", "thắng lợi", "Hòa Thắngx", "xây dựng", "tân an toàn", "#c06f3a", "so-ctx"]
)
def test_other_words_and_numbers_are_left_alone(text: str) -> None:
    assert in_text(text) == []


def test_a_folder_is_searched_whole(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.py").write_text(f"\nPLAN = '{settings.PLAN_DIR.name}'\n", encoding="utf-8")
    assert in_folder(tmp_path) == [("deep/a.py", settings.PLAN_DIR.name, 2)]
