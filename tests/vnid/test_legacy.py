"""Text of the years before Unicode."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid.legacy import TCVN3, VNI, from_tcvn3, from_vni

LETTERS = [
    unicodedata.normalize("NFC", base + tone)
    for base in "aăâeêioôơuưy"
    for tone in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
] + ["đ"]
_words = st.lists(st.sampled_from([*LETTERS, *"bcdghklmnpqrstvx ", "1", ","]), max_size=30).map("".join)


def written(text: str, table: dict[str, str]) -> str:
    back = {letter: sign for sign, letter in table.items()}
    return "".join(back.get(letter, letter) for letter in text)


def test_both_know_every_letter() -> None:
    for table in (TCVN3, VNI):
        marked = {letter for letter in LETTERS if not letter.isascii()}
        assert marked - set(table.values()) == set()
        assert len(set(table.values())) == len(table), "no letter is written in two ways"
    assert len(TCVN3) == 12 * 5 + 7 + 7
    assert {letter.upper() for letter in LETTERS if not letter.isascii()} <= set(VNI.values())


@pytest.mark.parametrize(
    ("old", "text"),
    [
        ("NguyÔn V¨n A", "Nguyễn Văn A"),
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("§¬n vÞ: B¾c Giang", "Đơn vị: Bắc Giang"),
        ("\u00adu tiªn", "ưu tiên"),
    ],
)
def test_tcvn3(old: str, text: str) -> None:
    assert from_tcvn3(old) == text


@pytest.mark.parametrize(
    ("old", "text"),
    [
        ("Nguyeãn Vaên A", "Nguyễn Văn A"),
        ("Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("Ñôn vò: Baéc Giang", "Đơn vị: Bắc Giang"),
        ("ÖU TIEÂN", "ƯU TIÊN"),
        ("NGUYEÃN THÒ ÑÖÔØNG", "NGUYỄN THỊ ĐƯỜNG"),
    ],
)
def test_vni(old: str, text: str) -> None:
    assert from_vni(old) == text


@given(_words)
def test_what_was_written_is_read_again(text: str) -> None:
    assert from_tcvn3(written(text, TCVN3)) == text
    assert from_vni(written(text, VNI)) == text


@given(st.text(max_size=60))
def test_anything_is_read(text: str) -> None:
    assert from_tcvn3(text) == unicodedata.normalize("NFC", from_tcvn3(text))
    assert from_vni(text) == unicodedata.normalize("NFC", from_vni(text))
