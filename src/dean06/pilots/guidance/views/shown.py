"""The list of the points that show a video."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dean06.core.units.models import Kind
from dean06.pilots.guidance.models import VideoShowing
from dean06.ui.language import localized
from dean06.ui.tables import Column, Empty, Filter, Table


def _record(row: VideoShowing) -> str:
    return reverse("guidance:record", args=["video", row.pk])


SHOWN: Final[Table[VideoShowing]] = Table(
    key="shown",
    caption=_("Điểm đang chiếu"),
    noun=_("điểm"),
    columns=(
        Column("unit", _("Điểm"), lambda row: localized(row.unit), order="unit", css="main", link=_record),
        Column("kind", _("Loại"), lambda row: str(row.unit.get_kind_display()), order="kind"),
        Column("channel", _("Hình thức"), lambda row: str(row.get_channel_display()), order="channel"),
        Column("from", _("Chiếu từ"), "shown_from", order="from", css="date"),
    ),
    filters=(
        Filter(
            "kind",
            _("Loại"),
            [(kind.value, kind.label) for kind in (Kind.ONE_STOP_DESK, Kind.POLICE_POST)],
            keep=lambda row, value: bool(row.unit.kind == value),
        ),
        Filter(
            "channel",
            _("Hình thức"),
            VideoShowing._meta.get_field("channel").flatchoices,
            keep=lambda row, value: bool(row.channel == value),
        ),
    ),
    search=lambda row: f"{row.unit.name} {row.unit.name_en}",
    search_label=_("Tìm điểm theo tên"),
    default_order="unit",
    empty=Empty(_("Chưa điểm nào trong phạm vi của anh/chị chiếu video này.")),
)
