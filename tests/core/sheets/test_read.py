"""Sheets that are accepted, and what their cells become."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH

from dean06.core.errors import Invalid, Reason
from dean06.core.sheets import Column, read_sheet
from tests.core.sheets.books import COLUMNS, GOOD_ROW, HEADERS, book, by_hand, inline, saved, shared, xlsx
from vnid.text import nfc_collapse

GOOD = {
    "name": "Bảng lớn",
    "kind": "board",
    "hung": date(2023, 9, 15),
    "count": 3,
    "share": Decimal("12.5"),
    "good": True,
}


def reasons(data: bytes, columns: list[Column] = COLUMNS, name: str = "danh-sach.xlsx") -> list[Reason]:
    with pytest.raises(Invalid) as caught:
        read_sheet(name, data, columns)
    return list(caught.value.reasons)


def one(kind: Any, cell: object, **options: Any) -> Any:
    """The value of one cell of an XLSX file in a column of this kind."""
    columns = [Column("a", "A", kind, **options), Column("b", "B")]
    return read_sheet("a.xlsx", saved(book(["A", "B"], [cell, "x"])), columns).rows[0].values["a"]


def refused(kind: Any, cell: object, **options: Any) -> Reason:
    columns = [Column("a", "A", kind, **options), Column("b", "B")]
    [reason] = reasons(saved(book(["A", "B"], [cell, "x"])), columns)
    return reason


def test_an_xlsx_row_becomes_typed_values() -> None:
    sheet = read_sheet("a.xlsx", xlsx(GOOD_ROW), COLUMNS)
    assert [(row.number, row.values) for row in sheet.rows] == [(2, GOOD)]
    assert sheet.keys == set(GOOD)
    assert sheet.notes == ()


def test_a_file_object_is_read_like_bytes() -> None:
    assert read_sheet("a.xlsx", io.BytesIO(xlsx(GOOD_ROW)), COLUMNS).rows[0].values == GOOD


def test_headers_are_matched_folded_in_any_order_below_a_title_and_beside_a_running_number() -> None:
    data = saved(
        book(
            ["DANH SÁCH BẢNG HƯỚNG DẪN"],
            [],
            ["STT", "loai", "TÊN  PA-NÔ *"],
            [1, "ap phich", "Tấm 1"],
            [2, None, "Tấm 2"],
        )
    )
    sheet = read_sheet("a.xlsx", data, COLUMNS)
    assert sheet.keys == {"name", "kind"}
    assert [(r.number, r.values["name"], r.values["kind"], r.values["hung"]) for r in sheet.rows] == [
        (4, "Tấm 1", "poster", None),
        (5, "Tấm 2", None, None),
    ]


def test_empty_rows_and_rows_with_only_a_number_are_passed_over() -> None:
    data = saved(book(["STT", "Tên bảng"], [1, "Một"], [2, None], [], [None, "  "], [5, "Hai"]))
    assert [row.number for row in read_sheet("a.xlsx", data, COLUMNS).rows] == [2, 6]


def test_every_header_problem_is_named_at_once() -> None:
    data = saved(book(["Loại", "loại", "Màu sắc", "Còn tốt"], ["Bảng", "Bảng", "đỏ", "có"]))
    assert reasons(data) == [
        Reason("hai cột cùng tiêu đề: A và B", field="Loại", row=1),
        Reason(
            "cột C có tiêu đề không nhận ra; hãy xóa cột hoặc sửa tiêu đề theo mẫu", field="Màu sắc", row=1
        ),
        Reason("thiếu cột bắt buộc này", field="Tên bảng", row=1),
    ]


def test_a_sheet_without_any_known_header_says_what_is_wanted() -> None:
    assert reasons(saved(book(["Họ", "Đệm"], ["a", "b"])))[0].message == (
        "Không tìm thấy dòng tiêu đề; cần có các cột: “Tên bảng”."
    )


def test_a_value_under_no_header_is_named_by_its_cell() -> None:
    [reason] = reasons(saved(book(["Tên bảng"], ["Một", None, "lạc"])))
    assert str(reason) == "dòng 2: ô C2 có dữ liệu nhưng cột không có tiêu đề"


def test_all_row_errors_come_together_with_row_and_column() -> None:
    data = xlsx(
        [None, "bảng to", "31/02/2023", "1.5", "1.234", "chắc"],
        GOOD_ROW,
        ["x" * 41, None, 2023, "năm", True, 7],
    )
    assert [str(reason) for reason in reasons(data)] == [
        "dòng 2, cột “Tên bảng”: thiếu giá trị (cột bắt buộc)",
        "dòng 2, cột “Loại”: cần một trong: “Bảng”; “Áp phích”, nhưng ô ghi “bảng to”",
        "dòng 2, cột “Ngày treo”: không có ngày “31/02/2023” trong lịch",
        "dòng 2, cột “Số lượng”: cần số nguyên, nhưng ô ghi “1.5”",
        "dòng 2, cột “Tỷ lệ”: “1.234” có thể đọc hai cách; phần nghìn viết liền, phần lẻ viết sau dấu phẩy",
        "dòng 2, cột “Còn tốt”: cần “Có” hoặc “Không”, nhưng ô ghi “chắc”",
        "dòng 4, cột “Tên bảng”: dài 41 ký tự, nhiều hơn mức cho phép 40",
        "dòng 4, cột “Ngày treo”: mới có năm 2023; cần đủ ngày/tháng/năm",
        "dòng 4, cột “Số lượng”: cần số nguyên, nhưng ô ghi “năm”",
        "dòng 4, cột “Tỷ lệ”: cần số, nhưng ô ghi “TRUE”",
        "dòng 4, cột “Còn tốt”: cần “Có” hoặc “Không”, nhưng ô ghi “7”",
    ]


def test_beyond_200_errors_are_counted() -> None:
    found = reasons(xlsx(*([None, "Bảng"] for _ in range(230))))
    assert len(found) == 201
    assert found[-1] == Reason("và 30 lỗi khác")


def test_a_sheet_with_only_a_header_is_refused() -> None:
    assert reasons(xlsx()) == [Reason("Trang tính chỉ có tiêu đề, không có dòng dữ liệu nào.")]
    assert reasons(saved(book())) == [Reason("Trang tính đầu tiên không có dữ liệu.")]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("text", "  Hoà\u00a0Bình \n", "Hoà Bình"),
        ("text", "Hòa", "Hòa"),  # decomposed when typed on some phones
        ("text", 7210, "7210"),
        ("text", 7210.0, "7210"),
        ("text", "007", "007"),
        ("date", "5/9/2023", date(2023, 9, 5)),
        ("date", "05-09-2023", date(2023, 9, 5)),
        ("date", "05.09.2023", date(2023, 9, 5)),
        ("date", "2023-09-05", date(2023, 9, 5)),
        ("date", datetime.fromisoformat("2023-09-05T14:30"), date(2023, 9, 5)),
        ("integer", "1.234.567", 1234567),
        ("integer", " -12 ", -12),
        ("integer", 3.0, 3),
        ("decimal", "12,5", Decimal("12.5")),
        ("decimal", "1.234,5", Decimal("1234.5")),
        ("decimal", "1.234.567", Decimal(1234567)),
        ("decimal", "12.5", Decimal("12.5")),
        ("decimal", 0.1, Decimal("0.1")),
        ("bool", "x", True),
        ("bool", "KHÔNG", False),
        ("bool", 0, False),
    ],
)
def test_accepted_ways_to_write_a_value(kind: str, cell: object, value: object) -> None:
    got = one(kind, cell)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell", "message"),
    [
        ("text", True, "cần chữ, nhưng ô “TRUE” không ở dạng văn bản; hãy định dạng ô là Text"),
        (
            "text",
            date(2023, 9, 5),
            "cần chữ, nhưng ô “05/09/2023” không ở dạng văn bản; hãy định dạng ô là Text",
        ),
        ("text", 1.5, "cần chữ, nhưng ô ghi “1,5”"),
        ("text", "#N/A", "ô báo lỗi #N/A, không có giá trị"),
        ("date", "09/2023", "“09/2023” chưa đủ; cần đủ ngày/tháng/năm"),
        ("date", "2023", "“2023” chưa đủ; cần đủ ngày/tháng/năm"),
        ("date", "01/01/1023", "năm 1023 nằm ngoài khoảng 1900–2100"),
        ("date", "29/02/2023", "không có ngày “29/02/2023” trong lịch"),
        ("date", 45200, "cần ngày dạng ngày/tháng/năm, ví dụ 15/09/2023, nhưng ô ghi “45200”"),
        ("date", time(8, 30), "cần ngày dạng ngày/tháng/năm, ví dụ 15/09/2023, nhưng ô ghi “08:30:00”"),
        ("integer", 1.5, "cần số nguyên, nhưng ô ghi “1,5”"),
        ("integer", "1,5", "cần số nguyên, nhưng ô ghi “1,5”"),
        ("integer", "9" * 30, f"cần số nguyên, nhưng ô ghi “{'9' * 30}”"),
        ("decimal", "12%", "cần số, nhưng ô ghi “12%”"),
        ("bool", "có lẽ", "cần “Có” hoặc “Không”, nhưng ô ghi “có lẽ”"),
    ],
)
def test_refused_ways_to_write_a_value(kind: str, cell: object, message: str) -> None:
    assert refused(kind, cell) == Reason(message, field="A", row=2)


def test_dates_follow_the_workbooks_calendar() -> None:
    made = book(HEADERS, GOOD_ROW)
    made.epoch = MAC_EPOCH
    assert read_sheet("a.xlsx", saved(made), COLUMNS).rows[0].values["hung"] == date(2023, 9, 15)


def test_the_first_visible_sheet_is_read() -> None:
    made = book(["ẩn"])
    made.worksheets[0].sheet_state = "hidden"
    for row in (HEADERS, GOOD_ROW):
        made.create_sheet("Hai").append(row) if len(made.worksheets) < 2 else made["Hai"].append(row)
    assert read_sheet("a.xlsx", saved(made), COLUMNS).rows[0].values == GOOD


def test_texts_in_a_shared_table_are_found() -> None:
    data = shared(["Tên bảng", "Loại"], ["Bảng", "Bảng"], ["Hai", "Áp phích"])
    assert [(row.values["name"], row.values["kind"]) for row in read_sheet("a.xlsx", data, COLUMNS).rows] == [
        ("Bảng", "board"),
        ("Hai", "poster"),
    ]


def test_other_programs_files_are_read() -> None:
    """No addresses, inline and rich texts, a prefix for the namespace, phonetic runs, escaped line ends."""
    strings = "<si><r><t>Bảng </t></r><r><t>lớn</t></r><rPh sb='0' eb='1'><t>xx</t></rPh></si>"
    strings += "<si><t>a_x000D_\nb</t></si>"
    rows = (
        inline("Tên bảng") + '<row r="7"><c r="A7" t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>'
    )
    sheet = read_sheet("a.xlsx", by_hand(rows, strings=strings), COLUMNS)
    assert [(row.number, row.values["name"]) for row in sheet.rows] == [(7, "Bảng lớn"), (8, "a b")]


values = st.fixed_dictionaries(
    {
        "name": st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=40),
        "kind": st.sampled_from(["board", "poster", None]),
        "hung": st.dates(date(1900, 3, 1), date(2100, 12, 31)) | st.none(),
        "count": st.integers(-(10**14), 10**14) | st.none(),
        "share": st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 6)) | st.none(),
        "good": st.booleans() | st.none(),
    }
)


@settings(deadline=None, max_examples=40)
@given(st.lists(values, min_size=1, max_size=8))
def test_what_openpyxl_writes_is_read_back(rows: list[dict[str, Any]]) -> None:
    labels = {"board": "Bảng", "poster": "Áp phích", None: None}
    data = xlsx(*([row["name"], labels[row["kind"]], *(row[c.key] for c in COLUMNS[2:])] for row in rows))
    read = [row.values for row in read_sheet("a.xlsx", data, COLUMNS).rows]
    for row in rows:
        row["name"] = nfc_collapse(row["name"])
        row["share"] = None if row["share"] is None else Decimal(repr(row["share"]))
    assert read == rows
