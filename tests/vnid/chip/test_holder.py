"""DG13: the synthetic example of the facts, and every way in which chips differ."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid import der
from vnid.chip.holder import Holder, make_dg13, old_numbers, parse_dg13
from vnid.dates import PartialDate
from vnid.errors import VnidError
from vnid.pin import Sex

EXAMPLE = bytes.fromhex(
    "6d820147308201433011020101130c30303130393930303030303130140201020c0f4e677579e1bb856e2056c4836e204130"
    "0f020103130a31352f30312f3139393930080201040c034e616d300f0201050c0a5669e1bb8774204e616d30090201060c04"
    "4b696e68300b0201070c064b68c3b46e6730200201080c1b58c3a320582c20487579e1bb876e20592c2048c3a0204ee1bb99"
    "69301f0201090c1a53e1bb9120312c205068e1bb91205a2c2048c3a0204ee1bb9969301902010a0c144ee1bb9174207275e1"
    "bb936920433a203120636d300f02010b130a30312f30322f32303232300f02010c0c0a31352f30312f32303339302802010d"
    "30110c0f4e677579e1bb856e2056c4836e204230100c0e5472e1baa76e205468e1bb8b2043300302010e300e02010f130930"
    "31323334353637383015020110131030313233343536373839414243444546"
)
HOLDER = Holder(
    pin="001099000001",
    name="Nguyễn Văn A",
    birth_date=PartialDate(1999, 1, 15),
    sex=Sex.MALE,
    nationality="Việt Nam",
    ethnicity="Kinh",
    religion="Không",
    place="Xã X, Huyện Y, Hà Nội",
    residence="Số 1, Phố Z, Hà Nội",
    marks="Nốt ruồi C: 1 cm",
    issue_date=date(2022, 2, 1),
    expiry_date=date(2039, 1, 15),
    no_expiry=False,
    father="Nguyễn Văn B",
    mother="Trần Thị C",
    spouses=(),
    old_number="012345678",
    chip_id="0123456789ABCDEF",
    extra=(),
)


def test_the_example_is_what_the_facts_describe() -> None:
    told = "879689915441e083bb9eff7ee819a89d4d679fbaf4a0ea8e06984647e298fc59"
    assert hashlib.sha256(EXAMPLE).hexdigest() == told
    assert parse_dg13(EXAMPLE) == HOLDER
    assert make_dg13(HOLDER) == EXAMPLE


def test_its_representation_names_nobody() -> None:
    assert "099000001" not in repr(HOLDER)
    assert "Nguyễn" not in repr(HOLDER)


def fields(*parts: bytes) -> bytes:
    return der.tlv(0x6D, der.sequence(*parts))


def field(number: int, *values: bytes) -> bytes:
    return der.sequence(der.encode_integer(number), *values)


def test_fields_are_found_by_their_numbers_and_missing_ones_shift_nothing() -> None:
    found = parse_dg13(
        fields(
            field(16, der.tlv(0x13, b"CHIP")),
            field(2, der.tlv(0x1E, "Lê C".encode("utf-16-be"))),
            field(15, der.tlv(0x13, b"001099000009")),
            field(12, der.tlv(0x0C, "Không thời hạn".encode())),
            field(3, der.tlv(0x0C, b"1999")),
            field(14, der.sequence(der.tlv(0x0C, "Trần D".encode())), der.sequence(der.tlv(0x0C, b"E"))),
            field(13, der.sequence(), der.sequence(der.tlv(0x0C, "Mẹ".encode()))),
            field(10, der.tlv(0x0C)),
            field(21, der.tlv(0x30, b"\x05\x00"), der.tlv(0x04, b"\xff")),
        )
    )
    assert (found.chip_id, found.name, found.pin, found.marks) == ("CHIP", "Lê C", "", "")
    assert (found.no_expiry, found.expiry_date, found.birth_date) == (True, None, PartialDate(1999))
    assert (found.spouses, found.father, found.mother) == (("Trần D", "E"), "", "Mẹ")
    assert old_numbers(found) == ("001099000009",)
    assert found.extra == ((21, der.tlv(0x30, b"\x05\x00") + der.tlv(0x04, b"\xff")),)


def test_an_address_longer_than_a_short_length() -> None:
    long = "Thôn Đồng Tâm, " * 20
    found = parse_dg13(make_dg13(replace(HOLDER, residence=long.strip())))
    assert found.residence == long.strip()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (fields(field(1, der.tlv(0x13, b"a"), der.tlv(0x13, b"b"))), "holder_field"),
        (fields(field(1, der.tlv(0x30))), "holder_field"),
        (fields(field(1), field(1)), "holder_field"),
        (fields(field(2, der.tlv(0x0C, b"\xff"))), "not_text"),
        (fields(field(11, der.tlv(0x13, b"2022"))), "date_shape"),
        (fields(field(3, der.tlv(0x13, b"31/02/1999"))), "date_impossible"),
        (fields(der.sequence()), "der_tag"),
        (der.tlv(0x6D), "der_tag"),
        (der.tlv(0x6D, der.sequence(), der.sequence()), "der_tag"),
        (b"", "der_truncated"),
        (bytes(2_000_000), "too_large"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(VnidError) as refused:
        parse_dg13(data)
    assert refused.value.code == code


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200)


@given(TEXT, TEXT, st.integers(17, 200), st.binary(max_size=20))
def test_what_was_written_comes_back(name: str, place: str, number: int, value: bytes) -> None:
    import unicodedata

    name, place = (unicodedata.normalize("NFC", each).strip(" ") for each in (name, place))
    made = replace(HOLDER, name=name, place=place, extra=((number, der.tlv(0x04, value)),))
    assert parse_dg13(make_dg13(made)) == made


@given(st.data())
def test_a_changed_file_is_read_or_refused(data: st.DataObject) -> None:
    bad = bytearray(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(bad)[: data.draw(st.integers(0, len(bad)))]
    for each in (bytes(bad), cut):
        try:
            parse_dg13(each)
        except VnidError as error:
            assert error.text("vi")  # noqa: PT017 - the sentence must exist for whatever was refused
