"""Exports and templates, opened again."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dean06.core import clock
from dean06.core.errors import Invalid
from dean06.core.sheets import read_sheet, template_xlsx, write_csv, write_xlsx
from tests.core.sheets.books import COLUMNS, GOOD_ROW, HEADERS, saved
from vnid.text import fold, nfc_collapse

DANGEROUS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "http://127.0.0.1", "00123", "{=1}"]


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2023, 12, 10, 3, 0, tzinfo=UTC))


def cells(data: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows())


def test_text_stays_text() -> None:
    data = write_xlsx(["A"], [[text] for text in DANGEROUS], title="Thử")
    assert [(row[0].data_type, row[0].value) for row in cells(data)[1:]] == [
        ("s", text) for text in DANGEROUS
    ]
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert not [name for name in names if "externalLink" in name or name.endswith("sheet1.xml.rels")]


def test_values_keep_their_types() -> None:
    moment = datetime(2023, 9, 14, 18, 30, tzinfo=UTC)
    row = [date(2023, 9, 15), moment, 3, 12.5, Decimal("0.25"), True, None, 10**17]
    [_head, got] = cells(write_xlsx(list("abcdefgh"), [row], title="Thử"))
    assert [cell.value for cell in got] == [
        datetime.fromisoformat("2023-09-15"),
        datetime.fromisoformat("2023-09-15T01:30"),  # Vietnamese time
        3,
        12.5,
        0.25,
        "Có",
        None,
        "100000000000000000",  # Excel would round it
    ]
    assert got[0].number_format == "dd/mm/yyyy"


def test_the_header_is_frozen_and_filterable_and_the_sheet_has_a_legal_name() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(write_xlsx(["A", "B"], [[1, 2]], title="Bảng: xã/phường [9/2023] " * 3))
    )
    [sheet] = book.worksheets
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")
    assert sheet.title.startswith("Bảng  xã phường  9 2023")
    assert len(sheet.title) <= 31
    assert (
        openpyxl.load_workbook(io.BytesIO(write_xlsx([], [], title="'"))).worksheets[0].title == "Danh sách"
    )


def test_the_same_rows_give_the_same_bytes() -> None:
    assert write_xlsx(HEADERS, [GOOD_ROW], title="a") == write_xlsx(HEADERS, [GOOD_ROW], title="a")


def test_what_excel_cannot_hold_is_refused_not_cut() -> None:
    with pytest.raises(Invalid, match=r"dòng 2, cột “A”: dài hơn 32\.767 ký tự"):
        write_xlsx(["A"], [["x" * 40_000]], title="a")
    with pytest.raises(ValueError, match="finite"):
        write_xlsx(["A"], [[float("nan")]], title="a")


def test_csv_is_guarded_against_formulas() -> None:
    data = write_csv(["A", "=B"], [[text, -5] for text in [*DANGEROUS, "-12,5", "+84912", 'a"b,c\nd']])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["A", "'=B"]
    first = [row[0] for row in rows[1:]]
    assert first[:5] == [f"'{text}" for text in DANGEROUS[:5]]
    assert first[5:] == ["http://127.0.0.1", "00123", "{=1}", "-12,5", "+84912", 'a"b,c\nd']
    assert {row[1] for row in rows[1:]} == {"-5"}


def test_csv_dates_and_numbers() -> None:
    line = [date(2023, 9, 15), datetime(2023, 9, 14, 18, 30, tzinfo=UTC), Decimal("1.50"), 0.1, False, None]
    assert write_csv(list("abcdef"), [line]).decode("utf-8-sig").splitlines()[1] == (
        "15/09/2023,15/09/2023 01:30,1.50,0.1,Không,"
    )


names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40)


@settings(deadline=None, max_examples=50)
@given(names.map(nfc_collapse).filter(fold), st.sampled_from(["csv", "xlsx"]))
@example("'=a", "csv")
@example("a;b,c", "csv")
def test_what_we_write_we_read(name: str, kind: str) -> None:
    columns = COLUMNS[:1]
    headers = [columns[0].label_vi]
    data = write_csv(headers, [[name]]) if kind == "csv" else write_xlsx(headers, [[name]], title="a")
    assert [row.values["name"] for row in read_sheet(f"a.{kind}", data, columns).rows] == [name]


def test_a_filled_template_passes_the_import() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(COLUMNS, title="Mẫu")))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Tên bảng *", *HEADERS[1:]]
    for place, value in enumerate(GOOD_ROW, start=1):
        sheet.cell(2, place).value = value  # type: ignore[assignment]
    [row] = read_sheet("mau.xlsx", saved(book), COLUMNS).rows
    assert row.values["kind"] == "board"


def test_an_empty_template_says_that_it_is_empty() -> None:
    with pytest.raises(Invalid, match="chỉ có tiêu đề"):
        read_sheet("mau.xlsx", template_xlsx(COLUMNS), COLUMNS)


def test_a_template_explains_and_offers_choices() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(COLUMNS)))
    data, guide, lists = book.worksheets
    assert (guide["A2"].value, guide["B2"].value) == ("Tên bảng *", "Chữ; tối đa 40 ký tự; bắt buộc")
    assert [cell.value for cell in lists["B"]] == ["Loại", "Bảng", "Áp phích"]
    checks = {str(check.sqref): check.formula1 for check in data.data_validations.dataValidation}
    assert checks["B2:B2001"] == "'Danh mục'!$B$2:$B$3"
    assert data["A1"].comment is not None
    assert data.column_dimensions["A"].number_format == "@"
