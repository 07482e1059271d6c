"""Forms made from the descriptions in records.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.errors import Invalid
from dean06.core.photos import names
from dean06.core.units import queries as units
from dean06.core.units.models import Unit
from dean06.pilots.guidance.models import Material, Officer, ProcedureList, Record, Video
from dean06.pilots.guidance.records import RecordKind

MAX_PHOTO_BYTES = 10_000_000  # what the page says; the action takes a little more

if TYPE_CHECKING:
    _Base = forms.ModelForm[Record]
    _OfficerChoice = forms.ModelChoiceField[Officer]
    _MaterialChoice = forms.ModelChoiceField[Material]
    _VideoChoice = forms.ModelChoiceField[Video]
    _ListChoice = forms.ModelChoiceField[ProcedureList]
else:
    _Base = forms.ModelForm
    _OfficerChoice = _MaterialChoice = _VideoChoice = _ListChoice = forms.ModelChoiceField


class DayInput(forms.DateInput):
    """A calendar day picked with the browser's own control; a fact's day is not after today."""

    input_type = "date"

    def __init__(self, *, future: bool = False) -> None:
        limit = {} if future else {"max": clock.today().isoformat()}
        super().__init__(format="%Y-%m-%d", attrs=limit)


class OfficerField(_OfficerChoice):
    """Officers by staff code and position: a choice list shows no names."""

    def label_from_instance(self, obj: Officer) -> str:
        """What the choice is called."""
        return obj.label


class MaterialField(_MaterialChoice):
    """Materials by kind, title and day: titles repeat."""

    def label_from_instance(self, obj: Material) -> str:
        """What the choice is called."""
        return f"{obj.get_kind_display()} · {obj.title} · {obj.hung_on:%d/%m/%Y}"


class VideoField(_VideoChoice):
    """Videos by title; one that is not approved says so before it is chosen."""

    def label_from_instance(self, obj: Video) -> str:
        """What the choice is called."""
        return obj.title if obj.approved_on else str(_("%(title)s (chưa duyệt)") % {"title": obj.title})


class ProcedureListField(_ListChoice):
    """Versions of the list of procedures by what people call them, with the code behind."""

    def label_from_instance(self, obj: ProcedureList) -> str:
        """What the choice is called."""
        return f"{obj.title} ({obj.code})"


class PhotoField(forms.FileField):
    """A photo on its way in; what it really is, the action finds out."""

    default_error_messages = {"heavy": _("Ảnh nặng hơn mức cho phép 10 MB.")}

    def __init__(self) -> None:
        text = _("JPEG, PNG hoặc WebP; vị trí chụp và thông tin máy ảnh được xóa.")
        super().__init__(label=_("Ảnh minh chứng (nên có)"), required=False, help_text=text)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The upload as it is. Raises ValidationError: too heavy, or not what its name and type say."""
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile) and (upload.size or 0) > MAX_PHOTO_BYTES:
            raise forms.ValidationError(self.error_messages["heavy"], code="heavy")
        if isinstance(upload, UploadedFile):
            self._check_name(upload)
        return upload

    def _check_name(self, upload: UploadedFile[Any]) -> None:
        head = upload.read(names.HEAD)
        upload.seek(0)
        try:
            names.agree(upload.name or "", upload.content_type or "", head)
        except Invalid as error:
            raise forms.ValidationError(error.reasons[0].message, code="name") from error


def photo_bytes(form: forms.BaseForm) -> bytes | None:
    """The uploaded photo of a valid form, if any."""
    upload = form.cleaned_data.get("new_photo")
    return upload.read() if isinstance(upload, UploadedFile) else None


class RecordForm(_Base):
    """The base of every record form; `record_form` adds the model and its fields."""

    unmarked = ("new_photo",)  # optional, but its label already says that a photo should be there

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = str(_("Chọn…"))
            elif isinstance(field, forms.TypedChoiceField):
                choices = list(field.widget.choices)
                field.choices = [(value, text if value else _("Chọn…")) for value, text in choices]

    def values(self) -> dict[str, Any]:
        """The record's own values, without the photo and the version."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def _post_clean(self) -> None:
        """Model checks belong to the action, which knows the unit: the form checks types only."""


class RevokeForm(forms.Form):
    """Why a record is withdrawn."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Lý do thu hồi"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class EndForm(forms.Form):
    """From which day a fact no longer holds."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    day = forms.DateField()

    def __init__(self, kind: RecordKind, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["day"]
        field.label = str(getattr(kind.model._meta.get_field(kind.end_field), "verbose_name", ""))
        field.widget = DayInput(future=kind.end_planned)


class LookForm(forms.Form):
    """A look at a material today: there or not, perhaps with a photo."""

    unmarked = ("new_photo",)

    present = forms.TypedChoiceField(
        choices=(("1", _("Còn nguyên, đúng chỗ")), ("0", _("Không còn hoặc hỏng"))),
        coerce=lambda value: value == "1",
    )
    new_photo = PhotoField()


class VideoForm(forms.Form):
    """A new video of the library."""

    title = forms.CharField(label=_("Tên video"), max_length=200)
    procedure = forms.CharField(label=_("Thủ tục, dịch vụ công"), max_length=200)


class ApproveForm(forms.Form):
    """By which document a video is approved."""

    approved_on = forms.DateField(label=_("Ngày duyệt"))
    approval = forms.CharField(label=_("Văn bản duyệt"), max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["approved_on"].widget = DayInput()


class ExpireForm(forms.Form):
    """From when a video is out of date."""

    valid_to = forms.DateField(label=_("Hết hiệu lực từ"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["valid_to"].widget = DayInput(future=True)


class ListForm(forms.Form):
    """A version of the list of procedures of one level."""

    level = forms.ChoiceField(label=_("Cấp"), choices=ProcedureList.Level.choices)
    code = forms.CharField(label=_("Phiên bản danh mục"), max_length=60)
    document = forms.CharField(label=_("Quyết định công bố"), max_length=200)
    valid_from = forms.DateField(label=_("Có hiệu lực từ"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["valid_from"].widget = DayInput(future=True)


def record_form(
    kind: RecordKind, unit: Unit, *, named: bool = True, row: Record | None = None
) -> type[RecordForm]:
    """The form class for records of `kind` at `unit`, or for correcting `row`.

    Without `named`, a person's name is no field of it.
    """
    attributes: dict[str, Any] = {"new_photo": PhotoField()} if kind.photo else {}
    base = type("RecordFormWithPhoto", (RecordForm,), attributes)
    made = forms.modelform_factory(
        kind.model,
        form=base,
        fields=[name for name in kind.fields if named or name != "full_name"],
        formfield_callback=lambda field, **options: _field(field, _Place(kind, unit, row), options),
    )
    return cast(type[RecordForm], made)


@dataclass(frozen=True, slots=True)
class _Place:
    """For what and where a form is made; `row` is the record being corrected."""

    kind: RecordKind
    unit: Unit
    row: Record | None

    def kept(self, name: str) -> Q:
        """What the record names already stays a choice, also when it is no longer offered anew."""
        return Q(pk=getattr(self.row, f"{name}_id", None))


def _field(field: Any, place: _Place, options: dict[str, Any]) -> forms.Field | None:
    if field.get_internal_type() == "DateField":
        future = field.name == place.kind.end_field and place.kind.end_planned
        widget = DayInput(future=future)
        return forms.DateField(label=field.verbose_name, required=not field.blank, widget=widget)
    if field.name in _RELATED:
        return _RELATED[field.name](place)
    made: forms.Field | None = field.formfield(**options)
    return made


def _officer(place: _Place) -> forms.Field:
    """Officers who still serve: of the unit itself for a course, else also of the units around it."""
    near = [place.unit.pk]
    if place.kind.slug != "tap-huan":
        above = [up.id for up in units.ancestors(place.unit.pk)][-1:]
        near += above + [child.id for up in above for child in units.children(up)]
    serving = Q(valid_to=None) | Q(valid_to__gt=clock.today())
    rows = Officer.objects.filter(Q(revoked_at=None, unit_id__in=near) & serving | place.kept("officer"))
    hint = _("Theo mã, không theo tên. Chưa có trong danh sách thì ghi cán bộ trước.")
    return OfficerField(queryset=rows.order_by("staff_code"), label=_("Cán bộ"), help_text=hint)


def _material(place: _Place) -> forms.Field:
    rows = Material.objects.filter(Q(unit=place.unit, revoked_at=None) | place.kept("material"))
    return MaterialField(queryset=rows.order_by("-hung_on", "id"), label=_("Vật phẩm"))


def _video(_place: _Place) -> forms.Field:
    """Videos that count first; those that wait for approval last."""
    waits = Case(When(approved_on=None, then=1), default=0)
    return VideoField(queryset=Video.objects.order_by(waits, "title", "id"), label=_("Video"))


def _procedure_list(place: _Place) -> forms.Field:
    rows = ProcedureList.objects.order_by("-valid_from")
    if place.unit.subkind in ProcedureList.Level.values:
        rows = rows.filter(level=place.unit.subkind)
    return ProcedureListField(queryset=rows, label=_("Danh mục thủ tục"))


_RELATED: dict[str, Callable[[_Place], forms.Field]] = {
    "officer": _officer,
    "material": _material,
    "video": _video,
    "procedure_list": _procedure_list,
}
