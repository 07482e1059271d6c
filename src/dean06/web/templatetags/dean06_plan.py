"""Figures of the plan for pages of other rooms: `{% load dean06_plan %}`."""

from __future__ import annotations

from django import template

from dean06.core import clock
from dean06.core.units.facts import UnitFact
from dean06.plan.models import Plan
from dean06.plan.periods import Period
from dean06.ui.figures import State
from dean06.web.plan.lines import Line, lines_of

register = template.Library()


@register.simple_tag
def unit_figures(unit: UnitFact) -> list[Line]:
    """The unit's figures of the running period, counted or stated; twins of the same indicator once.

    Shows nothing for a unit that does not exist at the cut-off, nor outside the scope of the request.
    """
    plan = Plan.objects.order_by("-starts_on", "-id").first()
    period = Period.containing(clock.today())
    if plan is None or not unit.valid_on(period.cutoff):
        return []
    first = min(Period.containing(plan.starts_on), period)
    found: dict[str, Line] = {}
    for line in lines_of(plan, unit.id, period, first):
        if line.figure.state == State.MEASURED:
            found.setdefault(line.code or line.item.code, line)
    return list(found.values())
