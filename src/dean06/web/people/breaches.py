"""The register of breaches: list, entry, one file with its clocks, the notification form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import Conflict, NotFound
from dean06.core.privacy import breaches, documents, notices
from dean06.core.privacy.models import Breach, BreachKind
from dean06.core.units.models import Unit
from dean06.ui import formats
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, table_response
from dean06.web.people import forms
from dean06.web.people.frame import CONFLICT, attempt, frame, paper


def left(one: breaches.Clock) -> Badge:
    """Met, met late, so many hours left, or overdue."""
    hours = int(abs(one.left.total_seconds()) // 3600)
    title = _("Hạn %(at)s") % {"at": formats.moment(one.due)}
    if one.met_at:
        return Badge(_("Đã gửi muộn") if one.overdue else _("Đã gửi đúng hạn"), "circle-check", "mute", title)
    if one.overdue:
        return Badge(_("Quá hạn %(n)s giờ") % {"n": formats.number(hours)}, "clock-exclamation", "bad", title)
    tone = "warn" if hours < 24 else "mute"
    return Badge(_("Còn %(n)s giờ") % {"n": formats.number(hours)}, "clock", tone, title)


def _next(row: Breach) -> Badge:
    waiting = [one for one in breaches.clocks(row) if one.met_at is None]
    if row.closed_on:
        return Badge(_("Đã đóng"), "circle-check", "mute")
    return left(waiting[0]) if waiting else Badge(_("Đã gửi đủ"), "circle-check", "good")


def _table() -> Table[Breach]:
    return Table(
        key="breaches",
        caption=_("Sổ vụ vi phạm và sự cố"),
        columns=(
            Column(
                "title",
                _("Tóm tắt"),
                "title",
                order="title",
                css="main",
                link=lambda row: reverse("people:breach", args=[row.key]),
            ),
            Column("kind", _("Loại"), lambda row: row.get_kind_display(), order="kind"),
            Column("detected", _("Phát hiện lúc"), "detected_at", order="detected_at", css="date"),
            Column("subjects", _("Số người"), "subjects", order="subjects", css="num"),
            Column("next", _("Hạn gần nhất"), _next, in_export=False),
            Column("unit", _("Đơn vị"), "unit.name", order=("unit__sort_key", "detected_at")),
        ),
        empty=Empty(_("Chưa có vụ nào"), _("Vụ vi phạm và sự cố trong phạm vi của anh/chị hiện ở đây.")),
        filters=(Filter("loai", _("Loại"), BreachKind.choices, lookup="kind"),),
        search_text=("title",),
        default_order="-detected",
        noun=_("vụ"),
    )


@require_safe
def breach_list(request: SignedInRequest) -> HttpResponse:
    """The register of the reader's units; it names nobody."""
    require(request.actor, Action.VIEW)
    return table_response(
        request,
        _table(),
        Breach.objects.select_related("unit"),
        "vi-pham",
        template="people/breaches.html",
        context=frame(request, "breaches"),
        may_export=may(request.actor, Action.EXPORT),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def breach_add(request: SignedInRequest) -> HttpResponse:
    """A new entry; its clocks start at the moment of detection."""
    require(request.actor, Action.RECORD)
    form = forms.BreachForm(request.POST or None)
    units = Unit.objects.filter(pk__in=request.actor.unit_ids).order_by("sort_key")
    form.fields["unit_id"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        made: list[Breach] = []
        status = attempt(form, lambda data: made.append(breaches.open_breach(actor=request.actor, **data)))
        if status == 200:
            messages.success(request, _("Đã ghi vụ việc; đồng hồ hạn đã chạy."))
            return redirect("people:breach", made[0].key)
    return render(request, "people/breach_add.html", frame(request, "breaches", form=form), status=status)


def _row(request: SignedInRequest, key: UUID) -> Breach:
    row = Breach.objects.select_related("unit").filter(key=key).first()
    if row is None or not may(request.actor, Action.VIEW, unit_id=row.unit_id):
        raise NotFound(_("Không có vụ việc này trong phạm vi của anh/chị."))
    return row


Step = tuple[str, type[forms.VersionForm], Callable[..., Breach]]


def _steps(row: Breach) -> list[Step]:
    """What may be done next, by the name a post gives: to send, to take back, to close, to open again."""
    if row.closed_on:
        return [("mo-lai", forms.ReopenForm, notices.reopen)]
    steps: list[Step] = []
    for one in breaches.clocks(row):
        if one.met_at:
            act = partial(notices.take_back, name=one.name)
            steps.append((f"dinh-chinh-{one.name}", forms.TakeBackForm, act))
            continue
        wanting = one.name == notices.WITH_FORM and notices.empty_fields(row)
        form = forms.SentIncompleteForm if wanting else forms.SentForm
        steps.append((one.name, form, partial(notices.meet, name=one.name)))
    if all(one.met_at for one in breaches.clocks(row)):
        steps.append(("dong", forms.CloseForm, notices.close))
    return steps


@require_http_methods(["GET", "HEAD", "POST"])
def breach_page(request: SignedInRequest, key: UUID) -> HttpResponse:
    """One file: clocks, the answers for the form; a post names what was done."""
    row = _row(request, key)
    if request.method == "POST":
        require(request.actor, Action.RECORD, unit_id=row.unit_id)
    asked = request.POST.get("do", "")
    if asked == "mau":
        return _keep_answers(request, row)
    made: dict[str, forms.VersionForm] = {}
    status = CONFLICT if asked else 200
    for name, form_type, act in _steps(row):
        form = form_type(
            request.POST if name == asked else None, initial={"version": row.version}, prefix=name
        )
        made[name] = form
        if name == asked:
            status = attempt(form, partial(_run, act, request, key))
            if status == 200:
                messages.success(request, _("Đã ghi."))
                return redirect("people:breach", key)
    if asked and asked not in made:
        raise Conflict(_("Bước này không còn làm được; hãy tải lại trang."))
    return render(request, "people/breach.html", _context(request, row, made, asked), status=status)


def _run(act: Callable[..., Breach], request: SignedInRequest, key: UUID, data: dict[str, Any]) -> Breach:
    return act(actor=request.actor, key=key, **data)


def _context(
    request: SignedInRequest, row: Breach, made: dict[str, forms.VersionForm], asked: str
) -> dict[str, Any]:
    running = [
        {
            "clock": one,
            "label": breaches.clock_label(one.name),
            "badge": left(one),
            "paper": row.papers.get(one.name, {}),
            "step": f"dinh-chinh-{one.name}" if one.met_at else one.name,
            "form": made.get(f"dinh-chinh-{one.name}" if one.met_at else one.name),
        }
        for one in breaches.clocks(row)
    ]
    may_act = may(request.actor, Action.RECORD, unit_id=row.unit_id)
    return frame(
        request,
        "breaches",
        row=row,
        clocks=running,
        empty=len(notices.empty_fields(row)),
        fields=[(field, row.form.get(field.key, "")) for field in breaches.form_fields()],
        conclusion=row.papers.get(notices.CLOSE, {}).get("conclusion", ""),
        close_form=made.get("dong"),
        reopen_form=made.get("mo-lai"),
        asked=asked,
        may_act=may_act,
        may_fill=may_act and not row.closed_on,
    )


def _keep_answers(request: SignedInRequest, row: Breach) -> HttpResponse:
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 9 else 0
    answers = {
        field.key: request.POST[field.key] for field in breaches.form_fields() if field.key in request.POST
    }
    breaches.fill_form(actor=request.actor, key=row.key, version=version, answers=answers)
    messages.success(request, _("Đã lưu nội dung."))
    return redirect("people:breach", row.key)


@require_safe
def breach_form(request: SignedInRequest, key: UUID) -> HttpResponse:
    """The notification form, to print; `?dang=docx`, `bien-ban` (minutes) or `json` for programs."""
    row = _row(request, key)
    made = breaches.document(row)
    match request.GET.get("dang"):
        case "json":
            response = JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 2})
            response.headers["Content-Disposition"] = 'attachment; filename="mau-08.json"'
            return response
        case "docx":
            return paper(documents.notification(made), "mau-08")
        case "bien-ban":
            return paper(documents.minutes(made), "bien-ban-vi-pham")
    clocks = [(one, breaches.clock_label(one.name)) for one in breaches.clocks(row)]
    context = frame(request, "breaches", row=row, fields=made["fields"], clocks=clocks)
    return render(request, "people/breach_form.html", context)
