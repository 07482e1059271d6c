"""The kinds of record this pilot keeps: one description serves form, sheet import, list and action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dean06.core.errors import Reason
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.models import (
    Assignment,
    EquipmentCheck,
    Material,
    MaterialCheck,
    Officer,
    Posting,
    Record,
    Training,
    VideoShowing,
)

Values = Mapping[str, Any]
Check = Callable[[Unit, Values], list[Reason]]

PILOT = "P0"
DESKS = (Kind.ONE_STOP_DESK,)
POINTS = (Kind.ONE_STOP_DESK, Kind.POLICE_POST)


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record: its table, its fields in order, where it may be written, what it moves."""

    slug: str
    model: type[Record]
    name: str | Promise
    fields: tuple[str, ...]
    day_field: str  # the business day of the fact; never after today
    unit_kinds: tuple[Kind, ...]  # empty: any unit
    indicators: tuple[str, ...]
    photo: bool = False
    proved_by_photo: bool = False  # without a photo it proves little (nothing, where a rule says so)
    personal: bool = False  # about a person: shown by staff code, the name only on the officer's page
    imported: bool = True  # may come from a sheet
    checks: tuple[Check, ...] = ()
    end_field: str = ""  # the day from which the fact no longer holds
    end_label: str | Promise = ""  # the button that says so
    end_planned: bool = False  # the end may lie in the future (a decision), not only in the past (a fact)
    search: tuple[str, ...] = ()  # text columns looked in besides the unit's name
    filters: tuple[str, ...] = ()  # columns with choices, or yes/no


def _not_before(first: str, last: str, *, strict: bool) -> Check:
    def check(_unit: Unit, values: Values) -> list[Reason]:
        start, end = values.get(first), values.get(last)
        if isinstance(start, date) and isinstance(end, date) and (end <= start if strict else end < start):
            return [Reason(_("Ngày kết thúc phải sau ngày bắt đầu."), field=last)]
        return []

    check.__doc__ = f"`{last}` is empty or {'after' if strict else 'not before'} `{first}`."
    return check


def _hung_before(_unit: Unit, values: Values) -> list[Reason]:
    """Nobody can look at a material before it hung, or after it was taken down."""
    material, day = values.get("material"), values.get("checked_on")
    if material is None or day is None:
        return []
    if day < material.hung_on:
        text = _("Vật phẩm này treo từ %(day)s, sau ngày kiểm tra.") % {"day": f"{material.hung_on:%d/%m/%Y}"}
        return [Reason(text, field="checked_on")]
    if material.removed_on is not None and day >= material.removed_on:
        text = _("Vật phẩm này đã gỡ ngày %(day)s.") % {"day": f"{material.removed_on:%d/%m/%Y}"}
        return [Reason(text, field="checked_on")]
    return []


def _own_officer(unit: Unit, values: Values) -> list[Reason]:
    """A course is recorded where its officer belongs: whoever sees the officer sees what he learned."""
    officer = values.get("officer")
    if officer is None or officer.unit_id == unit.pk:
        return []
    text = _("Cán bộ này thuộc “%(unit)s”; hãy ghi tập huấn tại đó.") % {"unit": officer.unit.name}
    return [Reason(text, field="officer")]


def _serving(day_field: str) -> Check:
    def check(_unit: Unit, values: Values) -> list[Reason]:
        officer, day = values.get("officer"), values.get(day_field)
        if officer is None or not isinstance(day, date):
            return []
        if officer.valid_to is not None and day >= officer.valid_to:
            text = _("Cán bộ này thôi công tác từ %(day)s.") % {"day": f"{officer.valid_to:%d/%m/%Y}"}
            return [Reason(text, field=day_field)]
        return []

    check.__doc__ = f"`{day_field}` is before the day on which the officer left."
    return check


def _level_fits(unit: Unit, values: Values) -> list[Reason]:
    """A desk posts the list of its own level (the level stands in the desk's subkind)."""
    procedure_list = values.get("procedure_list")
    if procedure_list is None or not unit.subkind or procedure_list.level == unit.subkind:
        return []
    return [Reason(_("Danh mục này không dành cho cấp của bộ phận một cửa đã chọn."), field="procedure_list")]


def _same_desk(unit: Unit, values: Values) -> list[Reason]:
    """A look is recorded at the unit where its material hangs."""
    material = values.get("material")
    if material is None or material.unit_id == unit.pk:
        return []
    return [Reason(_("Vật phẩm này treo ở đơn vị khác."), field="material")]


_MATERIAL = ("guidance.desk_material_any", "guidance.desk_material_both")
_PEOPLE = ("guidance.point_guided", "guidance.desk_staff_trained")

KINDS: dict[str, RecordKind] = {
    kind.slug: kind
    for kind in (
        RecordKind(
            slug="video",
            model=VideoShowing,
            name=gettext_lazy("Video đang chiếu"),
            fields=("video", "channel", "shown_from", "shown_to"),
            day_field="shown_from",
            unit_kinds=DESKS,
            indicators=("guidance.desk_video",),
            photo=True,
            proved_by_photo=True,
            checks=(_not_before("shown_from", "shown_to", strict=True),),
            end_field="shown_to",
            end_label=gettext_lazy("Thôi chiếu"),
            search=("video__title", "video__procedure"),
            filters=("channel",),
        ),
        RecordKind(
            slug="vat-pham",
            model=Material,
            name=gettext_lazy("Pano, áp phích"),
            fields=("kind", "title", "hung_on", "removed_on"),
            day_field="hung_on",
            unit_kinds=DESKS,
            indicators=_MATERIAL,
            photo=True,
            proved_by_photo=True,
            checks=(_not_before("hung_on", "removed_on", strict=False),),
            end_field="removed_on",
            end_label=gettext_lazy("Gỡ"),
            search=("title",),
            filters=("kind",),
        ),
        RecordKind(
            slug="kiem-tra-vat-pham",
            model=MaterialCheck,
            name=gettext_lazy("Kiểm tra pano, áp phích"),
            fields=("material", "checked_on", "present"),
            day_field="checked_on",
            unit_kinds=DESKS,
            indicators=_MATERIAL,
            photo=True,
            imported=False,
            checks=(_same_desk, _hung_before),
            search=("material__title",),
            filters=("present",),
        ),
        RecordKind(
            slug="can-bo",
            model=Officer,
            name=gettext_lazy("Cán bộ"),
            fields=("staff_code", "full_name", "position", "valid_from", "valid_to"),
            day_field="valid_from",
            unit_kinds=(),
            indicators=_PEOPLE,
            personal=True,
            checks=(_not_before("valid_from", "valid_to", strict=True),),
            end_field="valid_to",
            end_label=gettext_lazy("Thôi công tác"),
            end_planned=True,
            search=("staff_code", "position"),
        ),
        RecordKind(
            slug="phan-cong",
            model=Assignment,
            name=gettext_lazy("Phân công hướng dẫn"),
            fields=("officer", "document", "valid_from", "valid_to"),
            day_field="valid_from",
            unit_kinds=POINTS,
            indicators=_PEOPLE,
            personal=True,
            checks=(_not_before("valid_from", "valid_to", strict=True), _serving("valid_from")),
            end_field="valid_to",
            end_label=gettext_lazy("Kết thúc"),
            end_planned=True,
            search=("officer_label", "document"),
        ),
        RecordKind(
            slug="tap-huan",
            model=Training,
            name=gettext_lazy("Tập huấn"),
            fields=("officer", "course", "passed_on", "certificate"),
            day_field="passed_on",
            unit_kinds=(),
            indicators=_PEOPLE,
            personal=True,
            checks=(_own_officer, _serving("passed_on")),
            search=("officer_label", "course", "certificate"),
        ),
        RecordKind(
            slug="thiet-bi",
            model=EquipmentCheck,
            name=gettext_lazy("Kiểm kê thiết bị"),
            fields=("item", "quantity", "working", "checked_on"),
            day_field="checked_on",
            unit_kinds=DESKS,
            indicators=("guidance.desk_equipped",),
            photo=True,
            filters=("item", "working"),
        ),
        RecordKind(
            slug="niem-yet",
            model=Posting,
            name=gettext_lazy("Niêm yết thủ tục"),
            fields=("procedure_list", "posted_on", "removed_on"),
            day_field="posted_on",
            unit_kinds=DESKS,
            indicators=("guidance.desk_posted",),
            photo=True,
            proved_by_photo=True,
            checks=(_level_fits, _not_before("posted_on", "removed_on", strict=False)),
            end_field="removed_on",
            end_label=gettext_lazy("Gỡ"),
            search=("procedure_list__code", "procedure_list__document"),
        ),
    )
}
