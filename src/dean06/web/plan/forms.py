"""The form that states a figure; the action decides, the form only reads what was typed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from dean06.plan.figures import Statement
from dean06.plan.models import StatedFigure


class StateForm(forms.Form):
    """A stated figure: either both counts or only the percentage; always a document and a signer."""

    kind = forms.ChoiceField(label=_("Loại số liệu"), choices=StatedFigure.StatedKind.choices)
    numerator = forms.IntegerField(label=_("Tử số"), required=False, min_value=0)
    denominator = forms.IntegerField(label=_("Mẫu số"), required=False, min_value=0)
    value = forms.DecimalField(
        label=_("Tỷ lệ (%)"),
        required=False,
        max_digits=5,
        decimal_places=2,
        localize=True,
        help_text=_("Chỉ ghi khi nguồn không cho tử số và mẫu số."),
    )
    document_number = forms.CharField(label=_("Số, ký hiệu văn bản"), max_length=60)
    document_date = forms.DateField(
        label=_("Ngày văn bản"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    document_title = forms.CharField(label=_("Trích yếu"), max_length=300)
    source = forms.CharField(label=_("Nguồn số liệu"), max_length=200)
    signer = forms.CharField(
        label=_("Người ký"), max_length=120, help_text=_("Chức vụ, họ tên người ký văn bản.")
    )
    stated_on = forms.DateField(label=_("Ngày khai"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def statement(self) -> Statement:
        """What was typed, for the action."""
        data = self.cleaned_data
        return Statement(**{name: data[name] for name in Statement.__dataclass_fields__})
