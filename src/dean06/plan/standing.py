"""What was settled about an item after the plan was issued: the reading that holds, the goals units adopted.

Only the last state stands in the tables; the steps before it are read from the record of actions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.plan.models import AdoptedTarget, Item, Reading

DECIDED, ADOPTED, WITHDRAWN = "plan.decide_reading", "plan.adopt_target", "plan.withdraw_target"


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A reading that was chosen: by whom, in which document, of which day. `at`: when it was recorded, None
    for what the plan's files said."""

    at: datetime | None
    reading: str
    decided_by: str
    document: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class PastGoal:
    """A goal (percent) that a unit adopted, or withdrew, with the document of it."""

    at: datetime
    goal: Decimal
    document: str
    decided_on: date
    withdrawn: bool


def chosen_reading(item: Item) -> Reading | None:
    """The reading of the item that holds, None while nobody chose."""
    return Reading.objects.filter(item=item, chosen=True).first()


def adopted_target(item: Item, unit_id: int) -> AdoptedTarget | None:
    """The goal that the unit adopted for the item, None while it has none of its own."""
    return AdoptedTarget.objects.filter(item=item, unit_id=unit_id).first()


def mark_of(row: Reading | AdoptedTarget | None) -> str:
    """A short mark of what stands, the same only while that is the same.

    A form carries the mark of what it showed; an action refuses to write over anything else.
    """
    values = {} if row is None else values_of(row)
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]


def values_of(row: Reading | AdoptedTarget) -> dict[str, object]:
    """A chosen reading or an adopted goal as the record of actions keeps it."""
    own = (
        {"reading": row.code, "decided_by": row.decided_by}
        if isinstance(row, Reading)
        else {"goal": f"{row.goal.normalize():f}"}
    )
    return {**own, "document": row.document, "decided_on": row.decided_on and row.decided_on.isoformat()}


def past_decisions(item: Item) -> list[PastDecision]:
    """Every choice of a reading of the item, the newest first; the last may be what the plan's files said."""
    entries = _entries(item, [DECIDED])
    found = [_decision(entry.at, entry.detail) for entry in entries]
    if entries and entries[-1].detail.get("before"):
        found.append(_decision(None, entries[-1].detail["before"]))
    return found


def past_goals(item: Item, unit_id: int) -> list[PastGoal]:
    """Every goal that the unit adopted or withdrew for the item, the newest first."""
    return [
        PastGoal(
            at=entry.at,
            goal=Decimal(entry.detail["goal"]),
            document=entry.detail["document"],
            decided_on=date.fromisoformat(entry.detail["decided_on"]),
            withdrawn=entry.action == WITHDRAWN,
        )
        for entry in _entries(item, [ADOPTED, WITHDRAWN])
        if entry.unit_id == unit_id
    ]


def _entries(item: Item, actions: Sequence[str]) -> list[AuditEntry]:
    with wide("what was decided about the plan is public inside the province"):
        return list(
            AuditEntry.objects.filter(
                object_type="item", object_id=item.code, action__in=actions, detail__item=item.pk
            ).order_by("-id")
        )


def _decision(at: datetime | None, detail: Mapping[str, Any]) -> PastDecision:
    on = detail.get("decided_on")
    return PastDecision(
        at=at,
        reading=detail["reading"],
        decided_by=detail.get("decided_by", ""),
        document=detail.get("document", ""),
        decided_on=date.fromisoformat(on) if on else None,
    )
