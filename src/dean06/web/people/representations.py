"""Who may see the rows of another: recorded on a paper, ended at once, every use written down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require, which
from dean06.core.units.models import Unit
from dean06.core.usage import representation
from dean06.core.usage.models import Representation, RepresentationKind
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, table_response
from dean06.web.people.frame import attempt, frame, private
from dean06.web.people.looks_forms import RepresentationForm


def _running(today: date) -> Q:
    return Q(revoked_at__isnull=True, valid_to__gt=today)


def _state(row: Representation) -> Badge:
    today = clock.today()
    if row.revoked_at:
        return Badge(_("Đã kết thúc"), "ban", "mute")
    if row.valid_to <= today:
        return Badge(_("Hết hạn"), "calendar-off", "mute")
    if row.valid_from > today:
        return Badge(_("Chưa bắt đầu"), "clock", "mute")
    return Badge(_("Đang có hiệu lực"), "circle-check", "good")


def _table(request: HttpRequest, *, may_end: bool) -> Table[Representation]:
    token = get_token(request)

    def button(row: Representation) -> object:
        if not may_end or row.revoked_at or row.valid_to <= clock.today():
            return "–"
        return format_html(
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button class="btn btn-sm">{}<span class="visually-hidden">: {}</span></button></form>',
            reverse("people:representation_end", args=[row.pk]),
            token,
            _("Kết thúc"),
            row.document,
        )

    return Table(
        key="representations",
        caption=_("Sổ quyền đại diện"),
        columns=(
            Column("document", _("Giấy tờ"), "document", order="document", css="main"),
            Column("kind", _("Tư cách"), lambda row: row.get_kind_display(), order="kind"),
            Column("state", _("Tình trạng"), _state, export=lambda row: _state(row).label),
            Column("from", _("Từ ngày"), "valid_from", order="valid_from", css="date"),
            Column("to", _("Đến ngày"), "valid_to", order="valid_to", css="date"),
            Column("unit", _("Đơn vị"), "unit.name", order=("unit__sort_key", "recorded_at")),
            Column("end", _("Thao tác"), button, in_export=False),
        ),
        empty=Empty(
            _("Chưa ghi quyền đại diện nào"),
            _(
                "Cha mẹ, người giám hộ, người được ủy quyền xem được ai đã xem dữ liệu "
                "của người mình đại diện."
            ),
        ),
        filters=(
            Filter("tu-cach", _("Tư cách"), RepresentationKind.choices, lookup="kind"),
            Filter(
                "tt", _("Tình trạng"), (("con", _("Còn quyền")), ("het", _("Không còn"))), lookup=_in_state
            ),
        ),
        search_text=("document",),
        search_label=_("Tìm theo giấy tờ"),
        default_order="-from",
        noun=_("quyền"),
    )


def _in_state(value: str) -> Q:
    return _running(clock.today()) if value == "con" else ~_running(clock.today())


@require_safe
def representation_list(request: SignedInRequest) -> HttpResponse:
    """The register of the reader's units: papers and days; it names nobody and holds no number."""
    require(request.actor, Action.VIEW_PERSONAL)
    rows = which(request.actor, Action.VIEW_PERSONAL, Representation).select_related("unit")
    may_record = may(request.actor, Action.RECORD)
    return private(
        table_response(
            request,
            _table(request, may_end=may_record),
            rows,
            "quyen-dai-dien",
            template="people/representations.html",
            context=frame(request, "representations"),
            may_export=may(request.actor, Action.EXPORT),
        )
    )


@require_http_methods(["GET", "HEAD", "POST"])
def representation_add(request: SignedInRequest) -> HttpResponse:
    """Record that one person represents another. The numbers come in the body and go nowhere else."""
    require(request.actor, Action.VIEW_PERSONAL)
    require(request.actor, Action.RECORD)
    form, status = RepresentationForm(request.POST or None), 200
    tops = [grant.unit_id for grant in request.actor.grants if grant.personal_data and not grant.pilots]
    units = Unit.objects.filter(pk__in=tops).order_by("sort_key")
    form.fields["unit_id"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]
    if request.method == "POST":
        status = attempt(form, lambda data: _register(request, data))
        if status == 200:
            messages.success(request, _("Đã ghi quyền đại diện; số định danh không được lưu lại."))
            return private(redirect("people:representations"))
    context = frame(request, "representations", form=form)
    return private(render(request, "people/representation_add.html", context, status=status))


def _register(request: SignedInRequest, data: dict[str, Any]) -> Representation:
    return representation.register(
        actor=request.actor,
        unit_id=data["unit_id"],
        representative=data["representative"],
        subject=data["subject"],
        document=representation.Document(
            kind=data["kind"], text=data["text"], valid_from=data["valid_from"], valid_to=data["valid_to"]
        ),
    )


@require_POST
def representation_end(request: SignedInRequest, number: int) -> HttpResponse:
    """End it now."""
    representation.revoke(actor=request.actor, representation_id=number)
    messages.success(request, _("Đã kết thúc quyền đại diện."))
    return private(redirect("people:representations"))
