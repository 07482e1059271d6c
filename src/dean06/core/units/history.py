"""The life of one unit as a list of dated events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import F

from dean06.core.units.facts import UnitFact, fact
from dean06.core.units.models import Alias, Placement, Unit
from dean06.core.units.succession import predecessors, successors


class HistoryKind(StrEnum):
    """What happened to a unit."""

    FOUNDED = "founded"
    CAME_FROM = "came_from"  # `unit` passed (in part) to this one
    PLACED = "placed"  # stands under `unit` from that day
    RENAMED = "renamed"  # `text` was the name until that day
    BECAME = "became"  # this one passed (in part) to `unit`
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event; `day` None means longer ago than the data reach. `step` is the kind of a succession."""

    day: date | None
    kind: HistoryKind
    text: str = ""
    unit: UnitFact | None = None
    step: str = ""
    share: Decimal | None = None
    document: str = ""
    verified: bool = True


_RANK = {kind: rank for rank, kind in enumerate(HistoryKind)}


def history(unit_id: int) -> list[HistoryEvent]:
    """Every event of the unit's life, oldest first (unknown beginnings before all)."""
    unit = Unit.objects.get(pk=unit_id)
    events = [*_life(unit), *_names(unit), *_places(unit), *_steps(unit)]
    return sorted(events, key=lambda event: (event.day or date.min, _RANK[event.kind]))


def _life(unit: Unit) -> list[HistoryEvent]:
    # The one document of a unit is the one that made it, or that ended it where its beginning is unknown.
    born, document, verified = unit.valid_from, unit.document, unit.verified
    events = [HistoryEvent(born, HistoryKind.FOUNDED, document=document if born else "", verified=verified)]
    if unit.valid_to is not None:
        events.append(HistoryEvent(unit.valid_to, HistoryKind.ENDED, document=document, verified=verified))
    return events


def _names(unit: Unit) -> list[HistoryEvent]:
    names = Alias.objects.filter(unit=unit, kind=Alias.AliasKind.OLD_NAME, valid_to__isnull=False)
    return [
        HistoryEvent(name.valid_to, HistoryKind.RENAMED, text=name.alias, document=name.document)
        for name in names
    ]


def _places(unit: Unit) -> list[HistoryEvent]:
    places = Placement.objects.filter(unit=unit).order_by(F("valid_from").asc(nulls_first=True))
    return [
        HistoryEvent(
            place.valid_from,
            HistoryKind.PLACED,
            unit=fact(place.parent_id, place.valid_from),
            document=place.document,
        )
        for place in places
    ]


def _steps(unit: Unit) -> list[HistoryEvent]:
    both = [(HistoryKind.CAME_FROM, step) for step in predecessors(unit.id)]
    both += [(HistoryKind.BECAME, step) for step in successors(unit.id)]
    return [
        HistoryEvent(
            step.effective_date,
            kind,
            unit=step.unit,
            step=step.kind,
            share=step.share,
            document=step.document,
            verified=step.verified,
        )
        for kind, step in both
    ]
