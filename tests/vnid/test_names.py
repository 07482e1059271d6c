"""Names: tone marks, the two official spellings, parts and comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid.names import (
    AGREEMENT_TEXTS,
    Agreement,
    Parts,
    compare_names,
    mrz_name,
    ndxp_name,
    place_tones,
    split_name,
)
from vnid.text import fold, nfc_collapse


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa", "hoà"),
        ("Hòa Bình", "Hoà Bình"),
        ("THÚY", "THUÝ"),
        ("khỏe", "khoẻ"),
        ("Nguyễn Thị Thủy", "Nguyễn Thị Thuỷ"),
        ("Quý", "Quý"),  # after q the u is no vowel
        ("quả", "quả"),
        ("hoàn", "hoàn"),  # closed: one spelling
        ("thuế", "thuế"),
        ("Đoàn", "Đoàn"),
        ("mía", "mía"),
        ("A", "A"),
    ],
)
def test_the_two_places_of_tone_marks(old: str, new: str) -> None:
    assert place_tones(new) == place_tones(old) == old
    assert place_tones(old, "new") == place_tones(new, "new") == new
    assert fold(old) == fold(new)


@given(st.text(max_size=40))
def test_placing_twice_changes_nothing_more(text: str) -> None:
    once = place_tones(text)
    assert place_tones(once) == once
    assert fold(once) == fold(nfc_collapse(text))


def test_the_two_official_spellings() -> None:
    assert mrz_name("Đặng Thị Ngọc Ánh") == "DANG<THI<NGOC<ANH"
    assert ndxp_name("Đặng Thị Ngọc Ánh") == "DANGTHINGOCANH"
    assert ndxp_name("H'Hen Niê") == "HHENNIE"
    assert ndxp_name("Y Kŏ Ñiê Čil") == "YKONIECIL"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Văn A", Parts("Nguyễn", "Văn", "A")),
        ("Lê C", Parts("Lê", "", "C")),
        ("Điểu", Parts("", "", "Điểu")),
        ("Tôn Nữ Thị Ninh", Parts("Tôn Nữ", "Thị", "Ninh")),
        ("Tôn Nữ", Parts("Tôn", "", "Nữ")),
    ],
)
def test_parts(name: str, parts: Parts) -> None:
    assert split_name(name, frozenset({"ton nu"})) == parts


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Nguyễn Văn A", "NGUYỄN VĂN A", Agreement.EQUAL),
        ("Trần Thị Hòa", "Trần Thị Hoà", Agreement.TONE_PLACE),
        ("Trần Thị Hoà", "TRAN THI HOA", Agreement.SIGNS),
        ("H'Hen Niê", "HHen Nie", Agreement.SIGNS),
        ("Nguyễn Hoàng Thái Tôn Nữ Phương Thảo", "NGUYEN HOANG THAI TON NU PHUO", Agreement.CUT),
        ("Nguyễn Văn A", "Văn A Nguyễn", Agreement.ORDER),
        ("Nguyễn Văn A", "Nguyễn Văn B", Agreement.DIFFERENT),
        ("Nguyễn Văn A", "Nguyễn Văn", Agreement.DIFFERENT),
    ],
)
def test_a_comparison_with_its_reason(one: str, other: str, found: Agreement) -> None:
    assert compare_names(one, other) is compare_names(other, one) is found
    assert AGREEMENT_TEXTS[found][0] != AGREEMENT_TEXTS[found][1]
