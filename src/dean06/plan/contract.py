"""The plan as JSON for programs: the stable shape documented in docs/contract.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dean06.plan import queries
from dean06.plan.models import Item, ItemUnit, PartyRole, Plan

Json = dict[str, Any]


def plan_json(plan: Plan) -> Json:
    """{"plan", "targets", "duties", "registrations"} of a loaded plan."""
    links = ItemUnit.objects.filter(item__plan=plan, role=PartyRole.RESPONSIBLE).order_by("id")
    registrations = list(queries.registrations(plan))
    unit_ids = {link.unit_id for link in links} | {row.unit_id for row in registrations}
    unit_ids |= {pilot.lead_id for pilot in queries.pilots(plan) if pilot.lead_id is not None}
    codes = queries.unit_codes(plan, unit_ids)
    units: dict[int, list[str]] = defaultdict(list)
    for link in links:
        units[link.item_id].append(codes[link.unit_id])
    return {
        "plan": _plan(plan, codes),
        "targets": [
            _target(item, units[item.id]) for item in queries.items(plan, kinds=queries.TARGET_KINDS)
        ],
        "duties": [_duty(item, units[item.id]) for item in queries.items(plan, kinds=queries.DUTY_KINDS)],
        "registrations": [{"unit": codes[row.unit_id], "pilot": row.pilot.code} for row in registrations],
    }


def _plan(plan: Plan, codes: Mapping[int, str]) -> Json:
    plain = ("title_vi", "title_en", "number", "symbol", "issued_text", "issuer_vi", "issuer_en")
    return {
        "id": plan.code,
        **{name: getattr(plan, name) for name in plain},
        "issued_on": plan.issued_on.isoformat() if plan.issued_on else None,
        "signer": {"capacity": plan.signer_capacity, "post": plan.signer_post, "name": plan.signer_name},
        "starts_on": plan.starts_on.isoformat(),
        "period": {"opens_day": plan.opens_day, "due_before_day": plan.due_before_day},
        "source_sha256": plan.source_sha256,
        "pilots": [
            {
                "id": pilot.code,
                "name_vi": pilot.name_vi,
                "name_en": pilot.name_en,
                "lead": codes[pilot.lead_id] if pilot.lead_id is not None else None,
                "lines": [pilot.line_from, pilot.line_to],
            }
            for pilot in queries.pilots(plan)
        ],
        "purposes": [
            {"id": item.code, "text_vi": item.label_vi, "lines": [item.line_from, item.line_to]}
            for item in queries.items(plan, kinds=(Item.Kind.PURPOSE,))
        ],
    }


def _target(item: Item, units: Sequence[str]) -> Json:
    return {
        "id": item.code,
        "pilot": item.pilot.code if item.pilot else None,
        "goal": _number(item.goal),
        "deadline": item.deadline.isoformat() if item.deadline else None,
        "binding": item.binding,
        "known_by": item.known_by,
        "indicators": list(dict.fromkeys(link.indicator for link in item.indicators.all())),
        "units": list(units),
        "lines": [item.line_from, item.line_to],
    }


def _duty(item: Item, units: Sequence[str]) -> Json:
    return {
        "id": item.code,
        "units": list(units),
        "deadline": item.deadline.isoformat() if item.deadline else None,
    }


def _number(goal: Decimal | None) -> int | float | None:
    """A percentage as a JSON number: 50, not 50.00."""
    if goal is None:
        return None
    return int(goal) if goal == goal.to_integral_value() else float(goal)
