"""What a DOCX really shows: sizes, faces and places with what styles and defaults add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from docx.document import Document as File
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

_EDGES: Final = ("top", "bottom", "left", "right")
_NORMAL_SIZE: Final = 10.0  # points, where neither a style nor the defaults say anything


@dataclass(frozen=True, slots=True)
class Seen:
    """A paragraph as it is seen. Sizes in points; `size` 0 where sizes differ inside it."""

    text: str
    place: str
    align: WD_ALIGN_PARAGRAPH | None
    indent: float  # of the first line, mm
    gap: float  # to the next paragraph or the one before, points
    room: float  # points of width that the cell around offers; 0 where that is not told
    size: float
    font: str
    bold: bool | None
    italic: bool | None
    colour: str


def paragraphs(file: File) -> Iterator[Seen]:
    """Every paragraph with text, tables included, in reading order; `place` names it for people."""
    count = 0
    for item in file.iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                for cell in row.cells:
                    for line in cell.paragraphs:
                        count += 1
                        if line.text.strip():
                            yield _seen(line, count, file)
        else:
            count += 1
            if item.text.strip():
                yield _seen(item, count, file)


def _seen(line: Paragraph, count: int, file: File) -> Seen:
    runs = [run for run in line.runs if run.text.strip()] or line.runs
    sizes = {_size(run, line, file) for run in runs}
    fonts = {_font(run, line, file) for run in runs}
    colours = {str(run.font.color.rgb) for run in runs if run.font.color is not None and run.font.color.rgb}
    return Seen(
        text=line.text.strip(),
        place=f"đoạn {count} «{line.text.strip()[:40]}»",
        align=line.alignment,
        indent=(spacing(line, "first_line_indent") or 0) / 36000,
        gap=max(spacing(line, name) or 0 for name in ("space_before", "space_after")) / 12700,
        room=_room(line),
        size=sizes.pop() if len(sizes) == 1 else 0.0,
        font=fonts.pop() if len(fonts) == 1 else "",
        bold=_flag(runs, line, "bold"),
        italic=_flag(runs, line, "italic"),
        colour=next(iter(colours - {"000000"}), ""),
    )


def _styles(line: Paragraph) -> Iterator[Any]:
    style: Any = line.style
    while style is not None:
        yield style
        style = style.base_style


def _size(run: Any, line: Paragraph, file: File) -> float:
    if run.font.size is not None:
        return float(run.font.size.pt)
    for style in _styles(line):
        if style.font.size is not None:
            return float(style.font.size.pt)
    found = file.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:sz')}")
    return _NORMAL_SIZE if found is None else int(found.get(qn("w:val"))) / 2


def _font(run: Any, line: Paragraph, file: File) -> str:
    if run.font.name:
        return str(run.font.name)
    for style in _styles(line):
        if style.font.name:
            return str(style.font.name)
    found = file.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    return "" if found is None else str(found.get(qn("w:ascii")) or "")


def _flag(runs: list[Any], line: Paragraph, name: str) -> bool | None:
    """Whether all runs have it; None where only some do."""
    found = set()
    for run in runs:
        value = getattr(run, name)
        if value is None:
            value = next(
                (given for style in _styles(line) if (given := getattr(style.font, name)) is not None), False
            )
        found.add(bool(value))
    return found.pop() if len(found) == 1 else None


def spacing(line: Paragraph, name: str) -> Any:
    """A value of the paragraph's form, from its styles where it says nothing itself."""
    given = getattr(line.paragraph_format, name)
    if given is not None:
        return given
    return next(
        (value for style in _styles(line) if (value := getattr(style.paragraph_format, name)) is not None),
        None,
    )


def _room(line: Paragraph) -> float:
    """Points of width that the cell around a paragraph offers; 0 where that is not told."""
    cell = line._p.getparent()
    if cell is None or cell.tag != qn("w:tc"):
        return 0.0
    row = cell.getparent()
    wide = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
    told = [wide.get(qn("w:w"))] if wide is not None and wide.get(qn("w:type")) == "dxa" else []
    # Word takes the cell's width, others that of the grid's column: both must be enough.
    columns = row.getparent().findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
    cells = row.findall(qn("w:tc"))
    if len(cells) == len(columns):
        told.append(columns[cells.index(cell)].get(qn("w:w")))
    return min((int(each) / 20 for each in told if each), default=0.0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of the file with its own pages: lengths in mm."""

    place: str
    size: tuple[float, float]  # the shorter side first
    margins: dict[str, float]
    numbered: bool
    number_centred: bool
    first_hidden: bool


def sheets(file: File) -> list[Sheet]:
    """Every part of the file."""
    return [_sheet(section, number) for number, section in enumerate(file.sections, start=1)]


def _sheet(section: Any, number: int) -> Sheet:
    short, long = sorted((_mm(section.page_width), _mm(section.page_height)))
    lines = [line for line in section.header.paragraphs if "PAGE" in "".join(line._p.itertext())]
    return Sheet(
        place=f"phần {number} của tệp",
        size=(short, long),
        margins={
            side: _mm(getattr(section, f"{side}_margin")) for side in ("top", "bottom", "left", "right")
        },
        numbered=bool(lines),
        number_centred=bool(lines) and lines[0].alignment == WD_ALIGN_PARAGRAPH.CENTER,
        first_hidden=bool(section.different_first_page_header_footer),
    )


def _mm(length: int | None) -> float:
    return (length or 0) / 36000
