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
    personal: bool = False
    checks: tuple[Check, ...] = ()


def _not_before(first: str, last: str, *, strict: bool) -> Check:
    def check(_unit: Unit, values: Values) -> list[Reason]:
        start, end = values.get(first), values.get(last)
        if isinstance(start, date) and isinstance(end, date) and (end <= start if strict else end < start):
            return [Reason(_("Ngày kết thúc phải sau ngày bắt đầu."), field=last)]
        return []

    return check


def _level_fits(unit: Unit, values: Values) -> list[Reason]:
    """A desk posts the list of its own level (the level stands in the desk's subkind)."""
    procedure_list = values.get("procedure_list")
    if procedure_list is None or not unit.subkind or procedure_list.level == unit.subkind:
        return []
    return [Reason(_("Danh mục này không dành cho cấp của bộ phận một cửa đã chọn."), field="procedure_list")]


def _same_desk(unit: Unit, values: Values) -> list[Reason]:
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
            checks=(_not_before("shown_from", "shown_to", strict=True),),
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
            checks=(_not_before("hung_on", "removed_on", strict=False),),
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
            checks=(_same_desk,),
        ),
        RecordKind(
            slug="can-bo",
            model=Officer,
            name=gettext_lazy("Cán bộ"),
            fields=("staff_code", "full_name", "position", "valid_from", "valid_to"),
            day_field="valid_from",
            unit_kinds=(),
            indicators=(),
            personal=True,
            checks=(_not_before("valid_from", "valid_to", strict=True),),
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
            checks=(_not_before("valid_from", "valid_to", strict=True),),
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
            checks=(_level_fits, _not_before("posted_on", "removed_on", strict=False)),
        ),
    )
}
