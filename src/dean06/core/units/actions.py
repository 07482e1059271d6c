"""Every write to the tree of units. Only `MANAGE_UNITS` may; each edit states the version it started from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dean06.core import audit
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, NotFound
from dean06.core.units.closure import lock_tree, rebuild_for
from dean06.core.units.editing import (
    OBJECT_TYPE,
    add_placement,
    cut,
    cut_placements,
    day_text,
    locked,
    names,
    orphans,
    saved,
    wrong,
)
from dean06.core.units.faults import explain
from dean06.core.units.importing import ImportedRow, ImportReport, import_units
from dean06.core.units.models import Alias, Unit
from dean06.core.units.signals import tree_changed
from vnid.text import fold, nfc_collapse

__all__ = [
    "ImportReport",
    "ImportedRow",
    "add_alias",
    "import_units",
    "move_unit",
    "place_unit",
    "rename_unit",
    "retire_unit",
]


@contextmanager
def _edit(actor: Actor, unit_id: int) -> Iterator[None]:
    """One transaction with the right to write the tree; the database's refusals in words."""
    with transaction.atomic():
        require(actor, Action.MANAGE_UNITS, unit_id=unit_id)
        with wide("the tree of units is public and is written by its administrators only"):
            lock_tree()
            try:
                with transaction.atomic():
                    yield
            except IntegrityError as error:
                raise explain(error) from error
            tree_changed.send(sender=Unit)


def _record(actor: Actor, unit: Unit, action: str, detail: dict[str, object]) -> None:
    audit.record(
        actor=actor,
        action=f"units.{action}",
        object_type=OBJECT_TYPE,
        object_id=unit.key,
        unit_id=unit.pk,
        detail=detail | {"version": unit.version},
    )


def _clean_name(name: str, field: str) -> str:
    clean = nfc_collapse(name)
    if not fold(clean):
        raise wrong(field, _("không được để trống"))
    if len(clean) > 200:
        raise wrong(field, _("dài %(n)s ký tự, tối đa 200"), n=len(clean))
    return clean


def rename_unit(*, actor: Actor, unit_id: int, version: int, name: str, since: date, document: str) -> Unit:
    """Give the unit a new name from `since` on; the old one is kept as an old name until that day.

    The unit stays the same unit (a decision that makes a new one is a succession). Raises Denied, NotFound,
    Conflict when somebody edited the unit since `version`, Invalid for an empty, equal or untimely name.
    """
    clean = _clean_name(name, _("Tên mới"))
    with _edit(actor, unit_id):
        unit = locked(unit_id, version)
        old = unit.name
        if clean == old:
            raise wrong(_("Tên mới"), _("trùng với tên hiện tại “%(name)s”"), name=old)
        _within_life(unit, since, _("Đổi tên từ ngày"))
        _after_last_rename(unit, since)
        Alias.objects.update_or_create(
            unit=unit,
            alias=old,
            defaults={"kind": Alias.AliasKind.OLD_NAME, "valid_to": since, "document": document},
        )
        unit.name = clean
        saved(unit, "name")
        _record(actor, unit, "rename", {"from": old, "to": clean, "since": f"{since}", "document": document})
        return unit


def _after_last_rename(unit: Unit, since: date) -> None:
    later = Alias.objects.filter(unit=unit, kind=Alias.AliasKind.OLD_NAME, valid_to__gte=since).first()
    if later is not None:
        raise wrong(
            _("Đổi tên từ ngày"),
            _("đơn vị đã đổi tên ngày %(day)s (trước đó là “%(name)s”); ngày đổi phải sau ngày đó"),
            day=day_text(later.valid_to),
            name=later.alias,
        )


def _within_life(unit: Unit, day: date, field: str) -> None:
    if (unit.valid_from and day <= unit.valid_from) or (unit.valid_to and day >= unit.valid_to):
        raise wrong(
            field,
            _("ngày %(day)s nằm ngoài thời gian hiệu lực của đơn vị (từ %(start)s đến trước %(end)s)"),
            day=day_text(day),
            start=day_text(unit.valid_from),
            end=day_text(unit.valid_to),
        )


def retire_unit(*, actor: Actor, unit_id: int, version: int, ends: date, document: str) -> Unit:
    """End the unit: `ends` is the first day it no longer exists. Its records, codes and history stay.

    Raises Denied, NotFound, Conflict (edited since `version`; ended already; units below outlive it), Invalid
    (a day outside its life).
    """
    with _edit(actor, unit_id):
        unit = locked(unit_id, version)
        if unit.valid_to is not None:
            raise Conflict(
                _("Đơn vị “%(name)s” đã kết thúc từ ngày %(day)s.")
                % {"name": unit.name, "day": day_text(unit.valid_to)}
            )
        _within_life(unit, ends, _("Kết thúc từ ngày"))
        unit.valid_to = ends
        unit.document = "; ".join(text for text in (unit.document, document) if text)
        saved(unit, "valid_to", "document")
        cut(unit, ends)
        _refuse_left_behind(unit, ends)
        rebuild_for([unit.pk])
        _record(actor, unit, "retire", {"ends": f"{ends}", "document": document})
        return unit


def _refuse_left_behind(unit: Unit, ends: date) -> None:
    left = [orphan for orphan in orphans([unit.pk]) if orphan.parent_id == unit.pk]
    if left:
        raise Conflict(
            _(
                "Chưa thể kết thúc “%(name)s” từ ngày %(day)s: %(count)s đơn vị trực thuộc còn hiệu lực sau "
                "ngày đó (%(names)s). Hãy chuyển hoặc kết thúc các đơn vị này trước."
            )
            % {"name": unit.name, "day": day_text(ends), "count": len(left), "names": names(left)}
        )


def move_unit(
    *, actor: Actor, unit_id: int, version: int, parent_id: int, since: date, document: str
) -> Unit:
    """Put the unit under another parent from `since` on; the placement in force ends there.

    Raises Denied, NotFound, Conflict (edited since `version`), Invalid (own descendant as parent, a parent
    that does not exist for the whole time, the parent it has).
    """
    with _edit(actor, unit_id):
        unit = locked(unit_id, version)
        parent = _parent(parent_id)
        before = cut_placements(unit, since)
        if before is not None and before.parent_id == parent.pk:
            text = _("“%(unit)s” đang trực thuộc “%(parent)s”")
            raise wrong(_("Trực thuộc"), text, unit=unit.name, parent=parent.name)
        return _placed(actor, unit, parent, (since, unit.valid_to or parent.valid_to), document)


def place_unit(
    *,
    actor: Actor,
    unit_id: int,
    version: int,
    parent_id: int,
    valid_from: date | None,
    valid_to: date | None,
    document: str,
) -> Unit:
    """Put the unit under a parent for a time in which it has none.

    Raises as `move_unit` does, and Invalid naming the placement that the new one would overlap.
    """
    with _edit(actor, unit_id):
        unit = locked(unit_id, version)
        return _placed(actor, unit, _parent(parent_id), (valid_from, valid_to), document)


def _parent(parent_id: int) -> Unit:
    parent = Unit.objects.filter(pk=parent_id).first()
    if parent is None:
        raise NotFound(_("Không có đơn vị cấp trên mang mã số %(id)s.") % {"id": parent_id})
    return parent


def _placed(
    actor: Actor, unit: Unit, parent: Unit, span: tuple[date | None, date | None], document: str
) -> Unit:
    add_placement(unit, parent, *span, document)
    for orphan in orphans([unit.pk]):
        if orphan.unit_id == unit.pk:
            raise wrong(
                _("Trực thuộc"),
                _("“%(parent)s” chỉ có hiệu lực từ %(start)s đến trước %(end)s"),
                parent=orphan.parent,
                start=day_text(orphan.parent_from),
                end=day_text(orphan.parent_to),
            )
    rebuild_for([unit.pk])
    saved(unit)
    detail: dict[str, object] = {"parent": parent.key, "document": document}
    _record(actor, unit, "place", detail | {"from": str(span[0] or ""), "to": str(span[1] or "")})
    return unit


def add_alias(*, actor: Actor, unit_id: int, version: int, alias: str, kind: str) -> Alias:
    """Let the unit be found by another name too (a spelling, an abbreviation, an English name).

    Raises Denied, NotFound, Conflict (edited since `version`), Invalid (empty, unknown kind, known name).
    """
    field = _("Tên gọi khác")
    clean = _clean_name(alias, field)
    if kind not in Alias.AliasKind.values:
        raise wrong(_("Loại tên"), _("không có loại “%(kind)s”"), kind=kind)
    with _edit(actor, unit_id):
        unit = locked(unit_id, version)
        if clean == unit.name or Alias.objects.filter(unit=unit, alias=clean).exists():
            raise wrong(field, _("đơn vị đã có tên “%(name)s”"), name=clean)
        made = Alias.objects.create(unit=unit, alias=clean, kind=kind)
        saved(unit)
        _record(actor, unit, "alias", {"alias": clean, "kind": kind})
        return made
