"""CSV files from different programs and machines."""

from __future__ import annotations

import pytest

from dean06.core.errors import Invalid
from dean06.core.sheets import read_sheet
from tests.core.sheets.books import COLUMNS

LINES = "Tên bảng;Loại;Tỷ lệ\r\nBảng số 1;Áp phích;12,5\r\n"


def message(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read_sheet("a.csv", data, COLUMNS)
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_unicode_encodings(encoding: str) -> None:
    data = (b"\xfe\xff" if encoding == "utf-16-be" else b"") + LINES.encode(encoding)
    sheet = read_sheet("a.csv", data, COLUMNS)
    assert [(r.number, r.values["name"], r.values["kind"]) for r in sheet.rows] == [
        (2, "Bảng số 1", "poster")
    ]
    assert sheet.notes == ()


def test_windows_1258_is_read_with_a_note() -> None:
    decomposed = LINES
    # In that code page a tone is a character of its own after its vowel.
    for toned, parts in {
        "ả": "a\u0309",
        "ạ": "a\u0323",
        "ố": "ô\u0301",
        "ỷ": "y\u0309",
        "ệ": "ê\u0323",
    }.items():
        decomposed = decomposed.replace(toned, parts)
    sheet = read_sheet("a.csv", decomposed.encode("cp1258"), COLUMNS)
    assert sheet.rows[0].values["name"] == "Bảng số 1"
    assert "Windows-1258" in sheet.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "Tên bảng,Loại\nA,Bảng\n",
        "Tên bảng;Loại\nA;Bảng\n",
        "Tên bảng\tLoại\nA\tBảng\n",
        '"Tên bảng","Loại"\n"A","Bảng"\n',
        "Tên bảng,Loại\rA,Bảng\r",
    ],
)
def test_delimiters(text: str) -> None:
    assert read_sheet("a.csv", text.encode(), COLUMNS).rows[0].values["kind"] == "board"


def test_a_delimiter_named_by_excel() -> None:
    [row] = read_sheet("a.csv", "sep=;\r\nTên bảng;Loại\r\nA, B;Bảng\r\n".encode(), COLUMNS).rows
    assert (row.number, row.values["name"]) == (3, "A, B")


def test_a_quoted_line_end_does_not_shift_the_rows() -> None:
    rows = read_sheet("a.csv", 'Tên bảng,Loại\n"A\nB",Bảng\nC,Bảng\n'.encode(), COLUMNS).rows
    assert [(row.number, row.values["name"]) for row in rows] == [(2, "A B"), (3, "C")]


def test_a_formula_is_refused_with_its_cell() -> None:
    assert (
        message("Tên bảng,Số lượng\nA,=1+1\n".encode()) == "dòng 2: ô B2 là công thức; hãy dán dạng giá trị"
    )


def test_a_phone_number_or_a_minus_is_no_formula() -> None:
    [row] = read_sheet("a.csv", "Tên bảng,Số lượng\n+84 912,-5\n".encode(), COLUMNS).rows
    assert (row.values["name"], row.values["count"]) == ("+84 912", -5)


def test_an_open_quote_names_the_row() -> None:
    assert message('Tên bảng,Loại\nA,"Bảng\n'.encode()).startswith("dòng 2: dấu ngoặc kép không đóng")


def test_unknown_bytes_are_refused() -> None:
    assert message("Tên bảng\n".encode() + b"\x8a\xff\x9d\n") == (
        "Không nhận ra bảng mã của tệp CSV. Hãy lưu lại dạng “CSV UTF-8”."
    )
    assert "không phải là bảng tính" in message(b"ab\0cd")
    assert "không phải là bảng tính" in message("a\0b".encode("utf-16"))


def test_a_very_wide_row_is_refused() -> None:
    assert "có hơn 256 cột" in message("Tên bảng\n".encode() + b",".join([b"x"] * 300))


def test_control_characters_are_refused() -> None:
    assert message("Tên bảng\nA\x07B\n".encode()) == (
        "dòng 2, cột “Tên bảng”: có ký tự điều khiển không in được"
    )


def test_too_many_rows_are_counted() -> None:
    data = ("Tên bảng\n" + "A\n" * 100_000).encode()
    assert "có 100.000 dòng dữ liệu, nhiều hơn mức cho phép 20.000 dòng" in message(data)
