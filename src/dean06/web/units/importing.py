"""Import of units from a sheet: template, check that writes nothing, import; errors by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Invalid, Reason
from dean06.core.units import sheet
from dean06.core.units.actions import ImportReport, import_units
from dean06.ui.tables.response import XLSX_TYPE


class SheetForm(forms.Form):
    """The file to read."""

    sheet = forms.FileField(
        label=gettext_lazy("Tệp XLSX hoặc CSV"),
        error_messages={"required": gettext_lazy("Hãy chọn tệp."), "empty": gettext_lazy("Tệp rỗng.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def unit_import(request: SignedInRequest) -> HttpResponse:
    """Check or import a sheet of units, all rows or none."""
    require(request.actor, Action.MANAGE_UNITS)
    if "mau" in request.GET:
        response = HttpResponse(sheet.template(), content_type=XLSX_TYPE)
        response.headers["Content-Disposition"] = 'attachment; filename="mau-don-vi.xlsx"'
        return response
    form = SheetForm(request.POST or None, request.FILES or None)
    reasons: Sequence[Reason] = ()
    report: ImportReport | None = None
    if request.method == "POST" and form.is_valid():
        try:
            report = _import(request, form.cleaned_data["sheet"])
        except Invalid as error:
            reasons = error.reasons
        except Conflict as error:
            reasons = [Reason(error.message)]
        if report is not None and not report.dry_run:
            done = _("Đã ghi: thêm mới %(made)s, sửa %(edited)s, giữ nguyên %(same)s đơn vị.")
            messages.success(request, done % _counts(report))
            return redirect("units:list")
    failed = bool(reasons or form.errors)
    context = {"form": form, "reasons": reasons, "report": report, "counts": report and _counts(report)}
    return render(request, "units/import.html", context, status=422 if failed else 200)


def _import(request: SignedInRequest, upload: UploadedFile[bytes]) -> ImportReport:
    rows = sheet.read_units(upload.name or "", cast(BinaryIO, upload.file))
    return import_units(actor=request.actor, rows=rows, dry_run=request.POST.get("do") != "import")


def _counts(report: ImportReport) -> dict[str, int]:
    return {
        "made": report.count("created"),
        "edited": report.count("updated"),
        "same": report.count("unchanged"),
    }
