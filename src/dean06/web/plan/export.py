"""The lines of the plan, or of a unit's part of it, as a file: one row an item, numbers as numbers."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dean06.ui.figures import source_badge
from dean06.ui.tables import Column, Empty, Table
from dean06.web.plan.lines import Line
from dean06.web.plan.todo import Task


def _source(line: Line) -> str:
    known = line.item.known_by
    return str(line.item.get_known_by_display()) if known == "none" else source_badge(known).label


def _binding(line: Line) -> str:
    if line.adopted:
        return str(_("Đơn vị giao"))
    return str(line.item.get_binding_display())


LINES: Table[Line] = Table(
    key="plan",
    caption=_("Kế hoạch"),
    noun=_("mục"),
    empty=Empty(_("Không có mục nào")),
    columns=(
        Column("code", _("Mã"), "item.code"),
        Column("pilot", _("Mô hình"), lambda line: line.item.pilot.code if line.item.pilot else None),
        Column("kind", _("Loại"), lambda line: line.item.get_kind_display()),
        Column("label", _("Nội dung"), "label"),
        Column("goal", _("Mục tiêu (%)"), "goal"),
        Column("binding", _("Tính chất"), _binding),
        Column("source", _("Nguồn số liệu"), _source),
        Column("numerator", _("Tử số"), "figure.numerator"),
        Column("denominator", _("Mẫu số"), "figure.denominator"),
        Column("percent", _("Tỷ lệ (%)"), lambda line: _two(line.figure.percent)),
        Column("change", _("So kỳ trước (điểm %)"), lambda line: _two(line.change)),
        Column("status", _("Tình trạng"), "status_text"),
        Column("deadline", _("Hạn"), "item.deadline"),
        Column("lines", _("Dòng trong kế hoạch"), lambda line: f"{line.item.line_from}–{line.item.line_to}"),
    ),
)

TASKS: Table[Task] = Table(
    key="tasks",
    caption=_("Chỉ tiêu, nhiệm vụ theo kế hoạch"),
    noun=_("mục"),
    empty=Empty(_("Không có mục nào")),
    columns=(
        Column("code", _("Mã"), "line.item.code"),
        Column("kind", _("Loại"), lambda task: task.line.item.get_kind_display()),
        Column("label", _("Nội dung"), "line.label"),
        Column("role", _("Vai trò"), "role_text"),
        Column("goal", _("Mục tiêu (%)"), "line.goal"),
        Column("source", _("Nguồn số liệu"), lambda task: _source(task.line)),
        Column("numerator", _("Tử số"), "line.figure.numerator"),
        Column("denominator", _("Mẫu số"), "line.figure.denominator"),
        Column("percent", _("Tỷ lệ (%)"), lambda task: _two(task.line.figure.percent)),
        Column("gaps", _("Còn thiếu"), lambda task: task.line.gaps if task.line.code else None),
        Column("status", _("Tình trạng"), "line.status_text"),
        Column("deadline", _("Hạn"), "line.item.deadline"),
    ),
)


def _two(value: object) -> object:
    return value.quantize(Decimal("0.01")) if isinstance(value, Decimal) else None
