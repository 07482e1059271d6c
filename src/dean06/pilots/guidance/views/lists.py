"""Lists: the points with what each still lacks, and all records of one kind."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance import queries
from dean06.pilots.guidance.records import KINDS, RecordKind
from dean06.web.tables import Column, Empty, Filter, Table, table_response

_KINDS = (
    (Kind.ONE_STOP_DESK.value, Kind.ONE_STOP_DESK.label),
    (Kind.POLICE_POST.value, Kind.POLICE_POST.label),
)
_LEVELS = (("province", _("Cấp tỉnh")), ("district", _("Cấp huyện")), ("commune", _("Cấp xã")))

POINTS: Table[Unit] = Table(
    key="points",
    caption=_("Điểm hướng dẫn của P0"),
    columns=(
        Column(
            "name",
            _("Điểm"),
            "name",
            order="sort_key",
            css="main",
            link=lambda unit: reverse("guidance:point", args=[unit.pk]),
        ),
        Column("kind", _("Loại"), "get_kind_display", order="kind"),
        Column("parent", _("Thuộc"), "parent_name", order="parent_name"),
        Column("records", _("Bản ghi còn hiệu lực"), "record_count", order="record_count", css="num"),
        Column("last", _("Ghi gần nhất"), "last_recorded", order="last_recorded"),
    ),
    empty=Empty(
        title=_("Không có điểm nào"),
        text=_("Không có bộ phận một cửa hay Công an xã nào trong phạm vi của bạn khớp với điều kiện lọc."),
    ),
    filters=(
        Filter("kind", _("Loại"), _KINDS, lookup="kind"),
        Filter("level", _("Cấp"), _LEVELS, lookup="subkind"),
        Filter(
            "state",
            _("Tình trạng"),
            (("none", _("Chưa có bản ghi")), ("some", _("Đã có bản ghi"))),
            lookup=lambda value: Q(record_count=0) if value == "none" else Q(record_count__gt=0),
        ),
    ),
    search_folded=("fold",),
    search_label=_("Tìm điểm theo tên"),
    default_order="name",
    noun=_("điểm"),
)


@require_safe
def points(request: SignedInRequest) -> HttpResponse:
    """Desks and posts of the actor's units."""
    context = {"kinds": KINDS.values(), "may_import": may(request.actor, Action.IMPORT)}
    return table_response(
        request,
        POINTS,
        queries.points_with_counts(),
        "diem-huong-dan",
        template="guidance/points.html",
        context=context,
        may_export=may(request.actor, Action.EXPORT),
    )


@require_safe
def record_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """All records of one kind inside the scope; people by staff code only."""
    kind = queries.kind_of(slug)
    return table_response(
        request,
        _record_table(kind),
        queries.records(kind),
        slug,
        template="guidance/records.html",
        context={"kind": kind, "kinds": KINDS.values(), "may_import": may(request.actor, Action.IMPORT)},
        may_export=may(request.actor, Action.EXPORT),
    )


def _record_table(kind: RecordKind) -> Table[Any]:
    return Table(
        key="records",
        caption=kind.name,
        columns=(
            Column(
                "title",
                _("Bản ghi"),
                lambda row: queries.words(kind, row)[0],
                css="main",
                link=lambda row: reverse("guidance:record", args=[kind.slug, row.pk]),
            ),
            Column("note", _("Chi tiết"), lambda row: queries.words(kind, row)[1]),
            Column("unit", _("Đơn vị"), "unit.name", order="unit__sort_key"),
            Column("day", _("Ngày"), kind.day_field, order=kind.day_field),
            Column("recorded", _("Ghi lúc"), "recorded_at", order="recorded_at"),
            Column(
                "state", _("Tình trạng"), lambda row: _("Đã thu hồi") if row.revoked_at else _("Hiệu lực")
            ),
        ),
        empty=Empty(title=_("Chưa có bản ghi nào"), text=_("Chọn một điểm để ghi bản ghi đầu tiên.")),
        filters=(
            Filter(
                "state",
                _("Tình trạng"),
                (("live", _("Hiệu lực")), ("revoked", _("Đã thu hồi"))),
                lookup=lambda value: Q(revoked_at__isnull=value == "live"),
            ),
        ),
        search_folded=("unit__fold",),
        search_label=_("Tìm theo tên đơn vị"),
        default_order="-day",
        noun=_("bản ghi"),
    )
