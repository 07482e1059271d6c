"""What a DOCX really shows: sizes, faces and places with what styles and defaults add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from docx.document import Document as File
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

_NORMAL_SIZE: Final = 10.0  # points, where neither a style nor the defaults say anything


@dataclass(frozen=True, slots=True)
class Seen:
    """A paragraph as it is seen. Sizes in points; `size` 0 where sizes differ inside it."""

    text: str
    place: str
    line: Paragraph
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
        line=line,
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
