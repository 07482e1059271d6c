"""Pages that show: a point with all that proves its figures, one record, one officer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dean06.core import usage
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import NotFound
from dean06.core.units import queries as units
from dean06.pilots.guidance import queries
from dean06.pilots.guidance.models import Officer
from dean06.pilots.guidance.records import KINDS


@require_safe
def point(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Everything recorded at one desk or post, by kind: the evidence behind its figures."""
    unit = queries.point(unit_id)
    require(request.actor, Action.VIEW, unit_id=unit_id)
    facts = queries.facts_at(unit)
    context = {
        "unit": unit,
        "above": units.ancestors(unit_id),
        "groups": [(kind, facts[kind.slug]) for kind in queries.kinds_for(unit)],
        "standing": queries.standing(unit),
        "may_record": may(request.actor, Action.RECORD, unit_id=unit_id),
    }
    return render(request, "guidance/point.html", context)


@require_safe
def record(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """One record: its values, its photo, what was done to it."""
    kind = queries.kind_of(slug)
    row = queries.record(kind, record_id)
    context = {
        "kind": kind,
        "row": row,
        "fact": queries.fact(kind, row),
        "values": queries.values(kind, row),
        "history": queries.history(kind, record_id),
        "may_record": may(request.actor, Action.RECORD, unit_id=row.unit_id),
    }
    return render(request, "guidance/record.html", context)


@require_safe
def officer(request: SignedInRequest, officer_id: int) -> HttpResponse:
    """One officer with assignments and courses; the name needs the right and leaves a usage row."""
    found = Officer.objects.select_related("unit").filter(pk=officer_id).first()
    if found is None:
        raise NotFound("Không tìm thấy cán bộ này, hoặc cán bộ ngoài phạm vi của bạn.")
    named = may(request.actor, Action.VIEW_PERSONAL, unit_id=found.unit_id)
    if named:
        usage.record_read(
            actor=request.actor,
            purpose="p0.staff",
            unit_id=found.unit_id,
            subjects=1,
            route="guidance:officer",
        )
    context = {
        "officer": found,
        "named": named,
        "assignments": [
            queries.fact(KINDS["phan-cong"], row)
            for row in queries.records(KINDS["phan-cong"]).filter(officer=found)
        ],
        "trainings": [
            queries.fact(KINDS["tap-huan"], row)
            for row in queries.records(KINDS["tap-huan"]).filter(officer=found)
        ],
        "may_record": may(request.actor, Action.RECORD, unit_id=found.unit_id),
    }
    return render(request, "guidance/officer.html", context)
