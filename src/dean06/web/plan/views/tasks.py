"""What must we do: the page of a unit's own part of the plan."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.plan import queries
from dean06.plan.figures import pilot_of
from dean06.ui.tables import build, list_alone
from dean06.web.plan.place import place_of
from dean06.web.plan.remedies import may_remedy
from dean06.web.plan.tasklist import task_table
from dean06.web.plan.todo import todo


@require_safe
def tasks(request: SignedInRequest) -> HttpResponse:
    """Gaps, unstated figures, targets and duties of a unit in a period; the last two also as a file."""
    plan = queries.current_plan()
    place = place_of(request, plan)
    unit_id = place.unit.id
    may_record = place.is_running and may_remedy(request.actor, unit_id)
    view = todo(plan, place, may_record=may_record)
    may_export = may(request.actor, Action.EXPORT)
    table = task_table(place, view.tasks, view.today)
    name = f"nhiem-vu-{place.unit.key}-{place.period.key}"
    if answer := list_alone(request, table, view.tasks, name, may_export=may_export):
        return answer
    pilots = {pilot_of(line.item) for line in view.unstated}
    stated = {
        pilot for pilot in pilots if may(request.actor, Action.STATE_FIGURE, unit_id=unit_id, pilot=pilot)
    }
    context = {
        "plan": plan,
        "place": place,
        "view": view,
        "tasks": build(request, table, view.tasks, may_export=may_export),
        "may_state": {line.item.code for line in view.unstated if pilot_of(line.item) in stated},
    }
    return render(request, "tasks/tasks.html", context)
