"""Papers to sign, as DOCX: the notification of a breach, its minutes, and what is handed to a person.

The heading follows NĐ 30/2020/NĐ-CP, annex I (name of the agency, national motto, day). A form that nobody
has compared with the gazette says so on the paper itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from dean06.core import clock
from dean06.core.papers import words

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT, SIZE = "Times New Roman", 13
UNVERIFIED = "mẫu chưa đối chiếu"
Pairs = Iterable[tuple[str, str]]


def notification(made: dict[str, Any]) -> bytes:
    """The notification of a breach (Mẫu 08, NĐ 356/2025/NĐ-CP, Điều 28), from `breaches.document`."""
    paper = _paper(made["unit"])
    _title(paper, "THÔNG BÁO\nVi phạm quy định về bảo vệ dữ liệu cá nhân")
    _mark(paper, "Mẫu 08 (NĐ 356/2025/NĐ-CP)", made["fields"])
    _pairs(paper, [*_facts(made), *_answers(made["fields"])])
    _signatures(paper, ("NGƯỜI LẬP", "THỦ TRƯỞNG ĐƠN VỊ"))
    return _bytes(paper)


def minutes(made: dict[str, Any]) -> bytes:
    """The minutes that confirm a breach (Luật 91/2025/QH15, Điều 23), from `breaches.document`."""
    paper = _paper(made["unit"])
    _title(paper, "BIÊN BẢN\nXác nhận vi phạm quy định về bảo vệ dữ liệu cá nhân")
    _mark(paper, "Biên bản (Luật 91/2025/QH15, Điều 23)", made["minutes"])
    _pairs(paper, [*_facts(made), *_answers(made["minutes"])])
    _signatures(paper, ("NGƯỜI LẬP BIÊN BẢN", "ĐẠI DIỆN ĐƠN VỊ"))
    return _bytes(paper)


def personal(made: dict[str, Any], looks: Sequence[Sequence[str]]) -> bytes:
    """What the program keeps about a person, and who looked, from `answer.subject_data`.

    `looks`: day and hour, agency, what was done, legal basis.
    """
    person = made["person"]
    paper = _paper(person["kept_by"])
    _title(paper, _("DỮ LIỆU CÁ NHÂN\nCung cấp theo yêu cầu của chủ thể dữ liệu"))
    _pairs(
        paper,
        (
            (_("Họ và tên"), person["full_name"]),
            (_("Ngày sinh"), person["birth_date"]),
            (_("Giới tính"), person["sex"]),
            (_("Số định danh cá nhân"), person["number"]),
            (_("Đơn vị lưu"), person["kept_by"]),
            (_("Ghi lúc"), person["recorded_at"]),
            (_("Hạn chế xử lý từ"), person["restricted_on"] or "–"),
        ),
    )
    paper.add_heading(_("Yêu cầu đã nhận"), level=2)
    _table(
        paper,
        (_("Loại"), _("Ngày nhận"), _("Tình trạng"), _("Hạn trả lời"), _("Kết quả")),
        [
            (one["kind"], one["received_on"], one["state"], one["answer_due"], one["outcome"])
            for one in made["requests"]
        ],
    )
    paper.add_heading(_("Ai đã xem dữ liệu: %(n)d lần") % {"n": made["looks"]["total"]}, level=2)
    _table(paper, (_("Thời điểm"), _("Cơ quan"), _("Việc đã làm"), _("Căn cứ")), looks)
    return _bytes(paper)


def _paper(unit: str) -> Paper:
    paper = Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    for section in paper.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin = Cm(3), Cm(2)
    paper.core_properties.author = unit
    head = paper.add_table(rows=1, cols=2)
    today = clock.today()
    motto = f"{words.NATION}\n{words.MOTTO}"
    dated = words.dated("", today).removeprefix(", ")
    for cell, text in zip(head.rows[0].cells, (unit.upper(), f"{motto}\n{dated}"), strict=True):
        line = cell.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(text).bold = True
    if clock.shift():
        _centred(paper, "MÔ PHỎNG: không phải văn bản thật")
    return paper


def _title(paper: Paper, text: str) -> None:
    _centred(paper, text).runs[0].bold = True


def _mark(paper: Paper, name: str, fields: Iterable[dict[str, Any]]) -> None:
    """Which form it is; every paper with a field nobody compared with the official form says so."""
    known = all(field["verified"] for field in fields)
    _centred(paper, name if known else f"{name} – {UNVERIFIED}").runs[0].italic = True


def _centred(paper: Paper, text: str) -> Any:
    line = paper.add_paragraph(text)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return line


def _facts(made: dict[str, Any]) -> list[tuple[str, str]]:
    clocks = [
        (one["label"], f"hạn {one['due']}" + (f"; đã gửi {one['met_at']}" if one["met_at"] else "; chưa gửi"))
        for one in made["clocks"]
    ]
    return [
        ("Đơn vị", made["unit"]),
        ("Vụ việc", f"{made['title']} ({made['kind_label']})"),
        ("Phát hiện lúc", made["detected_at"]),
        ("Số người bị ảnh hưởng", str(made["subjects"])),
        ("Có dữ liệu sinh trắc học hoặc vị trí", "Có" if made["biometric_or_location"] else "Không"),
        *clocks,
    ]


def _answers(fields: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(field["label"], field["answer"] or "." * 60) for field in fields]


def _pairs(paper: Paper, pairs: Pairs) -> None:
    for number, (label, text) in enumerate(pairs, start=1):
        line = paper.add_paragraph()
        line.add_run(f"{number}. {label}: ").bold = True
        line.add_run(str(text))


def _table(paper: Paper, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = paper.add_table(rows=1, cols=len(heads), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _signatures(paper: Paper, names: Sequence[str]) -> None:
    paper.add_paragraph()
    table = paper.add_table(rows=1, cols=len(names))
    for cell, name in zip(table.rows[0].cells, names, strict=True):
        line = cell.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(name).bold = True
        cell.add_paragraph("(Ký, ghi rõ họ tên)").alignment = WD_ALIGN_PARAGRAPH.CENTER


def _bytes(paper: Paper) -> bytes:
    file = BytesIO()
    paper.save(file)
    return file.getvalue()
