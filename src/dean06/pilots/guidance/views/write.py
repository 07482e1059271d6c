"""Pages that write: thin around the actions; what an action refuses stands beside its field."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Invalid
from dean06.core.units.models import Unit
from dean06.pilots.guidance import actions, queries
from dean06.pilots.guidance.forms import MAX_PHOTO_BYTES, RevokeForm, record_form
from dean06.pilots.guidance.models import Record
from dean06.pilots.guidance.records import RecordKind


def _refuse(form: Form | Any, error: Invalid) -> None:
    for reason in error.reasons:
        field = reason.field if reason.field in form.fields else None
        form.add_error(field, reason.message)


def _form_page(  # noqa: PLR0917 - a private step
    request: SignedInRequest,
    kind: RecordKind,
    unit: Unit,
    form: Any,
    row: Record | None = None,
    conflict: str = "",
) -> HttpResponse:
    context = {
        "kind": kind,
        "unit": unit,
        "form": form,
        "row": row,
        "conflict": conflict,
        "max_photo_bytes": MAX_PHOTO_BYTES,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "guidance/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, unit_id: int, slug: str) -> HttpResponse:
    """Write a new record at a point."""
    kind, unit = queries.kind_of(slug), queries.point(unit_id)
    require(request.actor, Action.RECORD, unit_id=unit_id)
    form_class = record_form(kind, unit)
    if request.method != "POST":
        return _form_page(
            request, kind, unit, form_class(initial={kind.day_field: clock.today(), "working": True})
        )
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        try:
            row = actions.add_record(
                actor=request.actor,
                kind=kind,
                unit_id=unit_id,
                values=form.values(),
                photo=form.photo_bytes(),
            )
        except Invalid as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Đã ghi. Số liệu của đơn vị được tính lại trong giây lát."))
            return redirect("guidance:record", slug, row.pk)
    return _form_page(request, kind, unit, form)


@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """Correct a record; what another person changed meanwhile is never overwritten."""
    kind = queries.kind_of(slug)
    row = queries.record(kind, record_id)
    require(request.actor, Action.RECORD, unit_id=row.unit_id)
    form_class = record_form(kind, row.unit)
    if request.method != "POST":
        return _form_page(
            request, kind, row.unit, form_class(instance=row, initial={"version": row.version}), row
        )
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.revise_record(
                actor=request.actor,
                kind=kind,
                record_id=record_id,
                version=form.cleaned_data["version"] or 0,
                values=form.values(),
                photo=form.photo_bytes(),
            )
        except Invalid as error:
            _refuse(form, error)
        except Conflict as error:
            return _form_page(request, kind, row.unit, form, queries.record(kind, record_id), error.message)
        else:
            messages.success(request, _("Đã sửa bản ghi."))
            return redirect("guidance:record", slug, record_id)
    return _form_page(request, kind, row.unit, form, row)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """Withdraw a record, with a reason."""
    kind = queries.kind_of(slug)
    row = queries.record(kind, record_id)
    require(request.actor, Action.RECORD, unit_id=row.unit_id)
    form = RevokeForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_record(actor=request.actor, kind=kind, record_id=record_id, **form.cleaned_data)
        except Invalid as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Đã thu hồi bản ghi. Có thể khôi phục tại trang này."))
            return redirect("guidance:record", slug, record_id)
    context = {"kind": kind, "row": row, "fact": queries.fact(kind, row), "form": form}
    return render(request, "guidance/revoke.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """Undo a withdrawal."""
    kind = queries.kind_of(slug)
    version = int(request.POST.get("version", "0") or 0) if request.POST.get("version", "0").isdigit() else 0
    actions.restore_record(actor=request.actor, kind=kind, record_id=record_id, version=version)
    messages.success(request, _("Đã khôi phục bản ghi."))
    return redirect("guidance:record", slug, record_id)
