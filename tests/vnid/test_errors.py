"""Every refusal has a sentence in both languages, and none carries what was refused."""

from __future__ import annotations

import pytest

from vnid.errors import TEXTS, QrError, VnidError
from vnid.qr import parse_qr


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_sentences_take_the_same_values(code: str) -> None:
    vi, en = TEXTS[code]
    assert vi != en
    for name in ("limit", "count", "line", "position"):
        assert (f"{{{name}}}" in vi) is (f"{{{name}}}" in en)


def test_the_sentence_names_the_field_and_not_the_text() -> None:
    with pytest.raises(QrError) as refused:
        parse_qr("001099000001|||||||")
    assert refused.value.text() == "birth_date: Thiếu thông tin."
    assert "0010990" not in repr(refused.value)


def test_an_unknown_code_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        VnidError("nonsense")
