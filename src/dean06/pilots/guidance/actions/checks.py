"""What makes a record acceptable: checked alike for one record and for each row of a sheet."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import Invalid, NotFound, Reason
from dean06.core.units.models import Unit
from dean06.pilots.guidance.models import Record
from dean06.pilots.guidance.records import RecordKind, Values

# A slip of the year ("0023"). The first days of year 1 could not even be shown: in UTC they lie before it.
_EARLIEST = date(1945, 1, 1)


def unit_of(unit_id: int) -> Unit:
    """The unit a record is for. Raises NotFound."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này."))
    return unit


def faults(kind: RecordKind, unit: Unit, values: Values) -> list[Reason]:
    """What is wrong with these values at this unit on the business date; reads nothing from the database."""
    found: list[Reason] = []
    if kind.unit_kinds and unit.kind not in kind.unit_kinds:
        text = _("“%(unit)s” không ghi loại bản ghi này.") % {"unit": unit.name}
        found.append(Reason(text, field="unit"))
    found += _days(kind, unit, values)
    for check in kind.checks:
        found += check(unit, values)
    return found


def _days(kind: RecordKind, unit: Unit, values: Values) -> list[Reason]:
    text = _("Ngày này quá xa trong quá khứ; hãy xem lại năm.")
    dates = {name: value for name, value in values.items() if isinstance(value, date)}
    found = [Reason(text, field=name) for name, value in dates.items() if value < _EARLIEST]
    today, day = clock.today(), values.get(kind.day_field)
    if isinstance(day, date):
        if day > today:
            found.append(Reason(_("Ngày này ở tương lai."), field=kind.day_field))
        if unit.valid_to is not None and day >= unit.valid_to:
            text = _("Đơn vị đã kết thúc hoạt động từ %(day)s.") % {"day": f"{unit.valid_to:%d/%m/%Y}"}
            found.append(Reason(text, field=kind.day_field))
        if unit.valid_from is not None and day < unit.valid_from and kind.unit_kinds:
            text = _("Đơn vị bắt đầu hoạt động từ %(day)s.") % {"day": f"{unit.valid_from:%d/%m/%Y}"}
            found.append(Reason(text, field=kind.day_field))
    end = values.get(kind.end_field) if kind.end_field and not kind.end_planned else None
    if isinstance(end, date) and end > today:
        found.append(Reason(_("Ngày này ở tương lai."), field=kind.end_field))
    return found


def wrong_values(record: Record) -> list[Reason]:
    """Values the columns cannot take (too long, missing, no such choice); relations are not looked up."""
    relations = [field.name for field in record._meta.fields if isinstance(field, models.ForeignKey)]
    try:
        record.clean_fields(exclude=relations)
    except ValidationError as error:
        return [
            Reason(text, field=None if name == "__all__" else name)
            for name, texts in error.message_dict.items()
            for text in texts
        ]
    return []


def save(record: Record) -> None:
    """Write the record. Raises Invalid, also when another transaction wrote the same at this moment."""
    wrong = wrong_values(record)
    if wrong:
        raise Invalid(wrong)
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise Invalid([collision(error)]) from error


def collision(error: IntegrityError) -> Reason:
    """Which rule of the database a record broke, in words."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    for beginning, (field, text) in _collisions().items():
        if name.startswith(beginning):
            return Reason(text, field=field)
    return Reason(_("Bản ghi này mâu thuẫn với bản ghi khác."))


def _collisions() -> dict[str, tuple[str, str]]:
    again = _("Điểm này đã có bản ghi y hệt còn hiệu lực.")
    return {
        "guidance_showing_once": ("video", _("Điểm này đã ghi chiếu video này từ cùng ngày.")),
        "guidance_material_once": ("title", again),
        "guidance_check_once": ("checked_on", _("Lần kiểm tra này đã được ghi.")),
        "guidance_equipment_once": ("item", _("Lần kiểm kê này đã được ghi.")),
        "guidance_posting_once": ("procedure_list", again),
        "guidance_assignment_once": ("officer", _("Cán bộ này đã được phân công tại điểm từ cùng ngày.")),
        "guidance_training_once": ("officer", _("Cán bộ này đã có kết quả lớp này cùng ngày.")),
        "guidance_officer_staff_code": ("staff_code", _("Mã cán bộ này đã có.")),
    }
