"""Forms made from the descriptions in records.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.models import ModelChoiceField
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.units.models import Unit
from dean06.pilots.guidance.models import Material, MaterialCheck, Officer, Posting, Record
from dean06.pilots.guidance.records import RecordKind

if TYPE_CHECKING:
    _Base = forms.ModelForm[Record]
else:
    _Base = forms.ModelForm

MAX_PHOTO_BYTES = 10 * 1024 * 1024


class DayInput(forms.DateInput):
    """A calendar day picked with the browser's own control."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"max": clock.today().isoformat()})


class OfficerField(ModelChoiceField):
    """Officers by staff code and position: a choice list shows no names."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.staff_code} · {obj.position}"


class RecordForm(_Base):
    """The base of every record form; `record_form` adds the model and its fields."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """The record's own values, without the photo and the version."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def photo_bytes(self) -> bytes | None:
        """The uploaded photo, if any."""
        upload = self.cleaned_data.get("new_photo")
        return upload.read() if upload else None

    def _post_clean(self) -> None:
        """Model checks belong to the action, which knows the unit: the form checks types only."""


class RevokeForm(forms.Form):
    """Why a record is withdrawn."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Lý do thu hồi"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


def record_form(kind: RecordKind, unit: Unit) -> type[RecordForm]:
    """The form class for records of `kind` at `unit`."""
    attributes: dict[str, Any] = {}
    if kind.photo:
        attributes["new_photo"] = forms.FileField(
            label=_("Ảnh minh chứng"),
            required=False,
            help_text=_("JPEG, PNG hoặc WebP, tối đa 10 MB; vị trí chụp và thông tin máy ảnh được xóa."),
        )
    base = type("RecordFormWithPhoto", (RecordForm,), attributes)
    made: type[RecordForm] = forms.modelform_factory(
        kind.model,
        form=base,
        fields=list(kind.fields),
        formfield_callback=lambda field, **kw: _field(field, unit, kw),
    )
    return made


def _field(field: Any, unit: Unit, options: dict[str, Any]) -> forms.Field | None:
    if field.get_internal_type() == "DateField":
        return forms.DateField(label=field.verbose_name, required=not field.blank, widget=DayInput())
    if field.name == "officer":
        return OfficerField(queryset=Officer.objects.filter(revoked_at=None), label=_("Cán bộ"))
    if field.name == "procedure_list" and unit.subkind:
        options["queryset"] = Posting.procedure_list.field.related_model.objects.filter(level=unit.subkind)
    if field.name == "material":
        options["queryset"] = Material.objects.filter(unit=unit, revoked_at=None)
        options["label"] = MaterialCheck._meta.get_field("material").verbose_name
    made: forms.Field | None = field.formfield(**options)
    return made
