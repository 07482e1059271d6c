"""Inviting many at once from a sheet, and the page on which an invited person sets his first password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache

from dean06.core import usage
from dean06.core.access import invitations
from dean06.core.access.invitations import Guest, Invited
from dean06.core.access.middleware import SignedInRequest, without_scope
from dean06.core.access.models import Role
from dean06.core.access.reconfirm import reconfirm
from dean06.core.errors import Dean06Error, Invalid, Reason
from dean06.core.sheets import MAX_BYTES, Column, read_sheet, template_xlsx
from dean06.plan.models import Pilot
from dean06.ui.tables.response import XLSX_TYPE
from dean06.web.account.users import PURPOSE, operators

_MAX_ROWS = 2000


class SheetForm(forms.Form):
    """The file to read."""

    sheet = forms.FileField(label=_lazy("Tệp XLSX hoặc CSV"))


class FirstPasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=_lazy("Mật khẩu mới"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_lazy("Nhập lại mật khẩu"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        data = super().clean() or {}
        if data.get("password") != data.get("again"):
            self.add_error("again", _("Hai lần nhập mật khẩu không giống nhau."))
        return data


def columns() -> tuple[Column, ...]:
    """What the sheet holds."""
    roles = {str(Role(value).label): value for value in Role.values} | {value: value for value in Role.values}
    return (
        Column("username", _("Tên đăng nhập"), required=True, max_length=60, aliases=("username",)),
        Column("full_name", _("Họ và tên"), required=True, max_length=120, aliases=("full name",)),
        Column("role", _("Vai trò"), "choice", required=True, choices=roles, aliases=("role",)),
        Column("unit", _("Mã đơn vị"), required=True, max_length=80, aliases=("unit",)),
        Column("pilots", _("Mô hình"), max_length=200, note=_("ví dụ P0, M1; để trống là mọi mô hình")),
        Column("personal_data", _("Xem dữ liệu cá nhân"), "bool"),
        Column("valid_from", _("Từ ngày"), "date"),
        Column("valid_to", _("Đến trước ngày"), "date"),
    )


@operators
@reconfirm
def invite(request: SignedInRequest) -> HttpResponse:
    """Check a sheet, or make its accounts; the links are shown in this one answer."""
    if "mau" in request.GET:
        response = HttpResponse(template_xlsx(columns()), content_type=XLSX_TYPE)
        response.headers["Content-Disposition"] = 'attachment; filename="mau-nguoi-dung.xlsx"'
        return response
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "reasons": [], "links": [], "checked": None}
    context["days"] = invitations.days()
    if request.method == "POST" and form.is_valid():
        check = request.POST.get("do") == "check"
        try:
            found = invitations.invite(actor=request.actor, guests=_guests(form), only_check=check)
        except Invalid as error:
            context["reasons"] = error.reasons
        else:
            _note(request, found)
            context |= {"checked": len(found)} if check else {"links": _links(request, found), "made": True}
    status = 422 if context["reasons"] or form.errors else 200
    return render(request, "account/invite.html", context, status=status)


def _guests(form: SheetForm) -> list[Guest]:
    upload = form.cleaned_data["sheet"]
    sheet = read_sheet(upload.name or "", upload.read(MAX_BYTES + 1), columns(), max_rows=_MAX_ROWS)
    known = set(Pilot.objects.values_list("code", flat=True))
    guests, reasons = [], []
    for row in sheet.rows:
        values = dict(row.values)
        pilots = tuple((values.pop("pilots") or "").replace(",", " ").replace(";", " ").split())
        if unknown := sorted(set(pilots) - known):
            text = _("không có mô hình %(codes)s.") % {"codes": ", ".join(unknown)}
            reasons.append(Reason(text, field=_("Mô hình"), row=row.number))
        values["personal_data"] = bool(values["personal_data"])
        guests.append(Guest(row=row.number, pilots=pilots, **values))
    if reasons:
        raise Invalid(reasons)
    return guests


def _links(request: HttpRequest, found: list[Invited]) -> list[tuple[Invited, str]]:
    return [
        (one, request.build_absolute_uri(reverse("access:first_password", args=[one.token]))) for one in found
    ]


def _note(request: SignedInRequest, found: list[Invited]) -> None:
    usage.record_read(
        actor=request.actor, purpose=PURPOSE, unit_id=None, subjects=len(found), route="access:invite"
    )


@never_cache
def first_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password of an account; the link opens once."""
    form = FirstPasswordForm(request.POST or None)
    try:
        opened = invitations.open_invitation(token)
        if request.method == "POST" and form.is_valid():
            invitations.accept(token=token, password=form.cleaned_data["password"])
            messages.success(request, _("Đã đặt mật khẩu. Hãy đăng nhập."))
            return redirect("web:login")
    except Invalid as error:
        for reason in error.reasons:
            form.add_error("password", reason.message)
    except Dean06Error as error:
        messages.error(request, error.message)
        return redirect("web:login")
    context = {"form": form, "opened": opened}
    return render(request, "account/first_password.html", context, status=422 if form.errors else 200)


first_password = login_not_required(without_scope(first_password))
