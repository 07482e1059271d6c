"""Personal numbers: what the digits say, and what does not fit."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vnid.samples import TODAY
from vnid.dates import PartialDate
from vnid.errors import PinError, VnidError
from vnid.pin import WARNING_TEXTS, PinWarning, PlaceKind, Sex, doubts, is_old_number, mask, parse_pin, places


@pytest.mark.parametrize(
    ("digits", "sex", "year"),
    [
        ("001099000001", Sex.MALE, 1999),
        ("001199000001", Sex.FEMALE, 1999),
        ("001204000001", Sex.MALE, 2004),
        ("001304000001", Sex.FEMALE, 2004),
        ("001400000001", Sex.MALE, 2100),
        ("001799000001", Sex.FEMALE, 2299),
        ("001900000001", Sex.FEMALE, 2300),
    ],
)
def test_the_fourth_digit_tells_sex_and_century(digits: str, sex: Sex, year: int) -> None:
    pin = parse_pin(digits)
    assert (pin.sex, pin.birth_year) == (sex, year)


def test_the_lists_are_whole() -> None:
    kinds = [place.kind for place in places().values()]
    assert kinds.count(PlaceKind.PROVINCE) == 63
    assert kinds.count(PlaceKind.COUNTRY) == 195
    assert len({place.name_2025 for place in places().values() if place.name_2025}) == 34
    assert {code for code, place in places().items() if not place.certain} == {"114", "148"}


def test_the_merger_gave_seven_codes_to_other_provinces() -> None:
    known = [place for place in places().values() if place.name_2025]
    other = {place.code for place in known if place.name_2025 != place.name and place.code != "046"}
    assert other == {"015", "024", "044", "052", "080", "082", "091"}
    assert (places()["024"].name, places()["024"].name_2025) == ("Bắc Giang", "Bắc Ninh")


@pytest.mark.parametrize(
    "text", ["", "00109900000", "0010990000011", "00109900000a", "٠٠١٠٩٩٠٠٠٠٠١", "001 99000001"]
)
def test_only_twelve_plain_digits_are_a_number(text: str) -> None:
    with pytest.raises(PinError) as refused:
        parse_pin(text)
    assert refused.value.code == "pin_shape"
    assert "12 chữ số" in refused.value.text()


def test_a_number_never_shows_itself() -> None:
    pin = parse_pin(" 001099000001\n")
    assert "001099000001" not in f"{pin} {pin!r} {[pin]}"
    assert str(pin) == "•••••••••001"
    assert mask("12") == "12"


def test_disagreement_is_a_warning_with_a_reason() -> None:
    pin = parse_pin("099299000001")
    found = doubts(pin, today=TODAY, birth=PartialDate(1990, 1, 1), sex=Sex.FEMALE)
    assert found == (
        PinWarning.UNKNOWN_PLACE,
        PinWarning.BIRTH_IN_FUTURE,
        PinWarning.BIRTH_YEAR_DIFFERS,
        PinWarning.SEX_DIFFERS,
    )
    assert doubts(parse_pin("114099000001"), today=TODAY) == (PinWarning.UNCERTAIN_PLACE,)
    assert doubts(parse_pin("001099000001"), today=TODAY, birth=PartialDate(1999), sex=Sex.MALE) == ()


def test_every_warning_has_both_texts() -> None:
    assert set(WARNING_TEXTS) == set(PinWarning)
    assert all(vi and en and vi != en for vi, en in WARNING_TEXTS.values())


def test_the_old_number_has_nine_digits() -> None:
    assert is_old_number("012345678")
    assert not is_old_number("01234567")


@given(st.text())
def test_any_other_text_is_refused_by_our_own_error(text: str) -> None:
    with suppress(VnidError):
        assert parse_pin(text).digits == text.strip()
