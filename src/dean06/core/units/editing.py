"""What every edit of the tree shares: the lock, the version, the checks that name both sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from dean06.core.audit.models import AuditEntry
from dean06.core.clock import VIETNAM
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.units.models import Code, Placement, Unit

OBJECT_TYPE = "unit"
NAMED = 3  # how many units an error names before it counts


def day_text(day: date | None) -> str:
    """A date as people read it; an open end as "không xác định"."""
    return f"{day:%d/%m/%Y}" if day else _("không xác định")


def wrong(field: str, message: str, **values: object) -> Invalid:
    """The refusal of one field."""
    return Invalid([Reason(message % values, field=field)])


def locked(unit_id: int, version: int) -> Unit:
    """The unit, locked until the transaction ends. Raises NotFound, or Conflict when somebody was faster."""
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("Không có đơn vị nào mang mã số %(id)s.") % {"id": unit_id})
    if unit.version != version:
        raise Conflict(_changed_by_other(unit))
    return unit


def _changed_by_other(unit: Unit) -> str:
    last = (
        AuditEntry.objects.filter(object_type=OBJECT_TYPE, object_id=unit.key)
        .order_by("-id")
        .values_list("actor_name", "at")
        .first()
    )
    if last is None:
        return _(
            "Đơn vị “%(name)s” đã được người khác sửa sau khi anh/chị mở trang. "
            "Hãy tải lại trang để xem bản mới rồi sửa lại; chưa có gì được ghi."
        ) % {"name": unit.name}
    return _(
        "Đơn vị “%(name)s” đã được %(who)s sửa lúc %(at)s, sau khi anh/chị mở trang. "
        "Hãy tải lại trang để xem bản mới rồi sửa lại; chưa có gì được ghi."
    ) % {"name": unit.name, "who": last[0], "at": f"{last[1].astimezone(VIETNAM):%H:%M %d/%m/%Y}"}


def saved(unit: Unit, *fields: str) -> Unit:
    """Write these fields and the next version."""
    unit.version += 1
    unit.save(update_fields=[*fields, "version"])
    return unit


def add_placement(
    unit: Unit, parent: Unit, valid_from: date | None, valid_to: date | None, document: str
) -> Placement:
    """Place the unit for a time. Raises Invalid naming the placement it would overlap, or a wrong span."""
    if valid_from and valid_to and valid_from >= valid_to:
        raise wrong(
            _("Trực thuộc từ ngày"),
            _("ngày bắt đầu %(start)s phải trước ngày kết thúc %(end)s"),
            start=day_text(valid_from),
            end=day_text(valid_to),
        )
    if unit.pk == parent.pk:
        raise wrong(_("Trực thuộc"), _("đơn vị không thể trực thuộc chính nó"))
    other = _overlapping(unit, valid_from, valid_to)
    if other is not None:
        raise wrong(
            _("Trực thuộc"),
            _(
                "“%(unit)s” đã trực thuộc “%(parent)s” từ %(start)s đến trước %(end)s; tại một thời điểm "
                "đơn vị chỉ trực thuộc một đơn vị"
            ),
            unit=unit.name,
            parent=other.parent.name,
            start=day_text(other.valid_from),
            end=day_text(other.valid_to),
        )
    return Placement.objects.create(
        unit=unit, parent=parent, valid_from=valid_from, valid_to=valid_to, document=document
    )


def _overlapping(unit: Unit, valid_from: date | None, valid_to: date | None) -> Placement | None:
    spans = Placement.objects.filter(unit=unit).select_related("parent")
    if valid_to is not None:
        spans = spans.filter(Q(valid_from__isnull=True) | Q(valid_from__lt=valid_to))
    if valid_from is not None:
        spans = spans.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from))
    return spans.order_by("valid_from").first()


def cut_placements(unit: Unit, day: date) -> Placement | None:
    """End the placement in force on `day` there; gives it as it was. Later placements stay."""
    current = (
        Placement.objects.filter(unit=unit)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .select_related("parent")
        .first()
    )
    if current is not None:
        if current.valid_from == day:
            current.delete()
        else:
            current.valid_to = day
            current.save(update_fields=["valid_to"])
    return current


def cut(unit: Unit, day: date) -> None:
    """End everything that the unit has on `day`: its place and its codes."""
    Placement.objects.filter(unit=unit, valid_from__gte=day).delete()
    cut_placements(unit, day)
    Code.objects.filter(unit=unit, valid_from__gte=day).delete()
    Code.objects.filter(unit=unit).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).update(valid_to=day)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A unit placed under a parent for a time in which the parent does not exist."""

    unit_id: int
    unit: str
    parent_id: int
    parent: str
    parent_from: date | None
    parent_to: date | None


_ORPHANS = """
select u.id, u.name, a.id, a.name, a.valid_from, a.valid_to
from units_placement p
join units_unit u on u.id = p.unit_id
join units_unit a on a.id = p.parent_id
where (p.unit_id = any(%(ids)s::int[]) or p.parent_id = any(%(ids)s::int[]))
  and not daterange(p.valid_from, p.valid_to) * daterange(u.valid_from, u.valid_to)
        <@ daterange(a.valid_from, a.valid_to)
order by u.sort_key, u.id
"""


def orphans(unit_ids: Iterable[int]) -> list[Orphan]:
    """Units that would stand under a parent that has ended or not begun, among and below `unit_ids`."""
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS, {"ids": sorted(set(unit_ids))})
        return [Orphan(*row) for row in cursor.fetchall()]


def names(found: list[Orphan]) -> str:
    """ "A", "B", "C" và 4 đơn vị khác."""
    shown = ", ".join(f"“{orphan.unit}”" for orphan in found[:NAMED])
    more = len(found) - NAMED
    return shown + (_(" và %(count)s đơn vị khác") % {"count": more} if more > 0 else "")
