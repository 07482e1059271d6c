"""The PDF: the words of the DOCX in the same order, the form of the decree, nothing read as markup."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from dean06.core.papers import docx, pdf
from dean06.core.papers.check import opened
from dean06.core.papers.look import paragraphs
from dean06.core.papers.model import Heading, Paper, Paragraph, Table
from tests.core.papers.samples import letter, report

LONG = tuple(
    Paragraph(f"Đoạn thứ {number}: " + "nội dung báo cáo của đơn vị " * 20) for number in range(1, 30)
)


def pages(paper: Paper) -> list[Any]:
    return list(PdfReader(io.BytesIO(pdf.write(paper))).pages)


def words_of(paper: Paper) -> list[str]:
    """What the PDF shows, without page numbers."""
    shown = [page.extract_text() for page in pages(paper)]
    return " ".join(re.sub(r"^\d+\s*\n", "", text) for text in shown).split()


def words_of_docx(paper: Paper) -> list[str]:
    return " ".join(one.text for one in paragraphs(opened(docx.write(paper)))).split()


@pytest.mark.parametrize("paper", [report(), letter(), report(number=None, day=None), report(body=LONG)])
def test_both_carry_the_same_words_and_figures(paper: Paper) -> None:
    assert sorted(words_of(paper)) == sorted(words_of_docx(paper))


def test_the_body_comes_in_the_same_order() -> None:
    paper = report(body=(*LONG, report().body[2]))
    body = [word for block in LONG for word in block.text.split()]
    shown = words_of(paper)
    begin = shown.index("Đoạn")
    assert shown[begin : begin + len(body)] == body


def test_pages_are_a4_and_appendices_lie_across() -> None:
    sizes = [tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in pages(report())]
    assert sizes == [(210, 297), (297, 210), (297, 210)]


def test_each_part_counts_its_pages_and_hides_the_first_number() -> None:
    first, *others = [page.extract_text().split("\n")[0].strip() for page in pages(report(body=LONG))]
    assert not first.isdigit()
    numbers = [text for text in others if text.isdigit()]
    assert numbers == [str(number) for number in range(2, len(numbers) + 2)]
    assert len(numbers) == len(others) - 2, "the two appendices have one page each"


def test_only_the_shipped_face_is_used() -> None:
    faces = {
        str(font["/BaseFont"]).split("+")[-1]
        for page in pages(report())
        for font in (each.get_object() for each in page["/Resources"]["/Font"].values())
    }
    assert faces <= {
        "LiberationSerif",
        "LiberationSerif-Bold",
        "LiberationSerif-Italic",
        "LiberationSerif-BoldItalic",
    }


@pytest.mark.parametrize(
    "text",
    ["#panic(1)", "*đậm* _nghiêng_ $x^2$", "= Đề mục", "<nhãn> @ref [ô] \\ // chú thích", "`mã` ~ -- ---"],
)
def test_no_word_is_read_as_markup(text: str) -> None:
    table = Table(("Cột",), ((text,),))
    paper = report(abstract=text, body=(Heading(text), Paragraph(text), table), appendices=())
    assert sorted(words_of(paper)) == sorted(words_of_docx(paper))
