"""Forms of the two exceptions to "everybody sees who looked": hiding for a time, and representation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.rules import rule
from dean06.core.usage import purposes
from dean06.core.usage.models import RepresentationKind, UsageRecord
from dean06.ui import formats

_DAYS = ["%d/%m/%Y", "%Y-%m-%d"]


def _day(label: object, help_text: object = "", **more: Any) -> forms.DateField:
    widget = forms.DateInput(
        format="%d/%m/%Y", attrs={"placeholder": _("ngày/tháng/năm"), "autocomplete": "off"}
    )
    return forms.DateField(label=label, input_formats=_DAYS, widget=widget, help_text=help_text, **more)  # type: ignore[arg-type]


def _number(label: object) -> forms.CharField:
    """A number on its way to the blind index: by post only, never kept by the browser."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=30, widget=widget, help_text=_("12 chữ số."))  # type: ignore[arg-type]


def told(row: UsageRecord) -> str:
    """A look in one line, as an officer reads it: when, which account, for which purpose."""
    purpose = purposes.in_force(row.purpose, row.at.astimezone(clock.VIETNAM).date())
    what = purpose.label_vi if purpose else row.purpose
    return f"{formats.moment(row.at)} · {row.actor_name} · {what}"


class _Looks(forms.CheckboxSelectMultiple):
    """Boxes whose group can be linked to from the summary of errors."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index) if index is not None else id_


class HideForm(forms.Form):
    """Which looks to hide, why and until when."""

    looks = forms.TypedMultipleChoiceField(label=_("Lần xem cần ẩn"), coerce=int, widget=_Looks)
    reason = forms.ChoiceField(label=_("Lý do"))
    document = forms.CharField(
        label=_("Văn bản"),
        max_length=120,
        help_text=_("Số, ngày của quyết định; không ghi họ tên hay số định danh."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_day = _day(_("Đến hết ngày"))

    def __init__(self, *args: Any, rows: list[UsageRecord], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = int(rule("usage.hidden_days", clock.today()))
        latest = clock.today() + timedelta(days=days - 1)
        choices = rule("usage.hiding_reasons", clock.today())
        self.fields["looks"].choices = [(row.pk, told(row)) for row in rows]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", "—"), *choices.items()]  # type: ignore[attr-defined]
        self.fields["last_day"].help_text = _("Chậm nhất %(day)s; hết ngày này lần xem tự hiện lại.") % {
            "day": formats.day(latest)
        }


class RepresentationForm(forms.Form):
    """Who may see whose rows, on which paper, until when. The numbers are not kept."""

    unit_id = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int)
    representative = _number(_("Người đại diện"))
    subject = _number(_("Người được đại diện"))
    kind = forms.ChoiceField(label=_("Tư cách"), choices=RepresentationKind.choices)
    text = forms.CharField(
        label=_("Giấy tờ"),
        max_length=120,
        help_text=_("Tên, số, ngày của giấy tờ đã xem bản chính; không ghi họ tên hay số định danh."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    valid_from = _day(_("Từ ngày"), initial=clock.today)
    valid_to = _day(_("Đến ngày"), _("Kể từ ngày này không còn quyền đại diện."))
