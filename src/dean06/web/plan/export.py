"""The lines of the plan as a file: one row an item, numbers as numbers."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dean06.ui.figures import source_badge
from dean06.ui.tables import Column, Empty, Table
from dean06.web.plan.lines import Line


def source_text(line: Line) -> str:
    """How the line's figure is known, in words."""
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
        Column("source", _("Nguồn số liệu"), source_text),
        Column("numerator", _("Tử số"), "figure.numerator"),
        Column("denominator", _("Mẫu số"), "figure.denominator"),
        Column("percent", _("Tỷ lệ (%)"), lambda line: two_places(line.figure.percent)),
        Column("change", _("So kỳ trước (điểm %)"), lambda line: two_places(line.change)),
        Column("status", _("Tình trạng"), "status_text"),
        Column("deadline", _("Hạn"), "item.deadline"),
        Column("lines", _("Dòng trong kế hoạch"), "item.lines"),
    ),
)


def two_places(value: object) -> object:
    """A percentage as a file holds it; None for anything that is no number."""
    return value.quantize(Decimal("0.01")) if isinstance(value, Decimal) else None
