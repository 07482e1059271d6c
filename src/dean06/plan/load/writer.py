"""Writes a checked plan, table by table, inside the caller's transaction."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dean06.core.errors import Invalid, Reason
from dean06.core.rules.models import Rule
from dean06.core.units.models import Unit
from dean06.plan.check import CheckReport
from dean06.plan.check.parties import Parties
from dean06.plan.load import rows
from dean06.plan.load.decisions import decision_for, recorded_decisions
from dean06.plan.load.sync import Changes, prune, sync, upsert
from dean06.plan.models import (
    Item,
    ItemIndicator,
    ItemParty,
    ItemUnit,
    Pilot,
    Plan,
    Reading,
    Registration,
)
from dean06.plan.schema import PlanSource
from dean06.plan.schema.document import PilotSpec, PlanSpec


@dataclass(frozen=True, slots=True)
class Writer:
    """A checked plan and the ids of its units."""

    source: PlanSource
    spec: PlanSpec
    parties: Parties
    unit_ids: dict[str, int]

    @classmethod
    def of(cls, report: CheckReport) -> Writer:
        """Find the plan's units in the database. Raises Invalid when some are not loaded."""
        if report.source.plan is None or report.parties is None:
            raise ValueError("only a plan without problems can be written")
        writer = cls(report.source, report.source.plan.value, report.parties, {})
        keys = set(writer._keys())
        writer.unit_ids.update(Unit.objects.filter(key__in=keys).values_list("key", "id"))
        missing = sorted(keys - writer.unit_ids.keys())
        if missing:
            raise Invalid([Reason(f"đơn vị '{key}' chưa được nạp vào cơ sở dữ liệu") for key in missing])
        return writer

    def _keys(self) -> Iterable[str]:
        for item in self.source.items:
            for party in (*item.value.responsible, *item.value.cooperating):
                yield from self.parties.keys(party)
        for pilot in self.source.pilots:
            if pilot.value.lead is not None:
                yield from self.parties.keys(pilot.value.lead)
        for registration in self.source.registrations:
            yield from self.parties.keys(registration.value.unit)

    def _unit(self, code: str) -> int:
        (key,) = self.parties.keys(code)
        return self.unit_ids[key]

    def write(self, digest: str, now: datetime.datetime) -> tuple[Plan, dict[str, Changes]]:
        """Bring every table in line. Raises StillReferencedError when something used would vanish."""
        plan, old_rules = self._plan(digest, now)
        wanted = [self._pilot(plan, spec.value) for spec in self.source.pilots]
        pilot_rows, pilot_key = Pilot.objects.filter(plan=plan), ("plan_id", "code")
        changes = upsert(pilot_rows, pilot_key, wanted)
        pilots = dict(pilot_rows.values_list("code", "id"))
        tables = {
            "registrations": self._registrations(plan, pilots),
            "items": self._items(plan, pilots),
            "pilots": changes + prune(pilot_rows.all(), pilot_key, wanted),
            "rules": self._rules(old_rules),
        }
        return plan, tables

    def _plan(self, digest: str, now: datetime.datetime) -> tuple[Plan, list[str]]:
        before = Plan.objects.filter(code=self.spec.id).first()
        fields = rows.plan_fields(self.spec) | {
            "source_text": (self.source.folder / self.spec.source.file).read_text(encoding="utf-8"),
            "rule_codes": sorted({rule.value.code for rule in self.source.rules}),
            "content_hash": digest,
            "loaded_at": now,
        }
        plan, _created = Plan.objects.update_or_create(code=self.spec.id, defaults=fields)
        return plan, before.rule_codes if before else []

    def _pilot(self, plan: Plan, spec: PilotSpec) -> rows.Fields:
        return rows.pilot_fields(plan.id, spec, self._unit(spec.lead) if spec.lead else None)

    def _registrations(self, plan: Plan, pilots: Mapping[str, int]) -> Changes:
        wanted = [
            rows.registration_fields(plan.id, r.value, pilots[r.value.pilot], self._unit(r.value.unit))
            for r in self.source.registrations
        ]
        key = ("plan_id", "pilot_id", "unit_id", "valid_from")
        return sync(Registration.objects.filter(plan=plan), key, wanted)

    def _items(self, plan: Plan, pilots: Mapping[str, int]) -> Changes:
        wanted = [
            rows.purpose_fields(plan.id, purpose, order)
            for order, purpose in enumerate(self.spec.purposes, 1)
        ]
        in_text_order = sorted(self.source.items, key=lambda item: item.value.lines)
        wanted += [
            rows.item_fields(plan.id, item.value, pilots.get(item.value.pilot), order)
            for order, item in enumerate(in_text_order, len(wanted) + 1)
        ]
        present = Item.objects.filter(plan=plan)
        present.update(same_as=None)
        changes = sync(present, ("plan_id", "code"), wanted)
        ids = dict(present.values_list("code", "id"))
        self._children(plan, ids)
        for item in self.source.items:
            if item.value.same_as is not None:
                Item.objects.filter(id=ids[item.value.id]).update(same_as_id=ids[item.value.same_as])
        return changes

    def _children(self, plan: Plan, ids: Mapping[str, int]) -> None:
        """Who answers for each item, how it is read and what measures it."""
        recorded = recorded_decisions(plan)
        party = rows.PartyRows(self.parties, self.unit_ids)
        units: list[rows.Fields] = []
        parties: list[rows.Fields] = []
        readings: list[rows.Fields] = []
        indicators: list[rows.Fields] = []
        for item in self.source.items:
            item_id, spec = ids[item.value.id], item.value
            decision = decision_for(spec, recorded)
            units += party.units(item_id, spec)
            parties += party.written(item_id, spec)
            readings += rows.reading_fields(item_id, spec, decision)
            indicators += rows.indicator_fields(item_id, spec, decision)
        # At most one reading is chosen at any moment: the old choice goes before the new one comes.
        Reading.objects.filter(item__plan=plan).update(chosen=False)
        sync(ItemUnit.objects.filter(item__plan=plan), ("item_id", "unit_id", "role"), units)
        sync(ItemParty.objects.filter(item__plan=plan), ("item_id", "role", "order"), parties)
        sync(Reading.objects.filter(item__plan=plan), ("item_id", "code"), readings)
        key = ("item_id", "indicator", "reading")
        sync(ItemIndicator.objects.filter(item__plan=plan), key, indicators)

    def _rules(self, old_codes: Sequence[str]) -> Changes:
        """The rules of the file replace every rule of their codes, and of codes the file no longer has."""
        wanted = [rule.value.model_dump() for rule in self.source.rules]
        codes = {*old_codes, *(rule.value.code for rule in self.source.rules)}
        # Validity is part of the key: rows are exchanged, never stretched over a neighbour.
        return sync(Rule.objects.filter(code__in=codes), ("code", "valid_from", "valid_to"), wanted)
