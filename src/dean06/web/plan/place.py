"""Where and when a page of the plan looks: one unit inside the actor's scope, one reporting period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.middleware import SignedInRequest
from dean06.core.errors import NotFound
from dean06.core.units import queries as units
from dean06.core.units.facts import UnitFact, select_facts
from dean06.plan.models import Plan
from dean06.plan.periods import Period, until

UNIT, PERIOD = "unit", "period"

# The unit itself, all above it and those directly below it, as at a day, in one query.
_AROUND = """
join (
  select c.ancestor_id as id, c.depth as up, 0 as side from units_closure c
  where c.descendant_id = coalesce(%(id)s::int, (select x.id from units_unit x where x.key = %(key)s))
    and daterange(c.valid_from, c.valid_to) @> %(on)s::date
  union all
  select c.descendant_id, 0, 1 from units_closure c
  where c.ancestor_id = coalesce(%(id)s::int, (select x.id from units_unit x where x.key = %(key)s))
    and c.depth = 1 and daterange(c.valid_from, c.valid_to) @> %(on)s::date
) near on near.id = u.id
order by near.side, near.up desc, u.sort_key, u.id
"""


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    key: str
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """`above`: inside the scope, the top first; `below`: directly under the unit. All as at the cut-off."""

    unit: UnitFact
    above: tuple[UnitFact, ...]
    below: tuple[UnitFact, ...]
    period: Period
    running: Period
    first: Period
    own: bool  # the unit where the actor's page opens by itself
    params: QueryDict

    @property
    def earlier(self) -> str:
        """Address of the previous period, "" before the plan's first."""
        return self.url(period=self.period.previous().key) if self.period > self.first else ""

    @property
    def later(self) -> str:
        """Address of the next period, "" after the running one."""
        return self.url(period=self.period.next().key) if self.period < self.running else ""

    @property
    def is_running(self) -> bool:
        """True when the period shown is still open."""
        return self.period == self.running

    @property
    def periods(self) -> list[PeriodChoice]:
        """The plan's periods so far, the newest first."""
        known = until(self.first, self.running)
        return [PeriodChoice(one.key, one == self.period) for one in reversed(known)]

    def url(self, **changes: str) -> str:
        """This page's question with some parameters changed; "" removes one."""
        return address(self.params, **changes)

    @property
    def link(self) -> str:
        """The unit and period for links to other pages: "?unit=…&period=…", as short as possible."""
        kept = QueryDict(mutable=True)
        if not self.own:
            kept[UNIT] = self.unit.key
        if not self.is_running:
            kept[PERIOD] = self.period.key
        return f"?{kept.urlencode()}" if kept else ""

    def link_for(self, key: str) -> str:
        """The same for another unit."""
        kept = QueryDict(mutable=True)
        kept[UNIT] = key
        if not self.is_running:
            kept[PERIOD] = self.period.key
        return f"?{kept.urlencode()}"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that the choosers carry along as hidden fields."""
        return self.kept_without(UNIT, PERIOD)

    def kept_without(self, *names: str) -> list[tuple[str, str]]:
        """Parameters that a form with fields of these names carries along as hidden fields."""
        return [(n, v) for n, values in self.params.lists() if n not in names for v in values]


def address(params: QueryDict, **changes: str) -> str:
    """The query string of `params` with some changed; "" removes one."""
    changed = params.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}" if changed else "?"


def place_of(request: SignedInRequest, plan: Plan) -> Place:
    """The unit and period that the address asks for; without them the actor's first unit and the running
    period.

    Raises NotFound for a unit that does not exist on the cut-off or lies outside the scope, and for a period
    outside the plan; Invalid for a malformed period.
    """
    today = clock.today()
    running = Period.containing(today)
    first = min(Period.containing(plan.starts_on), running)
    period = _period(request.GET.get(PERIOD, ""), first, running)
    own_id = request.actor.grants[0].unit_id
    asked = request.GET.get(UNIT, "").strip()
    above, unit, below = _around(asked, own_id, period.cutoff)
    return Place(
        unit=unit,
        above=_seen(request.actor, above, unit),
        below=tuple(below),
        period=period,
        running=running,
        first=first,
        own=unit.id == own_id,
        params=request.GET,
    )


def _period(key: str, first: Period, running: Period) -> Period:
    if not key:
        return running
    period = Period.parse(key)
    if period > running:
        raise NotFound(_("Kỳ báo cáo %(key)s chưa bắt đầu.") % {"key": period.key})
    if period < first:
        raise NotFound(
            _("Kế hoạch bắt đầu từ kỳ %(first)s, không có kỳ %(key)s.")
            % {"first": first.key, "key": period.key}
        )
    return period


def _around(asked: str, own_id: int, on: date) -> tuple[list[UnitFact], UnitFact, list[UnitFact]]:
    params: dict[str, object] = {"on": on, "id": None if asked else own_id, "key": asked}
    near = select_facts(_AROUND, params)
    if not near and asked:  # a code instead of a key; or a sentence why there is no such unit that day
        params["key"] = units.resolve(asked, on).key
        near = select_facts(_AROUND, params)
    if not near:
        raise NotFound(
            _("Đơn vị của anh/chị không có trong cây đơn vị vào ngày %(day)s.") % {"day": f"{on:%d/%m/%Y}"}
        )
    wanted = params["key"]
    middle = next(at for at, one in enumerate(near) if (one.key == wanted if wanted else one.id == own_id))
    return near[:middle], near[middle], near[middle + 1 :]


def _seen(actor: Actor, above: Sequence[UnitFact], unit: UnitFact) -> tuple[UnitFact, ...]:
    """What of the path lies inside the scope. Raises NotFound when the unit itself does not."""
    if actor.is_wide:
        return tuple(above)
    path = [*above, unit]
    tops = set(actor.unit_ids)
    inside = next((at for at, one in enumerate(path) if one.id in tops), None)
    if inside is None:
        raise NotFound(_("Không có đơn vị này, hoặc đơn vị nằm ngoài phạm vi của anh/chị."))
    return tuple(above[inside:])
