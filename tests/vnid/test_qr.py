"""The QR code of a card: every layout, what scanners do to it, and what is refused."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vnid.samples import QR_2021, QR_2024, TODAY
from vnid.dates import PartialDate, Precision
from vnid.errors import QrError, VnidError
from vnid.health_card import is_health_card, parse_health_card
from vnid.pin import Sex, parse_pin
from vnid.qr import PLAIN_FIELDS, CardModel, Extra, ExtraKind, Qr, QrWarning, encode_qr, on_day, parse_qr


def test_the_card_of_2021() -> None:
    qr = parse_qr(QR_2021)
    assert (qr.pin.digits, qr.old_number, qr.name) == ("001099000001", "012345678", "Nguyễn Văn A")
    assert (qr.birth_date, qr.sex) == (PartialDate(1999, 1, 15), Sex.MALE)
    assert (qr.address, qr.issue_date) == ("Số 1, Phố Z, Hà Nội", date(2022, 2, 1))
    assert (qr.model, qr.extra, qr.proof) == (CardModel.CCCD_2021, (), "declared")
    assert (qr.degraded, qr.warnings, qr.repairs) == (False, (), ())


def test_the_card_of_2024_keeps_its_empty_fields() -> None:
    qr = parse_qr(QR_2024)
    assert (qr.old_number, qr.model) == ("", CardModel.CANCUOC_2024)
    assert [extra.kind for extra in qr.extra] == [ExtraKind.EMPTY] * 4
    assert qr.warnings == ()


def test_more_fields_are_kept_and_told_by_shape() -> None:
    qr = parse_qr(QR_2024 + "|001099000009|012345678|Trần Thị B|12-3")
    assert [extra.kind for extra in qr.extra[4:]] == [
        ExtraKind.CANCELLED_PIN,
        ExtraKind.OLD_NUMBER,
        ExtraKind.RELATED_NAME,
        ExtraKind.OTHER,
    ]
    assert qr.cancelled_pins == ("001099000009",)
    assert qr.warnings == (QrWarning.FIELD_COUNT,)


@pytest.mark.parametrize(
    ("scanned", "repairs"),
    [
        (QR_2024 + "\r", ()),
        ("\t" + QR_2024 + "\r\n", ()),
        ("\ufeff" + QR_2024, ("bom",)),
        ("]Q1" + QR_2024, ("aim_prefix",)),
        (QR_2024.encode().decode("latin-1"), ("mojibake",)),
        (unicodedata.normalize("NFD", QR_2024), ("nfc",)),
        (unicodedata.normalize("NFD", QR_2024).encode().decode("latin-1"), ("mojibake", "nfc")),
    ],
)
def test_what_scanners_add_or_spoil_is_repaired_and_named(scanned: str, repairs: tuple[str, ...]) -> None:
    qr = parse_qr(scanned)
    assert qr.name == "Nguyễn Thị A"
    assert qr.repairs == repairs
    assert not qr.degraded


def test_text_read_as_windows_1252_is_repaired() -> None:
    # Đ is C4 90, and 90 is no character of Windows-1252: a name without it.
    spoilt = QR_2024.replace("Hà Nội", "Huế").replace("Phố", "Ngõ").encode().decode("cp1252")
    assert parse_qr(spoilt).address == "Số 1, Ngõ Z, Huế"


@pytest.mark.parametrize(
    ("scanned", "warnings"),
    [
        ("001199000001||Nguyen Thi A|15011999|Nu|So 1, Ha Noi|01082024||||", (QrWarning.NO_DIACRITICS,)),
        ("001199000001||NGUYEN THI A|15011999|NU|SO 1|01082024||||", (QrWarning.NO_DIACRITICS,)),
        ("001199000001||Nguyê4n Thi5 A|15011999|Nữ|Số 1|01082024||||", (QrWarning.SIGNS_LOST,)),
        ("001199000001||Nguy?n Th? A|15011999|Nữ|Số 1|01082024||||", (QrWarning.SIGNS_LOST,)),
        ("001199000001||Nguyễn Thị A|15011999|Nư4|Số 1|01082024||||", (QrWarning.SEX_UNREADABLE,)),
    ],
)
def test_a_keyboard_in_between_spoils_letters_but_not_digits(
    scanned: str, warnings: tuple[QrWarning, ...]
) -> None:
    qr = parse_qr(scanned)
    assert qr.degraded
    assert qr.trusted == PLAIN_FIELDS
    assert qr.warnings == warnings
    assert qr.pin.digits == "001199000001"


def test_another_sign_between_the_fields() -> None:
    assert parse_qr(QR_2021.replace("|", "~"), separator="~").pin == parse_pin("001099000001")
    with pytest.raises(QrError) as refused:
        parse_qr(QR_2021.replace("|", "~"))
    assert refused.value.code == "no_separator"


@pytest.mark.parametrize(
    ("spoilt", "code", "field"),
    [
        ("", "empty", "qr"),
        ("\r\n", "empty", "qr"),
        ("x" * 4097, "too_long", "qr"),
        ("001099000001|a|b", "too_few_fields", "qr"),
        (QR_2021.replace("001099000001", "00109900001"), "pin_shape", "pin"),
        (QR_2021.replace("Nguyễn Văn A", ""), "missing", "name"),
        (QR_2021.replace("15011999", ""), "missing", "birth_date"),
        (QR_2021.replace("15011999", "31022000"), "date_impossible", "birth_date"),
        (QR_2021.replace("15011999", "150119"), "date_shape", "birth_date"),
        (QR_2021.replace("01022022", "00022022"), "date_shape", "issue_date"),
        (QR_2021.replace("01022022", "29022021"), "date_impossible", "issue_date"),
    ],
)
def test_what_is_refused_names_the_field(spoilt: str, code: str, field: str) -> None:
    with pytest.raises(QrError) as refused:
        parse_qr(spoilt)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    ("written", "precision"),
    [("1999", Precision.YEAR), ("00001999", Precision.YEAR), ("00011999", Precision.MONTH)],
)
def test_partial_dates_of_birth(written: str, precision: Precision) -> None:
    qr = parse_qr(QR_2021.replace("15011999", written))
    assert qr.birth_date.precision is precision
    assert qr.birth_date.whole is None
    assert qr.birth_date.year == 1999


@pytest.mark.parametrize(
    ("odd", "warning"),
    [
        (QR_2021.replace("01022022", ""), QrWarning.NO_ISSUE_DATE),
        (QR_2021.replace("012345678", "01234"), QrWarning.OLD_NUMBER_SHAPE),
        (QR_2021.replace("01022022", "01021998"), QrWarning.ISSUED_BEFORE_BIRTH),
        (QR_2021.replace("01022022", "01072024"), QrWarning.MODEL_AND_DATE),
        (QR_2024.replace("01082024", "30062024"), QrWarning.MODEL_AND_DATE),
    ],
)
def test_what_is_odd_is_read_and_said(odd: str, warning: QrWarning) -> None:
    assert parse_qr(odd).warnings == (warning,)


def test_a_day_of_issue_that_has_not_come() -> None:
    qr = parse_qr(QR_2024.replace("01082024", "01082026"))
    assert on_day(qr, TODAY).warnings == (QrWarning.ISSUED_IN_FUTURE,)
    assert on_day(qr, date(2026, 8, 1)) is qr


def test_what_is_shown_of_it_holds_no_number() -> None:
    qr = parse_qr(QR_2021 + "|001099000009|||")
    assert "099000" not in repr(qr) + repr(qr.extra)


HEALTH = "DN4010123456789|{}|15/01/1999|1|{}|01 - 001|01/01/2024|31/12/2024|x"
HEALTH_CARD = HEALTH.format("Nguyễn Văn A".encode().hex(), "Hà Nội".encode().hex())


def test_a_health_insurance_card_is_known_as_such() -> None:
    assert is_health_card(HEALTH_CARD)
    assert not is_health_card(QR_2021)
    card = parse_health_card(HEALTH_CARD)
    assert (card.name, card.sex, card.address) == ("Nguyễn Văn A", Sex.MALE, "Hà Nội")
    assert card.birth_date == PartialDate(1999, 1, 15)
    assert card.rest[1:3] == ("01/01/2024", "31/12/2024")
    assert "0123456" not in repr(card)


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("15/01/1999", "31/02/1999", "date_impossible", "birth_date"),
        ("4e677579", "zz677579", "hex_shape", "name"),
        ("4e677579", "ff677579", "not_text", "name"),
        ("DN401", "D1", "missing", "number"),
    ],
)
def test_a_spoilt_health_card_names_the_field(old: str, new: str, code: str, field: str) -> None:
    with pytest.raises(QrError) as refused:
        parse_health_card(HEALTH_CARD.replace(old, new))
    assert (refused.value.code, refused.value.field) == (code, field)


days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
words = st.text(alphabet="aĂâđêôơưxyz Nguyễn", min_size=1, max_size=20).map(lambda word: f"N{word.strip()}")
cards = st.builds(
    Qr,
    pin=st.from_regex(r"[0-9]{12}", fullmatch=True).map(parse_pin),
    old_number=st.from_regex(r"([0-9]{9})?", fullmatch=True),
    name=words.map(lambda word: unicodedata.normalize("NFC", word)),
    birth_date=days.map(lambda day: PartialDate(day.year, day.month, day.day)),
    sex=st.sampled_from(Sex),
    address=words.map(lambda word: unicodedata.normalize("NFC", f"ệ {word}")),
    issue_date=days,
    extra=st.lists(st.just(Extra("", ExtraKind.EMPTY)), max_size=4).map(tuple),
)


@given(cards)
def test_what_is_encoded_is_read_back(card: Qr) -> None:
    text = encode_qr(card)
    read = parse_qr(text)
    assert encode_qr(read) == text
    assert (read.pin, read.birth_date, read.sex, read.name) == (
        card.pin,
        card.birth_date,
        card.sex,
        card.name,
    )


@given(st.text(max_size=300) | st.lists(st.text(max_size=20), min_size=7, max_size=12).map("|".join))
def test_any_text_is_read_or_refused_by_our_own_error(text: str) -> None:
    for parse in (parse_qr, parse_health_card):
        with suppress(VnidError):
            parse(text)
    is_health_card(text)


def test_a_field_with_a_bar_is_not_encoded() -> None:
    with pytest.raises(QrError):
        encode_qr(Qr(parse_pin("001099000001"), "", "a|b", PartialDate(1999), Sex.MALE, "", None))
