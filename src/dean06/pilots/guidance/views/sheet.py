"""Import of a sheet of records: template, check only, import; every error by row and column."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.errors import Invalid, NotFound, Reason
from dean06.core.sheets import MAX_BYTES, read_sheet, template_xlsx
from dean06.pilots.guidance import actions, queries
from dean06.pilots.guidance.records import PILOT, RecordKind
from dean06.pilots.guidance.sheet import MAX_ROWS, columns, labelled, resolve
from dean06.ui.formats import number
from dean06.ui.tables.response import XLSX_TYPE


class SheetForm(forms.Form):
    """The file to read."""

    sheet = forms.FileField(label=gettext_lazy("Tệp XLSX hoặc CSV"))


@require_http_methods(["GET", "HEAD", "POST"])
def import_sheet(request: SignedInRequest, slug: str) -> HttpResponse:
    """Check or import a sheet of one kind of record, all rows or none."""
    kind = queries.kind_of(slug)
    require(request.actor, Action.IMPORT, pilot=PILOT)
    if not kind.imported:
        raise NotFound(_("Loại bản ghi này được ghi tại từng vật phẩm, không nhập từ tệp."))
    if "mau" in request.GET:
        response = HttpResponse(template_xlsx(columns(kind)), content_type=XLSX_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="mau-{slug}.xlsx"'
        return response
    form = SheetForm(request.POST or None, request.FILES or None)
    reasons: Sequence[Reason] = ()
    if request.method == "POST" and form.is_valid():
        only_check = request.POST.get("do") == "check"
        try:
            count = _import(request, kind, form.cleaned_data["sheet"], only_check=only_check)
        except Invalid as error:
            reasons = labelled(kind, error.reasons)
        else:
            done = _("Tệp hợp lệ: %(n)s dòng, chưa ghi gì.") if only_check else _("Đã nhập %(n)s dòng.")
            messages.success(request, done % {"n": number(count)})
            return redirect("guidance:import" if only_check else "guidance:list", slug)
    context = {"kind": kind, "form": form, "reasons": reasons, "columns": columns(kind)}
    return render(request, "guidance/import.html", context, status=422 if reasons or form.errors else 200)


def _import(
    request: SignedInRequest, kind: RecordKind, upload: UploadedFile[bytes], *, only_check: bool
) -> int:
    """Only checking does all that importing does, and takes it back."""
    sheet = read_sheet(upload.name or "", upload.read(MAX_BYTES + 1), columns(kind), max_rows=MAX_ROWS)
    with transaction.atomic():
        count = actions.import_records(actor=request.actor, kind=kind, rows=resolve(kind, sheet))
        if only_check:
            transaction.set_rollback(True)
    return count
