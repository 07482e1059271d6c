"""What became of units: single steps as recorded, and who holds an ended unit on a later date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from dean06.core import clock
from dean06.core.units.facts import UnitFact, fact, facts
from dean06.core.units.models import Succession


@dataclass(frozen=True, slots=True)
class SuccessionFact:
    """One step from a unit to another: `unit` is the other end, whichever way the question went."""

    unit: UnitFact
    kind: str
    share: Decimal
    effective_date: date
    document: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit to which `share` of an ended unit came, through any number of steps.

    `current` is false when it had ended by then too and nothing is known of what became of it.
    """

    unit: UnitFact
    share: Decimal
    current: bool


def successors(unit_id: int) -> list[SuccessionFact]:
    """What the unit (or a function of it) passed to directly, oldest first; each unit as on that day."""
    steps = Succession.objects.filter(from_unit_id=unit_id).order_by("effective_date", "-share", "id")
    return [_step(step, step.to_unit_id, step.effective_date) for step in steps]


def predecessors(unit_id: int) -> list[SuccessionFact]:
    """What the unit came from directly, oldest first; each unit as on its last day before the step."""
    steps = Succession.objects.filter(to_unit_id=unit_id).order_by("effective_date", "-share", "id")
    return [_step(step, step.from_unit_id, step.effective_date - timedelta(days=1)) for step in steps]


def _step(step: Succession, other_id: int, day: date) -> SuccessionFact:
    return SuccessionFact(
        unit=fact(other_id, day),
        kind=step.kind,
        share=step.share,
        effective_date=step.effective_date,
        document=step.document,
        verified=step.verified,
    )


_HEIRS = """
with recursive chain as (
  select s.from_unit_id as origin, s.to_unit_id as unit_id, s.share::numeric, s.effective_date as day,
         array[s.from_unit_id, s.to_unit_id] as path
  from units_succession s
  join units_unit u on u.id = s.from_unit_id and u.valid_to <= %(on)s::date
  where s.from_unit_id = any(%(ids)s::int[]) and s.kind <> 'function_transfer'
    and s.effective_date <= %(on)s::date
  union all
  select c.origin, s.to_unit_id, c.share * s.share, s.effective_date, c.path || s.to_unit_id
  from chain c
  join units_unit u on u.id = c.unit_id and u.valid_to <= %(on)s::date
  join units_succession s on s.from_unit_id = u.id and s.kind <> 'function_transfer'
    and s.effective_date between c.day and %(on)s::date and not s.to_unit_id = any (c.path)
)
select c.origin, c.unit_id, sum(c.share) from chain c
join units_unit u on u.id = c.unit_id
where coalesce(u.valid_to > %(on)s::date, true) or not exists (
  select from units_succession s where s.from_unit_id = u.id and s.kind <> 'function_transfer'
    and s.effective_date between c.day and %(on)s::date)
group by c.origin, c.unit_id
"""


def heirs(unit_id: int, on: date | None = None) -> list[Heir]:
    """Who holds an ended unit on a later date, following the chain of successions; largest share first.

    A transfer of a function alone is no succession of the unit. Empty when nothing happened until `on`, or
    nothing is known.
    """
    return heirs_of([unit_id], on or clock.today()).get(unit_id, [])


def heirs_of(unit_ids: Sequence[int], on: date) -> dict[int, list[Heir]]:
    """`heirs` of many units by one query."""
    with connection.cursor() as cursor:
        cursor.execute(_HEIRS, {"ids": list(unit_ids), "on": on})
        rows: list[tuple[int, int, Decimal]] = cursor.fetchall()
    named = facts((row[1] for row in rows), on)
    found: dict[int, list[Heir]] = {}
    for origin, unit_id, share in sorted(rows, key=lambda row: (-row[2], named[row[1]].name, row[1])):
        found.setdefault(origin, []).append(
            Heir(named[unit_id], share.normalize(), named[unit_id].valid_on(on))
        )
    return found
