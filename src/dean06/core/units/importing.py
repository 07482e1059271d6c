"""Units from a sheet: every row checked first, all written or none, with a dry run that writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dean06.core import audit
from dean06.core.access.actor import Actor
from dean06.core.access.policy import ALLOWED, Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Invalid, Reason
from dean06.core.sheets import SheetRows
from dean06.core.units.closure import lock_tree, rebuild, rebuild_for
from dean06.core.units.editing import add_placement, cut, cut_placements, day_text, orphans
from dean06.core.units.faults import explain
from dean06.core.units.importread import OWN, Draft, Reader
from dean06.core.units.models import Closure, Code, Placement, Unit
from dean06.core.units.sheet import columns
from dean06.core.units.signals import tree_changed

Change = Literal["created", "updated", "unchanged"]
_MANY: Final = 300  # changed units beyond which the whole closure is derived anew


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What a row of the sheet does: to which unit, and which columns change."""

    number: int
    key: str
    name: str
    change: Change
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do when `dry_run`."""

    rows: tuple[ImportedRow, ...]
    dry_run: bool

    def count(self, change: Change) -> int:
        """How many rows had this effect."""
        return sum(row.change == change for row in self.rows)


def import_units(*, actor: Actor, rows: SheetRows, dry_run: bool = False) -> ImportReport:
    """Create and correct units from a sheet read by `sheet.read_units`; columns that are absent stay.

    A new name is a correction here (use `rename_unit` for a change in time); another parent needs the date
    it holds from. A dry run does everything and takes it back. Raises Denied; Invalid with row and column of
    every fault; Conflict when somebody wrote the same meanwhile. Nothing is written then.
    """
    require(actor, Action.MANAGE_UNITS)
    allowed = _allowed(actor)
    with transaction.atomic(), wide("the tree of units is public and is written by its administrators only"):
        lock_tree()
        try:
            with transaction.atomic():
                drafts = Reader(rows).drafts()
                _refuse_foreign(drafts, allowed)
                _write(drafts)
                _check_tree(drafts)
                report = _report(drafts, dry_run)
                if dry_run:
                    transaction.set_rollback(True)
        except IntegrityError as error:
            raise explain(error) from error
        if not dry_run:
            _record(actor, report)
            if report.count("unchanged") < len(report.rows):
                tree_changed.send(sender=Unit)
        return report


def _allowed(actor: Actor) -> frozenset[int] | None:
    """Ids of the units below the actor's tops; None means all."""
    if actor.system:
        return None
    tops = {g.unit_id for g in actor.grants if Action.MANAGE_UNITS in ALLOWED[g.role]}
    below = Closure.objects.filter(ancestor_id__in=tops).values_list("descendant_id", flat=True)
    return frozenset(below) | tops


def _refuse_foreign(drafts: Sequence[Draft], allowed: frozenset[int] | None) -> None:
    """Each unit (of a new one: its parent) must lie below a top of the actor."""
    if allowed is None:
        return
    made = {draft.unit.key for draft in drafts if draft.new}
    faults = []
    for draft in drafts:
        parent = draft.parent
        placed = parent is None or parent.pk in allowed or parent.key in made
        if placed and (parent is not None if draft.new else draft.unit.pk in allowed):
            continue
        message = _("ngoài phạm vi đơn vị anh/chị được quản lý")
        faults.append(Reason(message, field=_("Mã định danh"), row=draft.row.number))
    if faults:
        raise Invalid(faults)


def _write(drafts: Sequence[Draft]) -> None:
    Unit.objects.bulk_create([draft.unit for draft in drafts if draft.new], batch_size=2000)
    edited = [draft.unit for draft in drafts if not draft.new and draft.changed]
    for unit in edited:
        unit.version += 1
    Unit.objects.bulk_update(edited, [*OWN, "version"], batch_size=500)
    for draft in drafts:
        if not draft.new and "valid_to" in draft.changed and draft.unit.valid_to is not None:
            cut(draft.unit, draft.unit.valid_to)
        if not draft.new and draft.parent is not None:
            _move(draft, draft.parent)
    Placement.objects.bulk_create(
        [
            Placement(
                unit=draft.unit,
                parent=draft.parent,
                valid_from=draft.move_from,
                valid_to=draft.move_to,
                document=draft.unit.document,
            )
            for draft in drafts
            if draft.new and draft.parent is not None
        ],
        batch_size=2000,
    )
    codes = [code for draft in drafts for code in draft.codes]
    for code in codes:
        code.unit_id = code.unit.pk  # known only now for a new unit
    Code.objects.bulk_create(codes, batch_size=2000)


def _move(draft: Draft, parent: Unit) -> None:
    if draft.move_from is not None:
        cut_placements(draft.unit, draft.move_from)
    try:
        add_placement(draft.unit, parent, draft.move_from, draft.move_to, draft.unit.document)
    except Invalid as refused:
        reasons = [Reason(r.message, field=r.field, row=draft.row.number) for r in refused.reasons]
        raise Invalid(reasons) from None


def _check_tree(drafts: Sequence[Draft]) -> None:
    touched = {draft.unit.pk: draft for draft in drafts if draft.touched}
    faults = []
    for orphan in orphans(touched):
        draft = touched.get(orphan.unit_id) or touched[orphan.parent_id]
        faults.append(
            Reason(
                _(
                    "“%(unit)s” trực thuộc “%(parent)s” trong thời gian “%(parent)s” không có hiệu lực "
                    "(hiệu lực từ %(start)s đến trước %(end)s)"
                )
                % {
                    "unit": orphan.unit,
                    "parent": orphan.parent,
                    "start": day_text(orphan.parent_from),
                    "end": day_text(orphan.parent_to),
                },
                field=_("Trực thuộc"),
                row=draft.row.number,
            )
        )
    if faults:
        raise Invalid(faults)
    if len(touched) > _MANY:
        rebuild()
    elif touched:
        rebuild_for(touched)


def _report(drafts: Sequence[Draft], dry_run: bool) -> ImportReport:
    labels = {column.key: column.label_vi for column in columns()}
    rows = []
    for draft in drafts:
        change: Change = "created" if draft.new else "updated" if draft.changed else "unchanged"
        fields = () if draft.new else tuple(labels[name] for name in draft.changed)
        rows.append(ImportedRow(draft.row.number, draft.unit.key, draft.unit.name, change, fields))
    return ImportReport(tuple(rows), dry_run)


def _record(actor: Actor, report: ImportReport) -> None:
    detail: dict[str, Any] = {
        change: [row.key for row in report.rows if row.change == change] for change in ("created", "updated")
    }
    audit.record(
        actor=actor,
        action="units.import",
        object_type="units",
        object_id=f"{len(report.rows)}",
        unit_id=None,
        detail=detail,
    )
