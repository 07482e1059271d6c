"""Workbooks for the tests: real ones, and ones put together or damaged by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

import openpyxl
import xlsxwriter

from dean06.core.sheets import Column

COLUMNS = [
    Column("name", "Tên bảng", required=True, max_length=40, aliases=("Tên pa nô",)),
    Column("kind", "Loại", "choice", choices={"Bảng": "board", "Áp phích": "poster"}),
    Column("hung", "Ngày treo", "date"),
    Column("count", "Số lượng", "integer"),
    Column("share", "Tỷ lệ", "decimal"),
    Column("good", "Còn tốt", "bool"),
]
HEADERS = [column.label_vi for column in COLUMNS]
GOOD_ROW = ["Bảng lớn", "Bảng", date(2023, 9, 15), 3, 12.5, True]

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(*rows: Sequence[object]) -> openpyxl.Workbook:
    """A workbook whose first sheet has these rows."""
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(list(row))
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def xlsx(*rows: Sequence[object]) -> bytes:
    """A file with the test's header and these rows."""
    return saved(book(HEADERS, *rows))


def shared(*rows: Sequence[str]) -> bytes:
    """A file as Excel writes it: its texts in a table of their own."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def archive(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def by_hand(sheet_data: str, *, after: str = "", doctype: str = "", strings: str | None = None) -> bytes:
    """The smallest workbook around the given sheetData, as some program other than Excel may write it."""
    relation = f'<Relationship Id="s" Type="{_OFFICE}/worksheet" Target="/xl/sheet.xml"/>'
    if strings is not None:
        relation += f'<Relationship Id="t" Type="{_OFFICE}/sharedStrings" Target="strings.xml"/>'
    office = f'<Relationship Id="o" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": _RELATIONS.format(office),
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(relation),
        "xl/workbook.xml": f'<x:workbook xmlns:x="{_MAIN}" xmlns:r="{_OFFICE}"><x:sheets>'
        '<x:sheet name="A" sheetId="1" r:id="s"/></x:sheets></x:workbook>',
        "xl/sheet.xml": f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{_MAIN}">'
        f"<sheetData>{sheet_data}</sheetData>{after}</worksheet>",
    }
    if strings is not None:
        parts["xl/strings.xml"] = f'<sst xmlns="{_MAIN}">{strings}</sst>'
    return archive(parts)


def inline(*texts: str) -> str:
    """One row of inline texts, without addresses."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"


def replaced(data: bytes, part: str, content: bytes | None, **more: bytes) -> bytes:
    """The same archive with one part replaced (or dropped when None) and others added."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts: dict[str, bytes | str] = {name: old.read(name) for name in old.namelist() if name != part}
    if content is not None:
        parts[part] = content
    return archive(parts | more)
