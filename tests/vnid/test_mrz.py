"""Machine-readable zones: published specimens, synthetic cards, repairs that only propose."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vnid.samples import CARD, CARDS, NO_EXPIRY, TD1_SPECIMEN, TD3_SPECIMEN, TODAY
from vnid.dates import PartialDate, parse_date
from vnid.errors import MrzError, VnidError
from vnid.mrz import check_digit, parse_mrz
from vnid.mrz_make import card_lines, mrz_letters, passport_lines
from vnid.mrz_repair import Change, propose
from vnid.pin import Sex, parse_pin


@pytest.mark.parametrize(("text", "digit"), [("520727", "3"), ("AB2134<<<", "5"), ("L898902C3", "6")])
def test_check_digits_of_the_standard(text: str, digit: str) -> None:
    assert check_digit(text) == digit


def test_a_card() -> None:
    mrz = parse_mrz(CARD, today=TODAY)
    assert mrz.pin is not None
    assert (mrz.pin.digits, mrz.document_number) == ("001099000001", "099000001")
    assert (mrz.birth_date, mrz.sex, mrz.expiry_date) == (
        PartialDate(1999, 1, 15),
        Sex.MALE,
        date(2039, 1, 15),
    )
    assert (mrz.issuer, mrz.nationality, mrz.primary, mrz.secondary) == ("VNM", "VNM", "NGUYEN", "VAN A")
    assert mrz.access_key == "099000001799011553901153"
    assert (mrz.proof, mrz.no_expiry) == ("declared", False)


def test_a_card_without_expiry() -> None:
    mrz = parse_mrz(NO_EXPIRY, today=TODAY)
    assert (mrz.expiry_date, mrz.no_expiry) == (None, True)


def test_the_number_tells_the_century() -> None:
    lines = card_lines(parse_pin("001210000001"), "Le C", parse_date("01022010"), Sex.MALE, None)
    assert parse_mrz("\n".join(lines), today=date(2009, 1, 1)).birth_date.year == 2010
    lines = card_lines(parse_pin("001010000001"), "Le C", parse_date("01021910"), Sex.MALE, None)
    assert parse_mrz("\n".join(lines), today=TODAY).birth_date.year == 1910


def test_the_specimens_of_utopia() -> None:
    card = parse_mrz(TD1_SPECIMEN, today=TODAY)
    assert (card.document_code, card.issuer, card.document_number) == ("I", "UTO", "D23145890")
    assert (card.pin, card.expiry_date, card.primary) == (None, date(2012, 4, 15), "ERIKSSON")
    passport = parse_mrz(TD3_SPECIMEN, today=TODAY)
    assert (passport.document_number, passport.optional) == ("L898902C3", "ZE184226B")
    assert (passport.secondary, passport.birth_date) == ("ANNA MARIA", PartialDate(1974, 8, 12))
    assert passport.access_key == "L898902C3674081221204159"


def test_without_a_number_nobody_is_born_in_the_future() -> None:
    lines = passport_lines(
        issuer="UTO",
        number="X1",
        name="A, B",
        nationality="UTO",
        birth=parse_date("16012026"),
        sex=Sex.UNKNOWN,
        expiry=date(2030, 1, 1),
    )
    text = "\n".join(lines)
    assert parse_mrz(text, today=date(2026, 1, 16)).birth_date.year == 2026
    assert parse_mrz(text, today=date(2025, 12, 31)).birth_date.year == 1926


@pytest.mark.parametrize("sample", CARDS)
def test_what_is_read_is_written_again(sample: str) -> None:
    mrz = parse_mrz(sample, today=TODAY)
    assert mrz.pin is not None
    name = f"{mrz.primary} {mrz.secondary}"
    assert card_lines(mrz.pin, name, mrz.birth_date, mrz.sex, mrz.expiry_date) == mrz.lines


@pytest.mark.parametrize(
    "told",
    [
        CARD.replace("\n", ""),
        CARD.lower(),
        CARD.replace("\n", "\r\n  "),
        CARD.replace("<<8\n", "<<8<<\n"),
        CARD.rstrip("<") + "<<<<<<<<<<<<",
    ],
)
def test_blanks_and_fillers_at_the_ends_do_not_matter(told: str) -> None:
    assert parse_mrz(told, today=TODAY) == parse_mrz(CARD, today=TODAY)


@pytest.mark.parametrize("at", [at for at, sign in enumerate(CARD) if sign.isdigit()])
def test_every_digit_is_guarded(at: int) -> None:
    spoilt = CARD[:at] + str((int(CARD[at]) + 1) % 10) + CARD[at + 1 :]
    with pytest.raises(MrzError):
        parse_mrz(spoilt, today=TODAY)


@pytest.mark.parametrize(
    ("spoilt", "code", "field"),
    [
        ("", "empty", "mrz"),
        ("ID", "mrz_lines", "mrz"),
        ("A\n" * 600, "too_long", "mrz"),
        (CARD.replace("NGUYEN", "NGUYÊN"), "mrz_character", "mrz"),
        (CARD.replace("<<8\n", "<<9\n"), "check_digit", "pin"),
        (CARD.replace("9901155M", "9901154M"), "check_digit", "birth_date"),
        (CARD.replace("M3901153", "Q3901153"), "sex_letter", "sex"),
    ],
)
def test_what_is_refused_names_what_it_was(spoilt: str, code: str, field: str) -> None:
    with pytest.raises(MrzError) as refused:
        parse_mrz(spoilt, today=TODAY)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_place_of_a_wrong_check_digit_is_told() -> None:
    with pytest.raises(MrzError) as refused:
        parse_mrz(CARD.replace("<<8\n", "<<9\n"), today=TODAY)
    assert "Dòng 1, vị trí 30" in refused.value.text()


@pytest.mark.parametrize("sample", CARDS)
@pytest.mark.parametrize(("sign", "read"), [("0", "O"), ("1", "I"), ("9", "P"), ("5", "S"), ("2", "Z")])
def test_letters_read_for_digits_are_put_right(sample: str, sign: str, read: str) -> None:
    first, rest = sample.split("\n", 1)
    proposal = propose(first[:5] + first[5:].replace(sign, read) + "\n" + rest)
    assert proposal is not None
    assert "\n".join(proposal.lines) == sample
    assert [change.why for change in proposal.changes] == ["place"] * first[5:].count(sign)


def test_one_of_the_twin_numbers_repairs_the_other() -> None:
    proposal = propose(CARD.replace("001099000001<<8", "001034111701<<8"))
    assert proposal is not None
    assert "\n".join(proposal.lines) == CARD
    assert {change.why for change in proposal.changes} == {"redundancy"}
    assert proposal.changes[0] == Change(1, 20, "3", "9", "redundancy")


def test_what_fits_in_no_way_or_in_several_is_not_proposed() -> None:
    assert propose(CARD.replace("0990000017001099000001", "1234567890012345678901")) is None
    assert propose(TD1_SPECIMEN) is None


def test_a_sound_zone_needs_no_change() -> None:
    proposal = propose(CARD)
    assert proposal is not None
    assert proposal.changes == ()


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Nguyễn Thị Ánh Tuyết", "NGUYEN<THI<ANH<TUYET"),
        ("Đỗ Đức", "DO<DUC"),
        ("H'Hen Niê", "HHEN<NIE"),
        ("Y Moan Ênuôl", "Y<MOAN<ENUOL"),
        ("Lê-Đăng  Kỷ", "LE<DANG<KY"),
    ],
)
def test_names_in_the_letters_of_the_zone(name: str, folded: str) -> None:
    assert mrz_letters(name) == folded


def test_a_name_without_latin_letters_is_refused() -> None:
    with pytest.raises(MrzError, match="cannot be written"):
        mrz_letters("Нгуен")


def test_a_long_name_is_cut_at_the_line() -> None:
    lines = card_lines(
        parse_pin("001099000001"), "Công " + "Huyền " * 9, parse_date("15011999"), Sex.MALE, None
    )
    assert len(lines[2]) == 30
    assert lines[2].startswith("CONG<<HUYEN<HUYEN")


@given(
    st.from_regex(r"[0-9]{12}", fullmatch=True).map(parse_pin),
    st.dates(date(2000, 1, 1), date(2098, 12, 31)),
    st.sampled_from(Sex),
    st.sampled_from(["Nguyễn Văn A", "Lê C", "Ênuôl"]),
)
def test_every_card_that_is_made_is_read(pin: object, expiry: date, sex: Sex, name: str) -> None:
    from vnid.pin import Pin

    assert isinstance(pin, Pin)
    birth = PartialDate(pin.birth_year, 2, 28)
    mrz = parse_mrz("\n".join(card_lines(pin, name, birth, sex, expiry)), today=TODAY)
    assert (mrz.pin, mrz.birth_date, mrz.expiry_date, mrz.sex) == (pin, birth, expiry, sex)


@given(st.text(max_size=120) | st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<\n", min_size=88, max_size=92))
def test_any_text_is_read_or_refused_by_our_own_error(text: str) -> None:
    for read in (lambda: parse_mrz(text, today=TODAY), lambda: propose(text)):
        with suppress(VnidError):
            read()
