"""Pages that write a record: thin around the actions; what an action refuses stands beside its field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
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
from dean06.pilots.guidance.forms import MAX_PHOTO_BYTES, RevokeForm, photo_bytes, record_form
from dean06.pilots.guidance.models import Record
from dean06.pilots.guidance.records import PILOT, RecordKind
from dean06.pilots.guidance.views.personal import may_name, note_reading

_FIELDS = {"photo": "new_photo"}  # where a form's field is not called as the record's


def refuse(form: forms.BaseForm, error: Invalid) -> None:
    """Put what an action refused beside the fields of its form."""
    for reason in error.reasons:
        name = _FIELDS.get(reason.field or "", reason.field)
        form.add_error(name if name in form.fields else None, reason.message)


def posted_version(request: SignedInRequest) -> int:
    """The version a button was drawn for; 0 for nonsense, which no record has."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The page around a form: where it stands and, for a correction, of which record."""

    kind: RecordKind
    unit: Unit
    row: Record | None = None
    named: bool = False  # an existing person's name stands in the form

    def page(self, request: SignedInRequest, form: Any, conflict: str = "") -> HttpResponse:
        if self.named:
            note_reading(request, self.unit.pk, "guidance:revise")
        context = {
            "kind": self.kind,
            "unit": self.unit,
            "row": self.row,
            "form": form,
            "conflict": conflict,
            "max_photo_bytes": MAX_PHOTO_BYTES,
        }
        status = 409 if conflict else 422 if form.errors else 200
        return render(request, "guidance/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, unit_id: int, slug: str) -> HttpResponse:
    """Write a new record at a point."""
    kind, unit = queries.kind_of(slug), queries.point(unit_id)
    require(request.actor, Action.RECORD, unit_id=unit_id, pilot=PILOT)
    sheet, form_class = _Sheet(kind, unit), record_form(kind, unit)
    if request.method != "POST":
        given = {name: request.GET[name] for name in ("officer", "material") if name in request.GET}
        start = {kind.day_field: clock.today(), "working": True, "present": True}
        return sheet.page(request, form_class(initial=start | given))
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        try:
            row = actions.add_record(
                actor=request.actor,
                kind=kind,
                unit_id=unit_id,
                values=form.values(),
                photo=photo_bytes(form),
            )
        except Invalid as error:
            refuse(form, error)
        else:
            _tell_added(request, kind, row)
            return redirect("guidance:record", slug, row.pk)
    return sheet.page(request, form)


def _tell_added(request: SignedInRequest, kind: RecordKind, row: Record) -> None:
    """Whether the new record moves a figure, and why not."""
    if why := queries.uncounted_now(kind, row):
        messages.warning(request, _("Đã ghi, nhưng chưa được tính: %(why)s.") % {"why": why})
    else:
        messages.success(request, _("Đã ghi. Số liệu của đơn vị được tính lại trong giây lát."))


@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """Correct a record; what another person changed meanwhile is never overwritten."""
    kind = queries.kind_of(slug)
    row = queries.record(kind, record_id)
    require(request.actor, Action.RECORD, unit_id=row.unit_id, pilot=PILOT)
    named = "full_name" in kind.fields and may_name(request, row.unit_id)
    form_class = record_form(kind, row.unit, named=named, row=row)
    sheet = _Sheet(kind, row.unit, row, named)
    if request.method != "POST":
        return sheet.page(request, form_class(instance=row, initial={"version": row.version}))
    form = form_class(request.POST, request.FILES)
    if not form.is_valid():
        return sheet.page(request, form)
    try:
        actions.revise_record(
            actor=request.actor,
            kind=kind,
            record_id=record_id,
            version=form.cleaned_data["version"] or 0,
            values=form.values(),
            photo=photo_bytes(form),
        )
    except Invalid as error:
        refuse(form, error)
    except Conflict as error:
        return sheet.page(request, form, conflict=error.message)
    else:
        messages.success(request, _("Đã sửa bản ghi."))
        return redirect("guidance:record", slug, record_id)
    return sheet.page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """Withdraw a record, with a reason."""
    kind = queries.kind_of(slug)
    row = queries.record(kind, record_id)
    require(request.actor, Action.RECORD, unit_id=row.unit_id, pilot=PILOT)
    form = RevokeForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_record(actor=request.actor, kind=kind, record_id=record_id, **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            return redirect("guidance:record", slug, record_id)
    context = {"kind": kind, "row": row, "fact": queries.fact(kind, row), "form": form}
    return render(request, "guidance/revoke.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """Undo a withdrawal."""
    kind = queries.kind_of(slug)
    actions.restore_record(
        actor=request.actor, kind=kind, record_id=record_id, version=posted_version(request)
    )
    messages.success(request, _("Đã khôi phục bản ghi."))
    return redirect("guidance:record", slug, record_id)
