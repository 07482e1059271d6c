"""Answers of VNeID in the shapes that portals hand over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid.dates import PartialDate
from vnid.errors import VnidError
from vnid.pin import Sex
from vnid.vneid import from_claims

PORTAL = {
    "sub": "x",
    "HoVaTen": "Nguyễn Văn A",
    "SoDinhDanh": "001099000001",
    "NgayThangNamSinh": "19990115",
    "GioiTinh": "Nam",
    "loAs": "2",
}
KEYCLOAK = {
    "preferred_username": "001199000001",
    "given_name": "Trần",  # the family name: VNeID swaps them
    "family_name": "Thị B",
    "name": "Trần Thị B",
    "birthdate": "1999-01-15",
    "gender": "F",
    "acr": "LoA1",
}


def test_a_portal() -> None:
    found = from_claims(PORTAL)
    assert (found.pin.digits, found.name) == ("001099000001", "Nguyễn Văn A")
    assert (found.birth_date, found.sex) == (PartialDate(1999, 1, 15), Sex.MALE)
    assert (found.level, found.same_as_card) == (2, True)
    assert "099000001" not in repr(found)


def test_the_service_itself_swaps_the_parts_of_a_name() -> None:
    found = from_claims(KEYCLOAK)
    assert (found.name, found.sex, found.level, found.same_as_card) == ("Trần Thị B", Sex.FEMALE, 1, False)


@pytest.mark.parametrize(
    ("code", "sex"),
    [
        ("1", Sex.UNKNOWN),
        (2, Sex.MALE),
        ("3", Sex.FEMALE),
        ("4", Sex.UNKNOWN),
        ("Nữ", Sex.FEMALE),
        ("m", Sex.MALE),
    ],
)
def test_four_encodings_of_sex(code: object, sex: Sex) -> None:
    assert from_claims({**PORTAL, "GioiTinh": code}).sex is sex


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("19990115", PartialDate(1999, 1, 15)),
        ("1999-01-15", PartialDate(1999, 1, 15)),
        ("15/01/1999", PartialDate(1999, 1, 15)),
        ("15011999", PartialDate(1999, 1, 15)),
        ("1999", PartialDate(1999)),
        ("", None),
    ],
)
def test_dates(text: str, date: PartialDate | None) -> None:
    assert from_claims({**PORTAL, "NgayThangNamSinh": text}).birth_date == date


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"SoDinhDanh": "123", "preferred_username": ""}, "pin_shape"),
        ({"HoVaTen": ""}, "missing"),
        ({"HoVaTen": ["a"]}, "missing"),
        ({"NgayThangNamSinh": "19991345"}, "date_impossible"),
        ({"NgayThangNamSinh": "yesterday"}, "date_shape"),
    ],
)
def test_what_is_no_such_answer_is_refused(changed: dict[str, object], code: str) -> None:
    with pytest.raises(VnidError) as refused:
        from_claims({**PORTAL, **changed})
    assert refused.value.code == code


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=12), st.lists, max_leaves=4)


@given(st.dictionaries(st.sampled_from(sorted({*PORTAL, *KEYCLOAK})), JSON))
def test_any_answer_is_read_or_refused(claims: dict[str, object]) -> None:
    try:
        from_claims(claims)
    except VnidError as error:
        assert error.text("vi")  # noqa: PT017 - the sentence must exist for whatever was refused
