"""Files that are damaged, dangerous or something else: one precise sentence, little time, little memory."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from dean06.core.errors import Invalid
from dean06.core.sheets import read_sheet
from tests.core.sheets.books import (
    COLUMNS,
    CONTENT_TYPES,
    GOOD_ROW,
    HEADERS,
    archive,
    book,
    by_hand,
    inline,
    replaced,
    saved,
    shared,
    xlsx,
)

GOOD = xlsx(GOOD_ROW)
SHARED = shared(["Tên bảng", "Loại", "Ngày treo"], ["Bảng lớn", "Bảng", "15/09/2023"])
BROKEN = "Tệp Excel bị hỏng, không đọc được. Hãy mở bằng Excel rồi lưu lại."
BOMB = "Tệp nén bất thường (bung ra quá lớn), bị từ chối."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def message(data: bytes, name: str = "danh-sach.xlsx") -> str:
    with pytest.raises(Invalid) as caught:
        read_sheet(name, data, COLUMNS)
    return caught.value.message


@pytest.mark.parametrize(
    ("data", "name", "part"),
    [
        (b"", "a.xlsx", "Tệp rỗng."),
        (OLE + "Workbook".encode("utf-16-le"), "a.xls", "Tệp Excel kiểu cũ (.xls)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "Tệp Excel có mật khẩu"),
        (b"%PDF-1.7\n", "a.xlsx", "không phải là bảng tính"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "không phải là bảng tính"),
        (
            b"\xef\xbb\xbf\r\n<HTML><table><tr><td>1</td></tr></table>",
            "a.xlsx",
            "trang web (HTML) được đổi tên",
        ),
        (b"<!DOCTYPE html><p>", "a.csv", "trang web (HTML) được đổi tên"),
        (b"<?xml version='1.0'?><Workbook/>", "a.xls", "Tệp là XML"),
        ("Tên bảng,Loại\nA,Bảng\n".encode(), "a.xlsx", "Tệp mang đuôi Excel nhưng nội dung không phải"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "a.ods", "OpenDocument"),
        (archive({"xl/vbaProject.bin": b""}), "a.xlsm", "macro"),
        (archive({"xl/workbook.bin": b""}), "a.xlsb", ".xlsb"),
        (archive({"word/document.xml": b""}), "a.docx", "Tệp Word"),
        (archive({"a.txt": b"x"}), "a.zip", "Tệp nén, không phải bảng tính Excel"),
        (archive({}), "a.zip", "không phải là bảng tính"),
        (GOOD[: len(GOOD) // 2], "a.xlsx", BROKEN),
        (archive({"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": "<a/>"}), "a.xlsx", BROKEN),
    ],
)
def test_other_kinds_of_files_are_named(data: bytes, name: str, part: str) -> None:
    assert part in message(data, name)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsm", "a.xlsx.html", "a.php", "a", ".xlsx", ""])
def test_a_workbook_under_another_name_is_refused(name: str) -> None:
    assert "nội dung là bảng tính Excel (.xlsx) nhưng tên tệp" in message(GOOD, name)


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.csv.exe", "a"])
def test_lines_of_text_under_another_name_are_refused(name: str) -> None:
    assert "nội dung là văn bản CSV (.csv) nhưng tên tệp" in message("Tên bảng,Loại\nA,Bảng\n".encode(), name)


@pytest.mark.parametrize("name", ["A.XLSX", "..\\..\\a.xlsx", "../../a.xlsx", "a.csv.xlsx"])
def test_what_stands_before_the_last_dot_does_not_matter(name: str) -> None:
    assert len(read_sheet(name, GOOD, COLUMNS).rows) == 1


def test_macros_are_found_by_their_content_type_too() -> None:
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = CONTENT_TYPES.replace(
        "</Types>", f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    )
    assert "macro" in message(replaced(GOOD, "[Content_Types].xml", types.encode()))


def test_a_file_above_the_limit_is_not_read() -> None:
    stream = io.BytesIO(b"x" * 3_000_000)
    with pytest.raises(Invalid, match="nặng hơn mức cho phép 1 MB"):
        read_sheet("a.csv", stream, COLUMNS, max_bytes=1 << 20)
    assert stream.tell() == (1 << 20) + 1


def test_formulas_are_refused_with_their_cells() -> None:
    made = book(HEADERS, GOOD_ROW, GOOD_ROW)
    made.worksheets[0]["D2"] = "=1+1"
    made.worksheets[0]["E3"] = ArrayFormula("E3:E3", "=SUM(D1:D3)")
    assert message(saved(made)) == (
        "ô D2 là công thức; hãy dán dạng giá trị; ô E3 là công thức; hãy dán dạng giá trị"
    )


def test_merged_cells_are_refused_with_their_range() -> None:
    made = book(HEADERS, GOOD_ROW)
    made.worksheets[0].merge_cells("A5:B6")
    assert message(saved(made)) == "vùng ô gộp A5–B6; hãy bỏ gộp ô, mỗi ô một giá trị"


def test_a_link_to_another_workbook_is_never_followed() -> None:
    relations = zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/_rels/workbook.xml.rels").decode()
    target = 'Target="http://127.0.0.1:9/" TargetMode="External"'
    link = f'<Relationship Id="x9" Type="http://a/externalLink" {target}/>'
    data = replaced(
        GOOD, "xl/_rels/workbook.xml.rels", relations.replace("</Rel", link + "</Rel", 1).encode()
    )
    assert len(read_sheet("a.xlsx", data, COLUMNS).rows) == 1


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_document_types_and_entities_are_refused(doctype: str) -> None:
    assert "DOCTYPE" in message(by_hand(inline("Tên bảng") + inline("A"), doctype=doctype))


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="2"/><row r="2"/>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="9999999"><c><v>1</v></c></row>',
        "<row><c></row>",
        "<row><c t='s'><v>&nope;</v></c></row>",
    ],
)
def test_impossible_sheets_are_broken(sheet: str) -> None:
    assert message(by_hand(sheet)) == BROKEN


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c t="s"><v>7</v></c>', "#7"),
        ('<c t="s"><v>-1</v></c>', "#-1"),
        ("<c><v>1e999</v></c>", "1e999"),
        ("<c><v>nan</v></c>", "nan"),
        ("<c><v>abc</v></c>", "abc"),
        ('<c t="d"><v>2023-99-01</v></c>', "2023-99-01"),
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c t="?"><v>x</v></c>', "x"),
    ],
)
def test_impossible_cells_are_named(cell: str, shown: str) -> None:
    data = by_hand(inline("Tên bảng") + f"<row>{cell}</row>", strings="")
    assert message(data) == f"dòng 2, cột “Tên bảng”: ô báo lỗi {shown}, không có giá trị"


def test_a_value_far_to_the_right_is_refused() -> None:
    data = by_hand(inline("Tên bảng") + '<row r="2"><c r="XFD2"><v>1</v></c></row>')
    assert message(data) == "Ô XFD2 nằm ngoài 256 cột đầu; trang tính quá rộng."


def test_formatted_but_empty_rows_do_not_count() -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 60_000))
    data = by_hand(inline("Tên bảng") + inline("Một") + blank)
    assert len(read_sheet("a.xlsx", data, COLUMNS).rows) == 1


def peak_of(data: bytes) -> int:
    """The most memory that refusing the file took, in bytes."""
    tracemalloc.start()
    try:
        message(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_bombs_are_refused_before_they_unpack() -> None:
    large = replaced(GOOD, "xl/media/a.bin", None, **{"xl/media/b.bin": b"\0" * 40_000_000})
    many = archive({f"xl/{n}.xml": b"" for n in range(2500)} | {"[Content_Types].xml": "", "_rels/.rels": ""})
    assert (message(large), message(many)) == (BOMB, BOMB)
    assert peak_of(large) < 1_000_000
    assert peak_of(many) < 8_000_000


def test_a_long_sheet_is_counted_without_being_kept() -> None:
    row = (
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{"x" * 50}{n}</t></is></c>' for n in range(5)) + "</row>"
    )
    data = by_hand(inline(*HEADERS[:5]) + row * 60_000)
    tracemalloc.start()
    try:
        with pytest.raises(Invalid, match=r"có 60\.000 dòng"):
            read_sheet("a.xlsx", data, COLUMNS, max_rows=100)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_a_lie_about_the_unpacked_size_does_not_help() -> None:
    data = bytearray(by_hand(inline("Tên bảng") + inline("A" * 5000)))
    place = data.rindex(b"PK\x01\x02", 0, data.index(b"xl/sheet.xml", data.index(b"PK\x01\x02")))
    struct.pack_into("<I", data, place + 24, 100)
    assert message(bytes(data)) == BROKEN


@pytest.mark.parametrize("nested", ["<a>" * 5000, "<row>" * 5000])
def test_deep_nesting_is_refused(nested: str) -> None:
    assert message(by_hand(nested)) == BOMB


def test_encrypted_entries_are_refused() -> None:
    data = bytearray(GOOD)
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "mật khẩu" in message(bytes(data))


def test_a_hundred_thousand_rows_are_refused_fast() -> None:
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(10))
    rows = "".join(f"<row>{cells}</row>" for _ in range(100_000))
    data = by_hand(inline("Tên bảng", *"bcdefghij") + rows)
    columns = [*COLUMNS[:1], *(type(COLUMNS[0])(c, c) for c in "bcdefghij")]
    del rows
    started = time.process_time()
    with pytest.raises(Invalid, match=r"có 100\.000 dòng dữ liệu, nhiều hơn mức cho phép 20\.000 dòng"):
        read_sheet("a.xlsx", data, columns)
    assert time.process_time() - started < 10


@settings(deadline=None, max_examples=200)
@given(
    name=st.sampled_from(["a.xlsx", "a.csv", "a"]),
    data=st.binary(max_size=400)
    | st.builds(
        lambda start, rest: start + rest,
        st.sampled_from([b"PK\3\4", b"\xff\xfe", "Tên bảng;".encode(), b'"']),
        st.binary(max_size=300),
    ),
)
def test_random_bytes_raise_only_invalid(name: str, data: bytes) -> None:
    with contextlib.suppress(Invalid):
        read_sheet(name, data, COLUMNS)


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_mutated_files_raise_only_invalid(seed: int) -> None:
    """Bytes of the archive changed: names, sizes, offsets, compressed data."""
    chance = random.Random(seed)
    data = bytearray(GOOD)
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.3:
        start = chance.randrange(len(data))
        del data[start : start + chance.randint(1, 400)]
    with contextlib.suppress(Invalid):
        read_sheet("a.xlsx", bytes(data), COLUMNS)


PARTS = [
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
]
PARTS += ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"]


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32), part=st.sampled_from(PARTS))
def test_mutated_parts_raise_only_invalid(seed: int, part: str) -> None:
    """Characters of one XML part changed inside a sound archive."""
    chance = random.Random(seed)
    text = bytearray(zipfile.ZipFile(io.BytesIO(SHARED)).read(part))
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(text))
        if chance.random() < 0.5:
            text[place] = ord(chance.choice("<>/\"'= 0129-aArtsvc&;#"))
        else:
            end = min(len(text), place + chance.randint(1, 40))
            text[place:place] = text[chance.randrange(end) : end]
    with contextlib.suppress(Invalid):
        read_sheet("a.xlsx", replaced(SHARED, part, bytes(text)), COLUMNS)
