"""Forms of accounts and grants, for administrators and auditors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.access.models import Role
from dean06.core.errors import NotFound
from dean06.core.units.queries import resolve
from dean06.plan.models import Pilot

_DAYS = ["%d/%m/%Y", "%Y-%m-%d"]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": _("ngày/tháng/năm")})
    return forms.DateField(label=label, required=False, input_formats=_DAYS, widget=widget)


class TermForm(forms.Form):
    """How long a grant is valid, and whether it opens personal data."""

    valid_from = _day(_("Từ ngày"))
    valid_to = _day(_("Đến trước ngày"))
    personal_data = forms.BooleanField(label=_("Được xem dữ liệu cá nhân"), required=False)


class GrantForm(TermForm):
    """A new grant."""

    role = forms.ChoiceField(label=_("Vai trò"), choices=[("", "—"), *Role.choices])
    unit = forms.CharField(label=_("Mã đơn vị"), max_length=80)
    pilots = forms.MultipleChoiceField(
        label=_("Chỉ cho các mô hình"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    field_order = ("role", "unit", "pilots", "valid_from", "valid_to", "personal_data")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Pilot.objects.order_by("order").values_list("code", flat=True)
        self.fields["pilots"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]

    def clean_unit(self) -> int:
        """The unit of that code today."""
        try:
            return int(resolve(self.cleaned_data["unit"].strip(), clock.today()).pk)
        except NotFound as error:
            raise forms.ValidationError(error.message) from error


class RevokeForm(forms.Form):
    """Why a grant is taken back."""

    reason = forms.CharField(label=_("Lý do thu hồi"), max_length=200)


class ViewAsForm(forms.Form):
    """Whose pages an auditor wants to see, and why."""

    username = forms.CharField(label=_("Tên đăng nhập"), max_length=60)
    reason = forms.CharField(label=_("Lý do"), max_length=200, help_text=_("Từ 10 ký tự; ghi vào nhật ký."))
