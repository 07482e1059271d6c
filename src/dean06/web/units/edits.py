"""Edits of one unit: another name, another place, its end. Each form carries the version it was opened at."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Union

from django import forms
from django.contrib import messages
from django.forms.forms import DeclarativeFieldsMetaclass
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from dean06.core.access.actor import Actor
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Dean06Error, Invalid, NotFound
from dean06.core.units import actions, queries
from dean06.core.units.models import Alias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Text = Union[str, "_StrPromise"]
_DATE = {"invalid": _lazy("Ngày phải viết dạng 05/09/2023."), "required": _lazy("Hãy ghi ngày.")}
_FORMATS = ["%d/%m/%Y", "%Y-%m-%d"]


def _day(label: Text) -> forms.DateField:
    attrs = {"placeholder": _lazy("ngày/tháng/năm"), "inputmode": "numeric"}
    widget = forms.DateInput(attrs=attrs, format="%d/%m/%Y")
    return forms.DateField(label=label, input_formats=_FORMATS, error_messages=_DATE, widget=widget)


def _document() -> forms.CharField:
    return forms.CharField(label=_lazy("Văn bản"), max_length=500, required=False)


class _AbstractFormMeta(DeclarativeFieldsMetaclass, ABCMeta):
    """A form's metaclass that also refuses to make a form whose abstract methods are missing."""


class EditForm(forms.Form, metaclass=_AbstractFormMeta):
    """`apply` runs the action; an Invalid of the action becomes the form's error."""

    title: Text = ""
    button: Text = ""
    version = forms.IntegerField(widget=forms.HiddenInput)

    @abstractmethod
    def apply(self, actor: Actor, unit_id: int) -> None:
        """Write. Raises what the action raises."""


class RenameForm(EditForm):
    title, button = _lazy("Đổi tên"), _lazy("Ghi tên mới")
    name = forms.CharField(label=_lazy("Tên mới"), max_length=200)
    since = _day(_lazy("Đổi tên từ ngày"))
    document = _document()

    def apply(self, actor: Actor, unit_id: int) -> None:
        actions.rename_unit(actor=actor, unit_id=unit_id, **self.cleaned_data)


class MoveForm(EditForm):
    title, button = _lazy("Chuyển đơn vị cấp trên"), _lazy("Ghi đơn vị cấp trên mới")
    parent = forms.CharField(label=_lazy("Mã đơn vị cấp trên"), max_length=80)
    since = _day(_lazy("Trực thuộc từ ngày"))
    document = _document()

    def apply(self, actor: Actor, unit_id: int) -> None:
        data = dict(self.cleaned_data)
        parent = queries.resolve(data.pop("parent"), data["since"])
        actions.move_unit(actor=actor, unit_id=unit_id, parent_id=parent.pk, **data)


class AliasForm(EditForm):
    title, button = _lazy("Thêm tên gọi khác"), _lazy("Thêm tên")
    alias = forms.CharField(label=_lazy("Tên gọi khác"), max_length=200)
    kind = forms.ChoiceField(
        label=_lazy("Loại tên"),
        choices=[choice for choice in Alias.AliasKind.choices if choice[0] != Alias.AliasKind.OLD_NAME],
    )

    def apply(self, actor: Actor, unit_id: int) -> None:
        actions.add_alias(actor=actor, unit_id=unit_id, **self.cleaned_data)


class RetireForm(EditForm):
    title, button = _lazy("Kết thúc đơn vị"), _lazy("Ghi ngày kết thúc")
    ends = _day(_lazy("Kết thúc từ ngày"))
    document = _document()

    def apply(self, actor: Actor, unit_id: int) -> None:
        actions.retire_unit(actor=actor, unit_id=unit_id, **self.cleaned_data)


FORMS: dict[str, Callable[..., EditForm]] = {
    "ten": RenameForm,
    "cap-tren": MoveForm,
    "ten-khac": AliasForm,
    "ket-thuc": RetireForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
def unit_edit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """The four edits on one page; a post names the one it is."""
    require(request.actor, Action.MANAGE_UNITS, unit_id=unit_id)
    unit = queries.fact(unit_id)
    asked = request.POST.get("do", "")
    made = {name: form(initial={"version": unit.version}, prefix=name) for name, form in FORMS.items()}
    status = 200
    if request.method == "POST" and asked in FORMS:
        form = made[asked] = FORMS[asked](request.POST, prefix=asked)
        status = _apply(request.actor, unit_id, form)
        if status == 200:
            messages.success(request, _("Đã ghi thay đổi của “%(name)s”.") % {"name": unit.name})
            return redirect("units:detail", unit_id)
    return render(request, "units/edit.html", {"unit": unit, "forms": made, "asked": asked}, status=status)


def _apply(actor: Actor, unit_id: int, form: EditForm) -> int:
    """The status of the answer: 200 written, 409 somebody was faster, 422 refused."""
    if not form.is_valid():
        return 422
    try:
        form.apply(actor, unit_id)
    except Invalid as error:
        labels = {str(field.label): name for name, field in form.fields.items()}
        for reason in error.reasons:
            form.add_error(labels.get(reason.field or ""), reason.message)
        return 422
    except (Conflict, NotFound) as error:
        return _refuse(form, error)
    return 200


def _refuse(form: EditForm, error: Dean06Error) -> int:
    form.add_error(None, error.message)
    return 409 if isinstance(error, Conflict) else 422
