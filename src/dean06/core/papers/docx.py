"""A paper as DOCX, in the exact form of NĐ 30/2020/NĐ-CP, annex I; people edit it in their word processor."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.document import Document as File
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table as Grid
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as Line

from dean06.core.papers import words
from dean06.core.papers.metrics import width
from dean06.core.papers.model import Appendix, Block, Heading, Kind, Paper, Table

FONT: Final = "Times New Roman"
TOP, BOTTOM, LEFT, RIGHT = Mm(20), Mm(20), Mm(30), Mm(15)
BODY, HEAD, LETTERHEAD, COPIES = Pt(14), Pt(13), Pt(12), Pt(11)
INDENT, GAP = Mm(12.7), Pt(6)
_LEFT_CELL, _RIGHT_CELL = Mm(65), Mm(100)
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER


def write(paper: Paper) -> bytes:
    """The file. Two calls with the same paper give the same bytes of text and form."""
    file = Document()
    _base(file, paper)
    if paper.notice:
        _line(file.add_paragraph(), paper.notice, HEAD, italic=True, align=_CENTRE)
    _letterhead(file, paper)
    _name(file, paper)
    _opening(file, paper)
    _blocks(file, words.closed(paper.body))
    _closing(file, paper)
    for position, appendix in enumerate(paper.appendices):
        _appendix(file, paper, appendix, words.appendix_title(position, len(paper.appendices)))
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def _base(file: File, paper: Paper) -> None:
    style = file.styles["Normal"]
    style.font.name, style.font.size = FONT, BODY
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for which in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(which), FONT)
    style.paragraph_format.space_after = Pt(0)
    properties = file.core_properties
    properties.author, properties.title = paper.issuer, paper.abstract
    day = paper.day or date(2000, 1, 1)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    properties.created = properties.modified = moment
    section = file.sections[0]
    _page(section, landscape=False)
    _page_number(section)


def _page(section: Any, *, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    short, long = Mm(210), Mm(297)
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.header_distance = Mm(10)


def _page_number(section: Any) -> None:
    """In the middle of the top margin, not on the first page; each part of the file counts from 1."""
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    line = section.header.paragraphs[0]
    line.alignment = _CENTRE
    run = line.add_run()
    run.font.size = HEAD
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)


def _line(
    line: Line,
    text: str,
    size: Length,
    *,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
) -> Line:
    run = line.add_run(text)
    run.font.size, run.bold, run.italic = size, bold, italic
    if align is not None:
        line.alignment = align
    return line


def _letterhead(file: File, paper: Paper) -> None:
    """Cells 1 to 4: issuer and nation side by side, number and day below on one line."""
    grid = _grid(file, 2)
    left, right = grid.rows[0].cells
    _line(left.paragraphs[0], paper.superior.upper(), LETTERHEAD, align=_CENTRE)
    _line(left.add_paragraph(), paper.issuer.upper(), LETTERHEAD, bold=True, align=_CENTRE)
    _rule(left, _LEFT_CELL, Pt(width(paper.issuer.upper()) * LETTERHEAD.pt * 0.4))
    _line(right.paragraphs[0], words.NATION, LETTERHEAD, bold=True, align=_CENTRE)
    _line(right.add_paragraph(), words.MOTTO, HEAD, bold=True, align=_CENTRE)
    _rule(right, _RIGHT_CELL, Pt(width(words.MOTTO) * HEAD.pt))
    left, right = grid.rows[1].cells
    _line(left.paragraphs[0], words.numbered(paper), HEAD, align=_CENTRE)
    if paper.kind is Kind.LETTER:
        about = _line(left.add_paragraph(), f"V/v {paper.abstract}", LETTERHEAD, align=_CENTRE)
        about.paragraph_format.space_before = GAP
    _line(right.paragraphs[0], words.dated(paper.place, paper.day), HEAD, italic=True, align=_CENTRE)


def _grid(file: File, rows: int) -> Grid:
    """Two cells without borders, as wide as the text."""
    grid: Grid = file.add_table(rows=rows, cols=2)
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    grid._tbl.tblPr.append(margins)
    for column, size in zip(grid.columns, (_LEFT_CELL, _RIGHT_CELL), strict=True):
        column.width = size
    for row in grid.rows:
        for cell, size in zip(row.cells, (_LEFT_CELL, _RIGHT_CELL), strict=True):
            cell.width = size
    return grid


def _rule(cell: Cell, room: Length, length: Length) -> None:
    """A drawn line of this length in the middle of a cell: the upper border of an indented paragraph."""
    line = cell.add_paragraph()
    _line(line, "", Pt(2))
    side = Length(max(0, (room - length) // 2))
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = side
    line.paragraph_format.line_spacing = Pt(6)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    line._p.get_or_add_pPr().append(borders)


def _name(file: File, paper: Paper) -> None:
    """Cell 5a: the kind, what it is about, a line below; a letter has this in its head."""
    if paper.kind is Kind.LETTER:
        return
    title = _line(file.add_paragraph(), paper.kind.title, BODY, bold=True, align=_CENTRE)
    title.paragraph_format.space_before = Pt(12)
    _line(file.add_paragraph(), paper.abstract, BODY, bold=True, align=_CENTRE)
    holder = file.add_table(rows=1, cols=1).rows[0].cells[0]
    holder.paragraphs[0]._p.getparent().remove(holder.paragraphs[0]._p)
    longest = min(width(paper.abstract) * BODY.pt, Mm(120).pt)
    _rule(holder, Mm(165), Pt(longest * 0.4))


def _opening(file: File, paper: Paper) -> None:
    """Kính gửi, then the grounds."""
    first, *others = words.addressed(paper.to) or [""]
    if first:
        line = _line(file.add_paragraph(), first, BODY, align=_CENTRE)
        line.paragraph_format.space_before = line.paragraph_format.space_after = GAP
    for text in others:
        _line(file.add_paragraph(), text, BODY).paragraph_format.left_indent = Mm(60)
    for text in words.grounded(paper.grounds):
        _paragraph(file, text, italic=True)


def _paragraph(file: File, text: str, *, bold: bool = False, italic: bool = False) -> None:
    line = _line(file.add_paragraph(), text, BODY, bold=bold, italic=italic, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    line.paragraph_format.first_line_indent = INDENT
    line.paragraph_format.space_before = GAP


def _blocks(file: File, blocks: tuple[Block, ...]) -> None:
    for block in blocks:
        if isinstance(block, Table):
            _table(file, block)
        else:
            _paragraph(file, block.text, bold=isinstance(block, Heading))


def _table(file: File, table: Table) -> None:
    if table.caption:
        caption = _line(file.add_paragraph(), table.caption, HEAD, italic=True, align=_CENTRE)
        caption.paragraph_format.space_before = caption.paragraph_format.space_after = GAP
        caption.paragraph_format.keep_with_next = True
    grid = file.add_table(rows=1, cols=len(table.heads), style="Table Grid")
    for cell, text in zip(grid.rows[0].cells, table.heads, strict=True):
        _line(cell.paragraphs[0], text, LETTERHEAD, bold=True, align=_CENTRE)
    repeat = OxmlElement("w:tblHeader")
    grid.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in table.rows:
        for column, (cell, text) in enumerate(zip(grid.add_row().cells, row, strict=True)):
            right = WD_ALIGN_PARAGRAPH.RIGHT if column in table.numbers else None
            _line(cell.paragraphs[0], text, LETTERHEAD, align=right)


def _closing(file: File, paper: Paper) -> None:
    """Cells 7 and 9b: recipients on the left, who signs on the right, room for the signature."""
    file.add_paragraph()
    grid = _grid(file, 1)
    left, right = grid.rows[0].cells
    _line(left.paragraphs[0], "Nơi nhận:", LETTERHEAD, bold=True, italic=True)
    for text in words.recipients(paper):
        _line(left.add_paragraph(), text, COPIES)
    first, *others = paper.signature.authority
    _line(right.paragraphs[0], first.upper(), HEAD, bold=True, align=_CENTRE)
    for text in others:
        _line(right.add_paragraph(), text.upper(), HEAD, bold=True, align=_CENTRE)
    for _blank in range(4):
        _line(right.add_paragraph(), "", BODY, align=_CENTRE)
    _line(right.add_paragraph(), paper.signature.name, BODY, bold=True, align=_CENTRE)


def _appendix(file: File, paper: Paper, appendix: Appendix, name: str) -> None:
    section = file.add_section(WD_SECTION.NEW_PAGE)
    _page(section, landscape=appendix.landscape)
    _page_number(section)
    _line(file.add_paragraph(), name, BODY, bold=True, align=_CENTRE)
    _line(file.add_paragraph(), appendix.title.upper(), BODY, bold=True, align=_CENTRE)
    _line(file.add_paragraph(), words.attached(paper), BODY, italic=True, align=_CENTRE)
    _blocks(file, appendix.blocks)
