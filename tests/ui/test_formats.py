from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from dean06.ui import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1.234.567"),
        (0, "0"),
        (-3, "−3"),
        (Decimal("67.50"), "67,5"),
        (1234.5, "1.234,5"),
        (1000, "1.000"),
        (None, "–"),
    ],
)
def test_numbers_follow_vietnamese_habit(value: formats.Number | None, text: str) -> None:
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("67.5"), "67,5 %"),
        (Decimal(100), "100 %"),
        (Decimal("99.96"), "99,9 %"),
        (Decimal("0.01"), "0,1 %"),
        (0, "0 %"),
        (Decimal("104.25"), "104,3 %"),
        (None, "–"),
    ],
)
def test_percentages_use_a_comma_and_a_no_break_space(value: formats.Number | None, text: str) -> None:
    assert formats.percent(value) == text.replace(" ", formats.NBSP)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_only_the_whole_is_written_as_a_hundred(numerator: int, denominator: int) -> None:
    numerator %= denominator + 1
    text = formats.percent(Decimal(numerator) * 100 / denominator)
    assert text.startswith("100") == (numerator == denominator)
    assert (text == f"0{formats.NBSP}%") == (numerator == 0)


def test_english_numbers_follow_english_habit() -> None:
    with translation.override("en"):
        assert formats.number(Decimal("1234.5")) == "1,234.5"


def test_days_and_moments_are_vietnamese_time() -> None:
    late = datetime(2023, 9, 5, 18, 30, tzinfo=UTC)  # 01:30 on the 6th in Viet Nam
    assert formats.day(date(2023, 9, 5)) == "05/09/2023"
    assert formats.day(late) == "06/09/2023"
    assert formats.moment(late) == "06/09/2023 01:30"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("2023-09", "Kỳ tháng 9/2023 (15/8–14/9)"),
        ("2024-01", "Kỳ tháng 1/2024 (15/12–14/1)"),
        ("2024-03", "Kỳ tháng 3/2024 (15/2–14/3)"),
    ],
)
def test_a_period_is_named_by_its_month_and_days(key: str, text: str) -> None:
    assert formats.period(key) == text
    assert formats.period_short(key) in text


def test_a_wrong_period_key_is_an_error() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        formats.period("2023")
