"""Lists: the points with how far each has come, and all records of one kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance import actions, queries
from dean06.pilots.guidance.records import KINDS, PILOT, RecordKind
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, table_response

_KINDS = (
    (Kind.ONE_STOP_DESK.value, Kind.ONE_STOP_DESK.label),
    (Kind.POLICE_POST.value, Kind.POLICE_POST.label),
)
_LEVELS = (("province", _("Cấp tỉnh")), ("district", _("Cấp huyện")), ("commune", _("Cấp xã")))
_IN_FORCE = pgettext_lazy("state of a record", "Hiệu lực")
Progress = Mapping[int, tuple[int, int]]


def frame(request: SignedInRequest, **more: Any) -> dict[str, Any]:
    """What every list page of this pilot needs: its tabs and what the reader may do."""
    return {
        "kinds": KINDS.values(),
        "may_import": may(request.actor, Action.IMPORT, pilot=PILOT),
        "may_keep": actions.may_keep_library(request.actor),
        **more,
    }


@require_safe
def points(request: SignedInRequest) -> HttpResponse:
    """Desks and posts of the actor's units."""
    return table_response(
        request,
        _point_table(queries.progress()),
        queries.points_with_counts(request.actor),
        "diem-huong-dan",
        template="guidance/points.html",
        context=frame(request, tab="points"),
        may_export=may(request.actor, Action.EXPORT),
    )


def _point_table(progress: Progress) -> Table[Unit]:
    return Table(
        key="points",
        caption=_("Điểm hướng dẫn của P0"),
        columns=(
            Column("name", _("Điểm"), "name", order="sort_key", css="main", link=_point_url),
            Column("kind", _("Loại"), lambda unit: unit.get_kind_display(), order="kind"),
            Column("parent", _("Thuộc"), "parent_name", order=("parent_sort", "sort_key")),
            Column("met", _("Chỉ số đạt"), lambda unit: _standing(progress.get(unit.pk))),
            Column("records", _("Bản ghi"), "record_count", order="record_count", css="num"),
            Column("last", _("Ghi gần nhất"), "last_recorded", order="last_recorded", css="date"),
        ),
        empty=Empty(
            title=_("Không có điểm nào"),
            text=_("Không có bộ phận một cửa hay Công an xã nào trong phạm vi của anh/chị."),
        ),
        filters=(
            Filter("kind", _("Loại"), _KINDS, lookup="kind"),
            Filter("level", _("Cấp"), _LEVELS, lookup="subkind"),
            Filter("state", _("Tình trạng"), _STATES, lookup=lambda value: _in_state(progress, value)),
        ),
        search_folded=("fold", "parent_fold"),
        search_label=_("Tìm điểm theo tên, xã, huyện"),
        default_order="name",
        noun=_("điểm"),
    )


_STATES = (
    ("lacking", _("Còn thiếu")),
    ("complete", _("Đạt mọi chỉ số")),
    ("none", _("Chưa có bản ghi")),
)


def _point_url(unit: Unit) -> str:
    return reverse("guidance:point", args=[unit.pk])


def _standing(found: tuple[int, int] | None) -> Badge | None:
    if found is None:
        return None
    met, of = found
    if met == of:
        return Badge(f"{met}/{of}", "circle-check", "good")
    return Badge(f"{met}/{of}", "circle-dashed", "warn" if met else "mute")


def _in_state(progress: Progress, value: str) -> Q:
    if value == "none":
        return Q(record_count=0)
    complete = [unit_id for unit_id, (met, of) in progress.items() if met == of]
    return Q(pk__in=complete) if value == "complete" else ~Q(pk__in=complete)


@require_safe
def record_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """All records of one kind inside the scope, or at one point (`?unit=`); people by staff code only."""
    kind = queries.kind_of(slug)
    unit = _asked_unit(request)
    return table_response(
        request,
        _record_table(kind),
        queries.records(kind).filter(unit=unit) if unit else queries.records(kind),
        slug,
        template="guidance/records.html",
        context=frame(request, kind=kind, tab=slug, unit=unit),
        may_export=may(request.actor, Action.EXPORT),
    )


def _asked_unit(request: SignedInRequest) -> Unit | None:
    """The desk or post in the address; an unknown one is no narrowing."""
    asked = request.GET.get("unit", "")
    return Unit.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None


def _record_table(kind: RecordKind) -> Table[Any]:
    def url(row: Any) -> str:
        return reverse("guidance:record", args=[kind.slug, row.pk])

    title = kind.search[0] if kind.search else ""
    return Table(
        key="records",
        caption=kind.name,
        columns=(
            Column("title", _("Bản ghi"), _title(kind), order=title, css="main", link=url),
            Column("note", _("Chi tiết"), lambda row: queries.words(kind, row)[1]),
            Column("unit", _("Đơn vị"), "unit.name", order="unit__sort_key"),
            Column("day", _("Ngày"), kind.day_field, order=kind.day_field, css="date"),
            Column("recorded", _("Ghi lúc"), "recorded_at", order="recorded_at", css="date"),
            Column("state", _("Tình trạng"), lambda row: _state(kind, row)),
        ),
        empty=Empty(title=_("Chưa có bản ghi nào"), text=_("Chọn một điểm để ghi bản ghi đầu tiên.")),
        filters=(*_own_filters(kind), _state_filter(kind)),
        search_folded=("unit__fold",),
        search_text=kind.search,
        search_label=_("Tìm theo đơn vị, nội dung"),
        default_order="-day",
        noun=_("bản ghi"),
    )


def _title(kind: RecordKind) -> Any:
    return lambda row: queries.words(kind, row)[0]


def _state(kind: RecordKind, row: Any) -> Badge:
    if row.revoked_at:
        return Badge(str(_("Đã thu hồi")), "x", "mute")
    if kind.end_field and getattr(row, kind.end_field):
        return Badge(str(_("Đã kết thúc")), "minus", "mute")
    return Badge(str(_IN_FORCE), "circle-check", "good")


def _state_filter(kind: RecordKind) -> Filter:
    choices = [("live", _IN_FORCE), ("revoked", _("Đã thu hồi"))]
    if kind.end_field:
        choices.insert(1, ("ended", _("Đã kết thúc")))

    def lookup(value: str) -> Q:
        ended = Q(**{f"{kind.end_field}__isnull": False}) if kind.end_field else Q(pk=None)
        if value == "revoked":
            return Q(revoked_at__isnull=False)
        return Q(revoked_at=None) & (ended if value == "ended" else ~ended)

    return Filter("state", _("Tình trạng"), choices, lookup=lookup)


def _own_filters(kind: RecordKind) -> list[Filter]:
    found = []
    for name in kind.filters:
        choices = list(getattr(kind.model._meta.get_field(name), "flatchoices", ()))
        choices = choices or [("True", _("Có")), ("False", _("Không"))]
        found.append(Filter(name, queries.label(kind, name), choices, lookup=name))
    return found
