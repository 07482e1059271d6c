"""What each table should hold, written as fields of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dean06.plan.check.parties import GROUP_PREFIX, Parties
from dean06.plan.load.decisions import Decision
from dean06.plan.models import Item, PartyRole
from dean06.plan.schema.document import PilotSpec, PlanSpec, Purpose, RegistrationSpec
from dean06.plan.schema.item import ItemSpec

Fields = dict[str, Any]


def plan_fields(spec: PlanSpec) -> Fields:
    """The plan's own row, without its text and hashes."""
    plain = (
        "title_vi", "title_en", "number", "symbol", "issued_on", "issued_text", "issuer_vi", "issuer_en",
        "starts_on",
    )  # fmt: skip
    fields: Fields = {name: getattr(spec, name) for name in plain}
    for name in ("legal_bases", "references", "recipients", "corrections"):
        fields[name] = [entry.model_dump(mode="json") for entry in getattr(spec, name)]
    return fields | {
        "signer_capacity": spec.signer.capacity,
        "signer_post": spec.signer.post,
        "signer_name": spec.signer.name,
        "opens_day": spec.period.opens_day,
        "due_before_day": spec.period.due_before_day,
        "period_citation": spec.period.citation,
        "source_sha256": spec.source.sha256,
    }


def pilot_fields(plan_id: int, spec: PilotSpec, lead_id: int | None) -> Fields:
    """One row of plan_pilot."""
    return {
        "plan_id": plan_id,
        "code": spec.id,
        "name_vi": spec.name_vi,
        "name_en": spec.name_en,
        "scope_vi": spec.scope_vi or "",
        "objects_vi": spec.objects_vi or "",
        "order": spec.order,
        "lead_id": lead_id,
        "line_from": spec.lines[0],
        "line_to": spec.lines[1],
    }


def item_fields(plan_id: int, spec: ItemSpec, pilot_id: int | None, order: int) -> Fields:
    """One row of plan_item; twins are linked afterwards, when every row exists."""
    plain = ("kind", "label_vi", "label_en", "quote", "goal", "direction", "nature", "deadline", "binding")
    fields: Fields = {name: getattr(spec, name) for name in (*plain, "known_by", "planned")}
    return fields | {
        "plan_id": plan_id,
        "pilot_id": pilot_id,
        "code": spec.id,
        "line_from": spec.lines[0],
        "line_to": spec.lines[1],
        "goal_text": spec.goal_note_vi or "",
        "deadline_text": spec.deadline_note_vi or "",
        "known_by_reason": spec.known_by_reason_vi or "",
        "unit_of_count": spec.unit_of_count_vi or "",
        "numerator_text": spec.numerator_vi or "",
        "denominator_text": spec.denominator_vi or "",
        "ambiguity": spec.ambiguity.text_vi if spec.ambiguity else "",
        "order": order,
    }


def purpose_fields(plan_id: int, purpose: Purpose, order: int) -> Fields:
    """A purpose of section I as a row of plan_item: shown, never measured."""
    return {
        "plan_id": plan_id,
        "pilot_id": None,
        "code": purpose.id,
        "kind": Item.Kind.PURPOSE,
        "label_vi": purpose.text_vi,
        "label_en": purpose.text_en,
        "quote": purpose.text_vi,
        "line_from": purpose.lines[0],
        "line_to": purpose.lines[1],
        "goal": None,
        "goal_text": "",
        "direction": Item.Direction.UP,
        "nature": Item.Nature.STOCK,
        "deadline": None,
        "deadline_text": "",
        "binding": Item.Binding.BINDING,
        "known_by": Item.KnownBy.NONE,
        "known_by_reason": "Mục đích của kế hoạch, không phải nội dung đo",
        "planned": False,
        "unit_of_count": "",
        "numerator_text": "",
        "denominator_text": "",
        "ambiguity": "",
        "order": order,
    }


@dataclass(frozen=True, slots=True)
class PartyRows:
    """Spells out who answers for an item."""

    parties: Parties
    unit_ids: Mapping[str, int]

    def units(self, item_id: int, spec: ItemSpec) -> Iterator[Fields]:
        """Rows of plan_item_unit. A unit named and also a member of a group stands once in each role."""
        for role in PartyRole:
            keys = (key for party in getattr(spec, role.value) for key in self.parties.keys(party))
            for key in dict.fromkeys(keys):
                yield {"item_id": item_id, "unit_id": self.unit_ids[key], "role": role.value}

    def written(self, item_id: int, spec: ItemSpec) -> Iterator[Fields]:
        """Rows of plan_item_party."""
        for role in PartyRole:
            for order, party in enumerate(getattr(spec, role.value)):
                yield {"item_id": item_id, "role": role.value, "order": order} | self._party(party)

    def _party(self, party: str) -> Fields:
        if not party.startswith(GROUP_PREFIX):
            (key,) = self.parties.keys(party)
            return {
                "unit_id": self.unit_ids[key],
                "group_code": "",
                "label_vi": "",
                "label_en": "",
                "open_reason": "",
            }
        group = self.parties.groups[party.removeprefix(GROUP_PREFIX)].value
        return {
            "unit_id": None,
            "group_code": group.id,
            "label_vi": group.label_vi,
            "label_en": group.label_en,
            "open_reason": group.members.open or "",
        }


def reading_fields(item_id: int, spec: ItemSpec, decision: Decision | None) -> Iterator[Fields]:
    """Rows of plan_reading."""
    for order, reading in enumerate(spec.ambiguity.readings if spec.ambiguity else ()):
        chosen = decision is not None and decision.reading == reading.id
        yield {
            "item_id": item_id,
            "code": reading.id,
            "order": order,
            "text_vi": reading.text_vi,
            "text_en": reading.text_en,
            "chosen": chosen,
            "decided_by": decision.by if decision and chosen else "",
            "decided_on": decision.on if decision and chosen else None,
            "document": decision.document if decision and chosen else "",
            "decided_in_system": bool(decision and chosen and decision.in_system),
        }


def indicator_fields(item_id: int, spec: ItemSpec, decision: Decision | None) -> Iterator[Fields]:
    """Rows of plan_item_indicator; without an ambiguity every indicator is chosen."""
    readings = {r.id: r for r in spec.ambiguity.readings} if spec.ambiguity else {}
    for order, link in enumerate(spec.indicators):
        reading = readings.get(link.reading)
        decided = decision if decision is not None and decision.reading == link.reading else None
        yield {
            "item_id": item_id,
            "indicator": link.code,
            "reading": link.reading,
            "label_vi": reading.text_vi if reading else "",
            "label_en": reading.text_en if reading else "",
            "chosen": reading is None or decided is not None,
            "decided_by": decided.by if decided else "",
            "decided_on": decided.on if decided else None,
            "order": order,
        }


def registration_fields(plan_id: int, spec: RegistrationSpec, pilot_id: int, unit_id: int) -> Fields:
    """One row of plan_registration."""
    return {
        "plan_id": plan_id,
        "pilot_id": pilot_id,
        "unit_id": unit_id,
        "valid_from": spec.valid_from,
        "valid_to": spec.valid_to,
        "document": spec.document or "",
        "line_from": spec.lines[0],
        "line_to": spec.lines[1],
    }
