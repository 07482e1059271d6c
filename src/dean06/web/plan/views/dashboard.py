"""The first page: the plan at a glance."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.plan import queries
from dean06.ui.tables import table_response
from dean06.web.plan.export import LINES
from dean06.web.plan.overview import overview
from dean06.web.plan.place import place_of


@require_safe
def plan(request: SignedInRequest) -> HttpResponse:
    """Every target of the plan for a unit and a period, or its duties; also as a file."""
    current = queries.current_plan()
    place = place_of(request, current)
    found = overview(current, place)
    may_export = may(request.actor, Action.EXPORT)
    if request.GET.get("export"):
        name = f"ke-hoach-{place.unit.key}-{place.period.key}"
        return table_response(request, LINES, found.lines, name, may_export=may_export)
    context = {"plan": current, "place": place, "view": found, "may_export": may_export}
    return render(request, "plan/dashboard.html", context)
