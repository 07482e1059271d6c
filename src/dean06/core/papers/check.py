"""Measures a DOCX against NĐ 30/2020/NĐ-CP, annex I: page, letterhead, number, day, body, end.

Each finding names the rule, the place, what was found and what is asked. A file may break rules that are not
measured here (capital letters, citations): what is measured stands in `RULES`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from docx import Document
from docx.document import Document as File
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import XmlchemyError

from dean06.core.errors import Invalid, Reason
from dean06.core.papers import words
from dean06.core.papers.look import Seen, Sheet, paragraphs, sheets
from dean06.core.papers.metrics import width

MOST_BYTES: Final = 50_000_000
_MOST_UNPACKED: Final = 200_000_000
_A4: Final = (210.0, 297.0)
_MARGINS: Final = {"top": (20, 25), "bottom": (20, 25), "left": (30, 35), "right": (15, 20)}
_TOLERANCE: Final = 0.3  # mm: word processors store twentieths of a point
_DAY: Final = re.compile(r"^(.+), ngày (\d+) tháng (\d+) năm (\d{4})$")
_BLANK_DAY: Final = re.compile(r"^.+, ngày [\s.…]* tháng [\s.…]* năm [\s.…\d]*$")
_NUMBER: Final = re.compile(r"^Số: ?([\d.…\s]*)/([A-ZĐ0-9][A-ZĐa-zđ0-9]*(?:-[A-ZĐ][A-ZĐa-zđ0-9.]*)*)$")
_KINDS: Final = ("BÁO CÁO", "TỜ TRÌNH", "THÔNG BÁO", "KẾ HOẠCH", "QUYẾT ĐỊNH", "BIÊN BẢN", "CHỈ THỊ")
_AUTHORITY: Final = re.compile(r"^(TM|KT|TL|TUQ|Q)\. |^(GIÁM ĐỐC|CHỦ TỊCH|TRƯỞNG |CHÁNH )")


_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError),
    *(PackageNotFoundError, PythonDocxError, XmlchemyError, SyntaxError),
    *(LookupError, ValueError, AttributeError, TypeError),
)
"""What the libraries raise over a file that is none or is damaged; no rule runs where it is caught."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule."""

    rule: str
    place: str
    found: str
    wanted: str

    def text(self) -> str:
        """The sentence for people."""
        return f"{self.place}: {self.found}; phải là {self.wanted}"


def check(data: bytes) -> list[Finding]:
    """Every breach found, in reading order. Raises Invalid for what is no DOCX or is too large."""
    file = opened(data)
    try:
        # The library reads parts of a file when they are asked for, and meets what is wrong in them then.
        pages, seen = sheets(file), list(paragraphs(file))
    except _UNREADABLE as error:
        raise Invalid([Reason("tệp DOCX có phần bị hỏng", "Tệp")]) from error
    return [finding for rule in RULES.values() for finding in rule(pages, seen)]


def opened(data: bytes) -> File:
    """The file. Raises Invalid for what is no DOCX, is too large or unpacks to too much."""
    if len(data) > MOST_BYTES:
        raise Invalid([Reason("tệp lớn hơn 50 MB", "Tệp")])
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked <= _MOST_UNPACKED:
            return Document(BytesIO(data))
    except _UNREADABLE as error:
        raise Invalid([Reason("không phải tệp DOCX đọc được", "Tệp")]) from error
    raise Invalid([Reason("tệp bung ra lớn hơn 200 MB", "Tệp")])


def _page(pages: list[Sheet], _seen: list[Seen]) -> Iterator[Finding]:
    for page in pages:
        if any(abs(found - wanted) > _TOLERANCE for found, wanted in zip(page.size, _A4, strict=True)):
            size = f"khổ {page.size[0]:.0f} × {page.size[1]:.0f} mm"
            yield Finding("page", page.place, size, "A4, 210 × 297 mm")
        for side, (least, most) in _MARGINS.items():
            margin = page.margins[side]
            if not least - _TOLERANCE <= margin <= most + _TOLERANCE:
                yield Finding(
                    "margin", page.place, f"lề {_SIDES[side]} {margin:.1f} mm", f"{least}–{most} mm"
                )


_SIDES: Final = {"top": "trên", "bottom": "dưới", "left": "trái", "right": "phải"}


def _page_number(pages: list[Sheet], _seen: list[Seen]) -> Iterator[Finding]:
    """Centred at the head, hidden on the first page."""
    for page in pages:
        if not page.numbered:
            yield Finding(
                "page_number", page.place, "không có số trang ở lề trên", "số trang canh giữa lề trên"
            )
        elif not page.number_centred:
            yield Finding("page_number", page.place, "số trang không canh giữa", "canh giữa")
        if not page.first_hidden:
            yield Finding(
                "page_number", page.place, "trang đầu hiện số trang", "không hiển thị ở trang thứ nhất"
            )


def _faces(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    for one in seen:
        if one.font != "Times New Roman":
            yield Finding("font", one.place, f"phông «{one.font or 'lẫn lộn'}»", "Times New Roman")
        if one.colour:
            yield Finding("colour", one.place, f"chữ màu {one.colour}", "màu đen")


def _nation(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    for name, text, sizes in (("nation", words.NATION, (12, 13)), ("motto", words.MOTTO, (13, 14))):
        found = next((one for one in seen if one.text == text), None)
        if found is None:
            yield Finding(name, "đầu văn bản", "không có thành đoạn riêng", f"«{text}»")
            continue
        yield from _form(name, found, sizes, bold=True, italic=False)
        yield from _centred(name, found)
        room = found.room
        if name == "nation" and room and found.size <= sizes[1] and width(text) * found.size > room:
            yield Finding(name, found.place, "không đủ chỗ cho một dòng", "trên một dòng")


def _rules_drawn(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    """Lines are drawn, not typed."""
    for one in seen[:20]:
        if re.search(r"_{3,}|-{5,}|─{3,}|—{3,}", one.text):
            yield Finding("rule", one.place, "đường kẻ gõ bằng ký tự", "đường kẻ vẽ (nét liền)")


def _numbering(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    found = next((one for one in seen if one.text.startswith("Số:")), None)
    if found is None:
        yield Finding("number", "đầu văn bản", "không có số, ký hiệu", "«Số: 07/BC-UBND»")
        return
    match = _NUMBER.match(found.text)
    if match is None:
        yield Finding("number", found.place, f"«{found.text}»", "«Số: 07/BC-UBND», không cách, dùng / và -")
    elif (digits := match[1].strip()).isdigit() and (
        len(digits) < 2 or (digits[0] == "0" and len(digits) > 2)
    ):
        yield Finding("number", found.place, f"số «{digits}»", "số dưới 10 thêm một số 0 phía trước")
    yield from _form("number", found, (13, 13), bold=False, italic=False)


def _day(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    found = next((one for one in seen if _DAY.match(one.text) or _BLANK_DAY.match(one.text)), None)
    if found is None:
        yield Finding("day", "đầu văn bản", "không có địa danh và ngày", "«Hà Nội, ngày 05 tháng 9 năm 2023»")
        return
    yield from _form("day", found, (13, 14), bold=False, italic=True)
    if match := _DAY.match(found.text):
        day, month = match[2], match[3]
        if len(day) != 2:
            yield Finding("day", found.place, f"ngày «{day}»", "hai chữ số")
        if month != (f"{int(month):02d}" if int(month) <= 2 else str(int(month))):
            yield Finding("day", found.place, f"tháng «{month}»", "chỉ tháng 1, 2 thêm số 0")


def _kind(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    at = next((at for at, one in enumerate(seen) if one.text in _KINDS), None)
    if at is None:
        if not any(one.text.startswith("V/v ") for one in seen):
            yield Finding(
                "kind", "đầu văn bản", "không có tên loại hay «V/v»", "tên loại hoặc trích yếu công văn"
            )
        return
    for one in seen[at : at + 2]:
        yield from _form("kind", one, (13, 14), bold=True, italic=False)
        yield from _centred("kind", one)


def _body(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    """Paragraphs that are set on both sides with a first line that is indented are the body."""
    body = [one for one in seen if one.align == WD_ALIGN_PARAGRAPH.JUSTIFY]
    if not body:
        yield Finding("body", "nội dung", "không có đoạn nào canh đều hai lề", "canh đều hai lề")
    for one in body:
        if not 13 <= one.size <= 14:
            yield Finding("body", one.place, f"cỡ {one.size:g}", "cỡ 13–14")
        if not any(abs(one.indent - wanted) <= _TOLERANCE for wanted in (10, 12.7)):
            yield Finding("body", one.place, f"lùi đầu dòng {one.indent:.1f} mm", "10 hoặc 12,7 mm")
        if one.gap < 6:
            yield Finding("body", one.place, f"cách đoạn {one.gap:g} pt", "ít nhất 6 pt")


def _end(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    to = next((at for at, one in enumerate(seen) if one.text == "Nơi nhận:"), None)
    if to is None:
        yield Finding("recipients", "cuối văn bản", "không có «Nơi nhận:»", "«Nơi nhận:»")
        return
    if to and not seen[to - 1].text.endswith(words.END):
        yield Finding("end", seen[to - 1].place, "nội dung không kết bằng «./.»", "«./.»")
    yield from _form("recipients", seen[to], (12, 12), bold=True, italic=True)
    names = []
    for one in seen[to + 1 :]:
        if not one.text.startswith("- "):
            break
        names.append(one)
        yield from _form("recipients", one, (11, 11), bold=False, italic=False)
    if not names or not names[-1].text.startswith("- Lưu: ") or not names[-1].text.endswith("."):
        yield Finding("recipients", seen[to].place, "danh sách không kết bằng «- Lưu: …»", "«- Lưu: VT, ….»")


def _signed(_pages: list[Sheet], seen: list[Seen]) -> Iterator[Finding]:
    to = next((at for at, one in enumerate(seen) if one.text == "Nơi nhận:"), 0)
    lines = [one for one in seen[to:] if _AUTHORITY.match(one.text) and one.text.isupper()]
    if not lines:
        yield Finding(
            "signature", "cuối văn bản", "không thấy quyền hạn, chức vụ người ký", "ví dụ «KT. CHỦ TỊCH»"
        )
    for one in lines:
        yield from _form("signature", one, (13, 14), bold=True, italic=False)


def _form(rule: str, one: Seen, sizes: tuple[float, float], *, bold: bool, italic: bool) -> Iterator[Finding]:
    least, most = sizes
    if not least <= one.size <= most:
        wanted = f"{least:g}" if least == most else f"{least:g}–{most:g}"
        yield Finding(rule, one.place, f"cỡ {one.size:g}" if one.size else "nhiều cỡ chữ", f"cỡ {wanted}")
    if one.bold is not bold:
        found, wanted = ("không đậm", "đậm") if bold else ("đậm", "không đậm")
        yield Finding(rule, one.place, f"chữ {found}", wanted)
    if one.italic is not italic:
        yield Finding(
            rule, one.place, "chữ đứng" if italic else "chữ nghiêng", "nghiêng" if italic else "đứng"
        )


def _centred(rule: str, one: Seen) -> Iterator[Finding]:
    if one.align != WD_ALIGN_PARAGRAPH.CENTER:
        yield Finding(rule, one.place, "không canh giữa", "canh giữa")


RULES: Final[dict[str, Callable[[list[Sheet], list[Seen]], Iterator[Finding]]]] = {
    "page": _page,
    "page_number": _page_number,
    "faces": _faces,
    "nation": _nation,
    "rules": _rules_drawn,
    "number": _numbering,
    "day": _day,
    "kind": _kind,
    "body": _body,
    "end": _end,
    "signature": _signed,
}
