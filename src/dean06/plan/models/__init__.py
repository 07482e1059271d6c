"""Tables of the plan: the document, its pilots and items, and who answers for what."""

from dean06.plan.engine.models import (
    FrozenRow,
    FrozenTree,
    IndicatorRun,
    Observation,
    Span,
    StatedFigure,
)
from dean06.plan.models.document import Pilot, Plan, Registration
from dean06.plan.models.item import (
    AdoptedTarget,
    Item,
    ItemIndicator,
    ItemParty,
    ItemUnit,
    PartyRole,
    Reading,
)

__all__ = [
    "AdoptedTarget",
    "FrozenRow",
    "FrozenTree",
    "IndicatorRun",
    "Item",
    "ItemIndicator",
    "ItemParty",
    "ItemUnit",
    "Observation",
    "PartyRole",
    "Pilot",
    "Plan",
    "Reading",
    "Registration",
    "Span",
    "StatedFigure",
]
