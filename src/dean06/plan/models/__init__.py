"""Tables of the plan: the document, its pilots and items, and who answers for what."""

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
    "Item",
    "ItemIndicator",
    "ItemParty",
    "ItemUnit",
    "PartyRole",
    "Pilot",
    "Plan",
    "Reading",
    "Registration",
]
