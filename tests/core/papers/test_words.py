"""Fixed spellings of NĐ 30/2020/NĐ-CP."""

from __future__ import annotations

from datetime import date

import pytest

from dean06.core.papers import words
from dean06.core.papers.metrics import width
from tests.core.papers.samples import letter, report


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2023, 1, 5), "ngày 05 tháng 01 năm 2023"),
        (date(2023, 2, 14), "ngày 14 tháng 02 năm 2023"),
        (date(2023, 3, 9), "ngày 09 tháng 3 năm 2023"),
        (date(2023, 9, 30), "ngày 30 tháng 9 năm 2023"),
        (date(2023, 12, 1), "ngày 01 tháng 12 năm 2023"),
    ],
)
def test_days_below_ten_and_the_first_two_months_take_a_zero(day: date, told: str) -> None:
    assert words.dated("Bắc Giang", day) == f"Bắc Giang, {told}"


def test_a_draft_has_room_for_number_and_day() -> None:
    draft = report(number=None, day=None)
    assert words.numbered(draft) == "Số: ...../BC-SXD"
    assert words.dated("Bắc Giang", None) == "Bắc Giang, ngày ..... tháng ..... năm ....."


@pytest.mark.parametrize(("number", "told"), [(1, "01"), (9, "09"), (10, "10"), (123, "123")])
def test_numbers_below_ten_take_a_zero(number: int, told: str) -> None:
    assert words.numbered(report(number=number)) == f"Số: {told}/BC-SXD"


def test_a_letter_names_its_department_and_no_kind() -> None:
    assert words.numbered(letter()) == "Số: 07/UBND-VX"


def test_addressees_and_recipients() -> None:
    assert words.addressed(("Công an tỉnh",)) == ["Kính gửi: Công an tỉnh."]
    assert words.addressed(("A", "B")) == ["Kính gửi:", "- A;", "- B."]
    assert words.addressed(()) == []
    assert words.recipients(report()) == ["- Như trên;", "- Lãnh đạo Sở;", "- Lưu: VT, VP."]
    assert words.recipients(report(to=()))[0] == "- Lãnh đạo Sở;"


@pytest.mark.parametrize("text", ["Kính báo.", "Kính báo", "Kính báo./.", "Kính báo; "])
def test_the_end_is_marked_once(text: str) -> None:
    assert words.ended(text) == "Kính báo./."


def test_appendices_are_counted_in_roman_numerals_where_there_are_several() -> None:
    assert words.appendix_title(0, 1) == "Phụ lục"
    assert [words.appendix_title(at, 10) for at in (0, 3, 8, 9)] == [
        "Phụ lục I", "Phụ lục IV", "Phụ lục IX", "Phụ lục X",
    ]  # fmt: skip


def test_widths_are_those_of_times_bold() -> None:
    assert width(words.NATION) == pytest.approx(20.861)
    assert width("Đ") == width("D") == pytest.approx(0.722)
    assert width("Ệ") == width("E")
