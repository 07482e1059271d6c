"""Forms of this room. Labels are the names that the actions use in their reasons."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.errors import Invalid
from dean06.core.people import actions, numbers, purposes
from dean06.core.people.models import Sex
from dean06.core.privacy.models import BreachKind, RequestKind

_DAYS = ["%d/%m/%Y", "%Y-%m-%d"]
_MOMENTS = ["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]


def _text(label: object, rows: int = 3, limit: int = 500, *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, required=required, widget=widget)  # type: ignore[arg-type]


class FindForm(forms.Form):
    """A number on its way to the blind index: by post only, never kept by the browser."""

    number = forms.CharField(
        label=_("Số định danh cá nhân"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class RevealForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("Mục đích"), choices=[("", "—"), *((one.code, one.label) for one in purposes.REVEAL)]
    )
    reason = forms.CharField(
        label=_("Lý do"),
        max_length=300,
        help_text=_(
            "Từ 10 ký tự; không ghi họ tên hay số. Người dân đọc được mục đích, kiểm tra viên đọc lý do."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AnswerForm(forms.Form):
    """Why a file with the number in clear is made."""

    reason = forms.CharField(
        label=_("Lý do"),
        max_length=300,
        help_text=_(
            "Từ 10 ký tự: đã xác minh người yêu cầu thế nào, trao tệp ra sao; không ghi họ tên hay số."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RequestForm(forms.Form):
    kind = forms.ChoiceField(label=_("Loại yêu cầu"), choices=RequestKind.choices)
    received_on = forms.DateField(
        label=_("Ngày nhận"),
        input_formats=_DAYS,
        initial=clock.today,
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": _("ngày/tháng/năm")}),
    )
    via_processor = forms.BooleanField(label=_("Dữ liệu do bên xử lý giữ"), required=False)
    asked = _text(_("Nội dung yêu cầu"), limit=2000, required=False)


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


def _birthday() -> forms.DateField:
    return forms.DateField(
        label=_("Ngày sinh"),
        input_formats=_DAYS,
        error_messages={"invalid": _("Hãy ghi ngày sinh dạng 05/09/1980.")},
        widget=forms.DateInput(
            format="%d/%m/%Y",
            attrs={"placeholder": _("ngày/tháng/năm"), "inputmode": "numeric", "autocomplete": "off"},
        ),
    )


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("Họ và tên"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _sex() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Giới tính"), choices=[("", "—"), *Sex.choices])


class _NamedForm(forms.Form):
    """Tells a faulty name together with the other faults, in the action's words."""

    def clean_full_name(self) -> str:
        name = str(self.cleaned_data["full_name"])
        if fault := actions.name_fault(name):
            raise forms.ValidationError(fault)
        return name


class PersonForm(_NamedForm):
    """A person new to a unit. The number is never kept by the browser."""

    unit_id = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int)
    full_name = _name()
    birth_date = _birthday()
    sex = _sex()
    number = forms.CharField(
        label=_("Số định danh cá nhân"),
        max_length=30,
        help_text=_("12 chữ số; dấu cách không tính."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """The number as it is stored."""
        try:
            return numbers.checked(self.cleaned_data["number"])
        except Invalid as error:
            raise forms.ValidationError(error.reasons[0].message) from error


class CorrectForm(_NamedForm, VersionForm):
    """What may be put right about a person; the number is none of it."""

    full_name = _name()
    birth_date = _birthday()
    sex = _sex()


class WhyForm(forms.Form):
    """On what a step rests."""

    why = forms.CharField(
        label=_("Căn cứ"),
        max_length=300,
        help_text=_("Từ 10 ký tự: văn bản, vụ việc; không ghi họ tên hay số định danh."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ExtendForm(VersionForm):
    reason = _text(_("Lý do gia hạn"))


class FulfilForm(VersionForm):
    outcome = _text(_("Kết quả"))


class RefuseForm(VersionForm):
    reason = _text(_("Lý do từ chối"))


def _moment(label: object) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        help_text=_("Giờ Việt Nam, ví dụ 05/09/2023 14:30."),
        widget=forms.TextInput(attrs={"placeholder": _("ngày/tháng/năm giờ:phút")}),
    )


def _read_moment(text: str) -> datetime:
    for form in _MOMENTS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=clock.VIETNAM)
        except ValueError:
            continue
    raise forms.ValidationError(_("Hãy ghi ngày giờ dạng 05/09/2023 14:30."))


class BreachForm(forms.Form):
    unit_id = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int)
    kind = forms.ChoiceField(label=_("Loại"), choices=BreachKind.choices)
    title = forms.CharField(label=_("Tóm tắt"), max_length=200, help_text=_("Không ghi tên hay số của ai."))
    detected_at = _moment(_("Phát hiện lúc"))
    subjects = forms.IntegerField(
        label=_("Số người bị ảnh hưởng"), min_value=0, max_value=99_999_999, initial=0
    )
    biometric = forms.BooleanField(label=_("Có dữ liệu sinh trắc học hoặc vị trí"), required=False)

    def clean_detected_at(self) -> datetime:
        """The moment, in Viet Nam's time."""
        return _read_moment(self.cleaned_data["detected_at"])


class SentForm(VersionForm):
    """On which document a notice went out, and when."""

    document = forms.CharField(
        label=_("Số văn bản"), max_length=60, help_text=_("Ví dụ 12/TB-UBND; không ghi tên hay số định danh.")
    )
    sent_at = _moment(_("Gửi lúc"))

    def clean_sent_at(self) -> datetime:
        """The moment, in Viet Nam's time."""
        return _read_moment(self.cleaned_data["sent_at"])


class SentIncompleteForm(SentForm):
    """The same while the form has empty fields: a reason is asked for."""

    why_empty = _text(_("Lý do còn mục trống"), rows=2)


class TakeBackForm(VersionForm):
    why = _text(_("Lý do đính chính"), rows=2)


class CloseForm(VersionForm):
    conclusion = _text(_("Kết luận"), rows=2)


class ReopenForm(VersionForm):
    why = _text(_("Lý do mở lại"), rows=2)
