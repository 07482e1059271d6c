"""What is done in passing, on a phone in front of the poster: a look today, the end of a fact."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.errors import Invalid, NotFound
from dean06.pilots.guidance import actions, queries
from dean06.pilots.guidance.forms import EndForm, LookForm, photo_bytes
from dean06.pilots.guidance.records import KINDS, PILOT
from dean06.pilots.guidance.views.show import record_page
from dean06.pilots.guidance.views.write import refuse


@require_POST
def look(request: SignedInRequest, record_id: int) -> HttpResponse:
    """A material was looked at today: one press says whether it is there."""
    material = queries.record(KINDS["vat-pham"], record_id)
    require(request.actor, Action.RECORD, unit_id=material.unit_id, pilot=PILOT)
    form = LookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_record(
                actor=request.actor,
                kind=KINDS["kiem-tra-vat-pham"],
                unit_id=material.unit_id,
                values={
                    "material": material,
                    "checked_on": clock.today(),
                    "present": form.cleaned_data["present"],
                },
                photo=photo_bytes(form),
            )
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã ghi lần kiểm tra hôm nay."))
            return redirect("guidance:record", "vat-pham", record_id)
    return record_page(request, "vat-pham", record_id, look=form)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """Taken down, no longer shown, no longer assigned: from a day on, today unless told otherwise."""
    kind = queries.kind_of(slug)
    if not kind.end_field:
        raise NotFound(_("Loại bản ghi này không có ngày kết thúc."))
    row = queries.record(kind, record_id)
    require(request.actor, Action.RECORD, unit_id=row.unit_id, pilot=PILOT)
    start = {"version": row.version, "day": clock.today()}
    form = EndForm(kind, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_record(actor=request.actor, kind=kind, record_id=record_id, **form.cleaned_data)
        except Invalid as error:
            for reason in error.reasons:
                form.add_error("day" if reason.field == kind.end_field else None, reason.message)
        else:
            messages.success(request, _("Đã ghi ngày kết thúc. Những kỳ trước đó không thay đổi."))
            return redirect("guidance:record", slug, record_id)
    context = {"kind": kind, "row": row, "fact": queries.fact(kind, row), "form": form}
    return render(request, "guidance/end.html", context, status=422 if form.errors else 200)
