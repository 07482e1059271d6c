"""Forms that state a figure, decide a reading or adopt a goal: they only read, the actions decide."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.errors import Invalid
from dean06.plan.actions import BY_MAX, DOCUMENT_MAX
from dean06.plan.figures import Statement
from dean06.plan.models import StatedFigure


class StateForm(forms.Form):
    """A stated figure: either both counts or only the percentage; always a document and a signer."""

    unmarked = ("numerator", "denominator", "value")  # the hints tell which of them are wanted

    kind = forms.ChoiceField(label=_("Loại số liệu"), choices=StatedFigure.StatedKind.choices)
    numerator = forms.IntegerField(
        label=_("Tử số"),
        required=False,
        min_value=0,
        help_text=_("Ghi cả tử số và mẫu số, hoặc chỉ ghi tỷ lệ."),
    )
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


def refuse(form: forms.Form, error: Invalid) -> None:
    """Put what an action refused beside the fields of its form, found by their names or labels."""
    names = {str(field.label): name for name, field in form.fields.items()} | {
        name: name for name in form.fields
    }
    for reason in error.reasons:
        form.add_error(names.get(reason.field or ""), reason.message)


class DocumentForm(forms.Form):
    """What settles something about an item: a document and its day. `seen`: the mark of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    document = forms.CharField(
        label=_("Văn bản"), max_length=DOCUMENT_MAX, help_text=_("Số, ký hiệu và cơ quan ban hành văn bản.")
    )
    decided_on = forms.DateField(label=_("Ngày văn bản"))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        limit = {"type": "date", "max": clock.today().isoformat()}
        self.fields["decided_on"].widget = forms.DateInput(limit, "%Y-%m-%d")


class DecideForm(DocumentForm):
    """Which reading of an item holds, and which body or office decided it: no person is named."""

    reading = forms.ChoiceField(label=_("Cách đọc"), error_messages={"required": _("Hãy chọn một cách đọc.")})
    decided_by = forms.CharField(
        label=_("Cơ quan, chức vụ quyết định"),
        max_length=BY_MAX,
        help_text=_("Ghi tên cơ quan hoặc chức vụ, không ghi họ tên."),
    )
    with_same = forms.BooleanField(required=False, initial=True)
    field_order = ("reading", "with_same", "decided_by", "document", "decided_on", "seen")

    def __init__(
        self, readings: Iterable[str], same: Iterable[str], *args: object, **options: object
    ) -> None:
        super().__init__(*args, **options)
        codes = ", ".join(same)
        self.fields["with_same"].label = _("Áp dụng cho cả mục cùng nội dung %(codes)s") % {"codes": codes}
        if not codes:
            del self.fields["with_same"]
        self.fields["reading"].choices = [(code, code) for code in readings]  # type: ignore[attr-defined]


class AdoptForm(DocumentForm):
    """The goal that a unit's own plan sets."""

    goal = forms.DecimalField(
        label=_("Mục tiêu của đơn vị"),
        max_digits=5,
        decimal_places=2,
        localize=True,
        help_text=_("Tỷ lệ phần trăm, ví dụ 75 hoặc 62,5."),
    )
    field_order = ("goal", "document", "decided_on", "seen")
