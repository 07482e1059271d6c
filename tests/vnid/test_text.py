"""Folding, order and clean spelling of Vietnamese text."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vnid.text import ALPHABET, TONES, fold, nfc_collapse, sort_key

VOWELS = "aăâeêioôơuưy"
VIETNAMESE = [*ALPHABET, *(unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES[1:])]
names = st.text(
    alphabet=[*VIETNAMESE, *(c.upper() for c in VIETNAMESE), *" -–.,()/0123456789\u00a0\u200b"], max_size=40
)
assigned = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0")

# By hand, after the dictionary order a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y.
BY_HAND = [
    ["An Bá", "An Bình", "Ân", "Bàn", "Bản", "Bãn", "Bán", "Bạn", "Băng", "Bằng", "Bắng", "Bâng", "Bầng"],
    ["Dĩnh Kế", "Dĩnh Trì", "Dương Đức", "Đa Mai", "Đại Sơn", "Đèo Gia", "Đồng Lạc", "Đông Lỗ", "Đức Giang"],
    ["Em", "Én", "Ê", "Ế", "Gia", "Giáo Liêm", "Hà", "Hòa", "Hóa", "Hoà Sơn", "Hoàng An", "Hoàng Ninh"],
    ["Long Sơn", "Lộc", "Lục Nam", "Lục Ngạn", "Lương Phong", "Lý", "Mai Đình", "Mai Trung"],
    ["Nghĩa", "Ngọc Sơn", "Nhã Nam", "Nội Hoàng", "Nơi", "Ô", "Ơ", "Ớ", "Phì Điền", "Quý Sơn"],
    [
        "Tan",
        "Tân An",
        "Tân Dĩnh",
        "Thái",
        "Tiên",
        "Trí Yên",
        "Tự Lạn",
        "Tư Mại",
        "Ư",
        "Vân",
        "Vô Tranh",
        "Yên",
    ],
    ["Tổ 1", "Tổ 2", "Tổ dân phố", "Tổ dân phố 1"],
    [
        "4",
        "A",
        "À",
        "Ả",
        "Ã",
        "Á",
        "Ạ",
        "Ă",
        "Ằ",
        "Ặ",
        "Â",
        "Ầ",
        "Ba",
        "Bà",
        "Bà An",
        "Bá Anh",
        "Ba Em",
        "Z",
        "Ω",
    ],
    ["C", "D", "Đ", "E", "Ê", "F", "G", "I", "J", "O", "Ô", "Ơ", "P", "U", "Ư", "V", "W", "X", "Y", "Ý", "Z"],
]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Hòa Bình", "hoa binh"),
        ("Hoà  Bình", "hoa binh"),
        ("HÒA\u00a0BÌNH", "hoa binh"),
        ("thủy", "thuy"),
        ("thuỷ", "thuy"),
        ("Đà Nẵng", "da nang"),
        ("Ðà Nẵng", "da nang"),  # eth typed for đ
        ("Lý", "ly"),
        ("Lí", "li"),
        ("Sở TT&TT", "so tt tt"),
        ("UBND xã Tân-Thanh (cũ) ", "ubnd xa tan thanh cu"),
        ("Bắc\u200bGiang", "bacgiang"),
        ("Phường “Trần Phú”, số 5/7", "phuong tran phu so 5 7"),
        ("ＢẮＣ №１", "bac no1"),
        (" \t\r\n–—", ""),
        ("", ""),
    ],
)
def test_fold_gives_the_search_key(typed: str, key: str) -> None:
    assert fold(typed) == key
    assert fold(unicodedata.normalize("NFD", typed)) == key


@given(names)
def test_fold_of_vietnamese_is_plain_ascii_without_double_spaces(text: str) -> None:
    key = fold(text)
    assert key.isascii()
    assert key == key.lower() == " ".join(key.split())


@given(st.text(assigned))
def test_fold_is_idempotent_and_ignores_the_normal_form(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {key}


@given(st.text(assigned))
def test_sort_key_ignores_the_normal_form(text: str) -> None:
    assert {sort_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {sort_key(text)}


@given(names)
def test_sort_key_ignores_case(text: str) -> None:
    assert sort_key(text.upper()) == sort_key(text.lower()) == sort_key(text)


@example("a\u1680b")
@given(st.text(assigned))
def test_nfc_collapse_is_idempotent_and_keeps_the_search_key(text: str) -> None:
    clean = nfc_collapse(text)
    assert nfc_collapse(clean) == clean
    assert fold(clean) == fold(text)


def test_nfc_collapse_keeps_letters_case_and_tone_placement() -> None:
    decomposed = unicodedata.normalize("NFD", " Hoà\u00a0\u200b Bình\r\nhòa ")
    assert nfc_collapse(decomposed) == "Hoà Bình hòa"


@pytest.mark.parametrize("by_hand", BY_HAND, ids=lambda names: names[0])
def test_order_of_names(by_hand: list[str]) -> None:
    shuffled = list(by_hand)
    random.Random(6).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == by_hand


def test_tones_decide_only_between_equal_letters() -> None:
    assert sorted(["Lê Thị Hương", "Lê Thi Hường", "Lê Thị Hồng"], key=sort_key) == [
        "Lê Thị Hồng",
        "Lê Thi Hường",
        "Lê Thị Hương",
    ]


def test_foreign_letters_stand_by_their_base_letter() -> None:
    assert sorted(["Mz", "Müller", "Mùa", "Muller"], key=sort_key) == ["Mùa", "Muller", "Müller", "Mz"]


def _slow_key(text: str) -> tuple[list[int], list[int]]:
    """The order written out naively: (letters of the whole text, then tones)."""
    places: list[int] = []
    tones: list[int] = []
    for character in text.lower():
        parts = unicodedata.normalize("NFD", character)
        tone = next((t for t in TONES[1:] if t in parts), "")
        letter = unicodedata.normalize("NFC", parts.replace(tone, ""))
        places.append(ALPHABET.index(letter) + 20 if letter in ALPHABET else " 0123456789".index(letter))
        tones.append(TONES.index(tone))
    return places, tones


@given(
    st.lists(
        st.text(alphabet=[*VIETNAMESE, *"  012"], min_size=1, max_size=12).map(nfc_collapse), max_size=12
    )
)
def test_order_agrees_with_the_order_written_out(texts: list[str]) -> None:
    assert sorted(texts, key=sort_key) == sorted(texts, key=_slow_key)
