"""What is written keeps the decree, and what breaks it is named."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as File
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from dean06.cli.papers import app
from dean06.core.errors import Invalid
from dean06.core.papers import model, words
from dean06.core.papers.check import check
from dean06.core.papers.docx import write
from dean06.core.papers.look import paragraphs
from tests.core.papers.samples import letter, report

REPORT, LETTER = write(report()), write(letter())


def opened(data: bytes = REPORT) -> File:
    return Document(io.BytesIO(data))


def saved(file: File) -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def line(file: File, text: str) -> object:
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    lines = [*file.paragraphs, *(each for cell in cells for each in cell.paragraphs)]
    return next(each for each in lines if each.text.strip().startswith(text))


@pytest.mark.parametrize("data", [REPORT, LETTER, write(report(number=None, day=None, notice="MÔ PHỎNG"))])
def test_what_is_written_keeps_every_rule(data: bytes) -> None:
    assert check(data) == []


def test_a_table_at_the_end_is_followed_by_the_sign_of_the_end() -> None:
    paper = report(body=report().body[:3])
    assert check(write(paper)) == []


def test_every_text_of_the_paper_stands_in_the_file() -> None:
    paper = report()
    seen = [one.text for one in paragraphs(opened())]
    for text in model.texts(paper.body[:-1]):
        assert text in seen
    assert words.ended("Sở Xây dựng báo cáo để Chủ tịch UBND tỉnh biết, chỉ đạo.") in seen
    assert seen.count("57,42 %") == 3, "in the body and in both appendices"
    assert {"Phụ lục I", "Phụ lục II", "BẢNG CHI TIẾT"} <= set(seen)
    assert "(Kèm theo Báo cáo số: 07/BC-SXD ngày 05 tháng 9 năm 2023 của Sở Xây dựng)" in seen


def test_appendices_lie_across_and_count_their_own_pages() -> None:
    first, second, third = opened().sections
    widths = [round((section.page_width or 0) / Mm(1)) for section in (first, second, third)]
    assert widths == [210, 297, 297]
    assert all('w:start="1"' in section._sectPr.xml for section in (first, second, third))


def changed(change: Callable[[File], object]) -> list[str]:
    file = opened()
    change(file)
    return [finding.rule for finding in check(saved(file))]


def text(find: str, replace: str) -> Callable[[File], None]:
    def change(file: File) -> None:
        for run in line(file, find).runs:  # type: ignore[attr-defined]
            run.text = run.text.replace(find, replace)

    return change


def form(find: str, **form: object) -> Callable[[File], None]:
    def change(file: File) -> None:
        for run in line(file, find).runs:  # type: ignore[attr-defined]
            for name, value in form.items():
                setattr(run.font, name, value)

    return change


def unended(file: File) -> None:
    for run in line(file, "Sở Xây dựng báo cáo").runs:  # type: ignore[attr-defined]
        run.text = run.text.replace(words.END, ".")


def colour(file: File) -> None:
    line(file, "Trong kỳ").runs[0].font.color.rgb = RGBColor(255, 0, 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda file: setattr(file.sections[0], "page_width", Mm(216)), "page"),
        (lambda file: setattr(file.sections[0], "left_margin", Mm(25)), "margin"),
        (lambda file: setattr(file.sections[1], "right_margin", Mm(25)), "margin"),
        (lambda file: setattr(file.sections[0], "different_first_page_header_footer", False), "page_number"),
        (lambda file: file.sections[0].header.paragraphs[0].clear(), "page_number"),
        (form("Trong kỳ", name="Arial"), "font"),
        (colour, "colour"),
        (form(words.NATION, size=Pt(16)), "nation"),
        (form(words.MOTTO, bold=False), "motto"),
        (text(words.MOTTO, "Độc lập-Tự do-Hạnh phúc"), "motto"),
        (text("SỞ XÂY DỰNG", "SỞ XÂY DỰNG\n________"), "rule"),
        (text("Số: 07", "Số: 7"), "number"),
        (text("Số: 07/BC-SXD", "Số 07 BC SXD"), "number"),
        (text("Số: 07/BC-SXD", "Số: 07/BC - SXD"), "number"),
        (text("Bắc Giang, ngày 05 tháng 9", "Bắc Giang, ngày 05 tháng 09"), "day"),
        (text("Bắc Giang, ngày 05", "Bắc Giang, ngày 5"), "day"),
        (form("Bắc Giang, ngày", italic=False), "day"),
        (form("BÁO CÁO", size=Pt(16)), "kind"),
        (form("Trong kỳ", size=Pt(12)), "body"),
        (lambda file: setattr(line(file, "Trong kỳ").paragraph_format, "first_line_indent", Mm(5)), "body"),  # type: ignore[attr-defined]
        (lambda file: setattr(line(file, "Trong kỳ").paragraph_format, "space_before", Pt(0)), "body"),  # type: ignore[attr-defined]
        (unended, "end"),
        (form("Nơi nhận:", italic=False), "recipients"),
        (text("- Lưu: VT, VP.", "- VT, VP."), "recipients"),
        (form("KT. GIÁM ĐỐC", bold=False), "signature"),
    ],
)
def test_each_breach_is_named_and_nothing_else(change: Callable[[File], object], rule: str) -> None:
    assert changed(change) == [rule]


def narrow(file: File) -> None:
    """As a word processor that goes by the columns of the grid would set it."""
    file.tables[0].columns[1].width = Mm(82)
    for row in file.tables[0].rows:
        row.cells[1].width = Mm(100)


def test_the_nations_name_has_room_for_one_line() -> None:
    assert changed(narrow) == ["nation"]


def test_nobody_signs() -> None:
    file = opened()
    for name in ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"):
        for run in line(file, name).runs:  # type: ignore[attr-defined]
            run.text = "Người ký"
    assert [finding.rule for finding in check(saved(file))] == ["signature"]


def test_an_ordinary_document_breaks_most_rules() -> None:
    file = Document()
    file.add_paragraph("Xin chào").alignment = WD_ALIGN_PARAGRAPH.LEFT
    rules = {finding.rule for finding in check(saved(file))}
    assert {"page", "font", "nation", "motto", "number", "day", "kind", "body", "recipients"} <= rules


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", bytes(210_000_000))
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04", REPORT[:2000], bomb()])
def test_what_is_no_docx_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        check(data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_measured_or_refused(data: st.DataObject) -> None:
    bad = bytearray(REPORT)
    for _ in range(data.draw(st.integers(1, 5))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    try:
        check(bytes(bad))
    except Invalid as error:
        assert error.reasons  # noqa: PT017 - the sentence must exist for whatever was refused


PARTS = [
    *("word/document.xml", "word/styles.xml", "word/header1.xml"),
    *("[Content_Types].xml", "word/_rels/document.xml.rels"),
]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_text_in_a_whole_package_is_measured_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(PARTS))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(REPORT)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            bad = bytearray(old.read(part))
            if part == name:
                for _ in range(data.draw(st.integers(1, 6))):
                    bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.sampled_from(b'09az"<>/= '))
            new.writestr(part, bytes(bad))
    try:
        check(out.getvalue())
    except Invalid as error:
        assert error.reasons  # noqa: PT017 - as above


runner = CliRunner()


def test_the_command(tmp_path: Path) -> None:
    good, bad, none = tmp_path / "good.docx", tmp_path / "bad.docx", tmp_path / "none.docx"
    good.write_bytes(REPORT)
    file = opened()
    file.sections[0].left_margin = Mm(25)
    bad.write_bytes(saved(file))
    none.write_bytes(b"x")
    assert runner.invoke(app, ["check", str(good)]).exit_code == 0
    done = runner.invoke(app, ["check", str(bad), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["conforms"]) == (4, False)
    assert json.loads(done.stdout)["findings"][0]["rule"] == "margin"
    assert "lề trái" in runner.invoke(app, ["check", str(bad)]).stdout
    refused = runner.invoke(app, ["check", str(none), "--json"])
    assert (refused.exit_code, json.loads(refused.stdout)["error"]) == (3, "unreadable")


def test_a_table_has_as_many_cells_as_heads() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        model.Table(("a", "b"), (("1",),))


def test_the_day_of_the_file_is_the_papers() -> None:
    assert opened().core_properties.created is not None
    assert opened().core_properties.created.date() == date(2023, 9, 5)
    assert any(isinstance(each, Table) for each in opened().iter_inner_content())
