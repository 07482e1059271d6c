"""Which reading of an ambiguous item holds: the files' decision or one recorded in the system."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from dean06.plan.models import Plan, Reading
from dean06.plan.schema.item import Ambiguity, ItemSpec


@dataclass(frozen=True, slots=True)
class Decision:
    """A reading chosen, by whom, when and in which document."""

    reading: str
    by: str
    on: datetime.date | None
    document: str
    in_system: bool


def recorded_decisions(plan: Plan) -> dict[str, Decision]:
    """Decisions recorded in the system, by the item's code."""
    chosen = Reading.objects.filter(item__plan=plan, chosen=True, decided_in_system=True).select_related(
        "item"
    )
    return {
        row.item.code: Decision(row.code, row.decided_by, row.decided_on, row.document, in_system=True)
        for row in chosen
    }


def decision_for(spec: ItemSpec, recorded: Mapping[str, Decision]) -> Decision | None:
    """The decision that holds. A recorded one yields only to a later one in the files."""
    if spec.ambiguity is None:
        return None
    written = _written(spec.ambiguity)
    own = recorded.get(spec.id)
    if own is None or own.reading not in {reading.id for reading in spec.ambiguity.readings}:
        return written
    newer = written is not None and written.on is not None and (own.on is None or written.on > own.on)
    return written if newer else own


def _written(ambiguity: Ambiguity) -> Decision | None:
    if ambiguity.chosen is None or ambiguity.decided_by is None:
        return None
    return Decision(
        ambiguity.chosen,
        ambiguity.decided_by,
        ambiguity.decided_on,
        ambiguity.document or "",
        in_system=False,
    )
