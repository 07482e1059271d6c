"""Where a missing row is made good: the forms of the pilots, by indicator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, may
from dean06.core.units.models import Kind
from dean06.pilots.guidance import lacks
from dean06.pilots.guidance.records import KINDS, PILOT


@dataclass(frozen=True, slots=True)
class Remedy:
    label: str
    href: str


def may_remedy(actor: Actor, unit_id: int) -> bool:
    """Whether the actor may fill in those forms for the unit."""
    return may(actor, Action.RECORD, unit_id=unit_id, pilot=PILOT)


def missing_at(code: str, unit_id: int, on: date) -> list[str]:
    """In words, what an indicator misses at a desk or post on a day; the caller checked that it is seen."""
    return lacks.lacks(code, unit_id, on) if lacks.knows(code) else []


def remedies(code: str, unit_id: int, kind: Kind) -> list[Remedy]:
    """The record forms that move an indicator at a unit of this kind; none when it keeps no such records."""
    return [
        Remedy(str(form.name), reverse("guidance:add", args=[unit_id, slug]))
        for slug, form in KINDS.items()
        if code in form.indicators and (not form.unit_kinds or kind in form.unit_kinds)
    ]
