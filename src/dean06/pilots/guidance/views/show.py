"""Pages that show: a point with all that proves its figures, one record, one officer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import NotFound
from dean06.core.units import queries as units
from dean06.pilots.guidance import queries
from dean06.pilots.guidance.forms import MAX_PHOTO_BYTES, LookForm
from dean06.pilots.guidance.models import Officer
from dean06.pilots.guidance.records import PILOT
from dean06.pilots.guidance.views.personal import may_name, note_reading


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
        "may_record": may(request.actor, Action.RECORD, unit_id=unit_id, pilot=PILOT),
    }
    return render(request, "guidance/point.html", context)


@require_safe
def record(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """One record: its values, its photo, what was done to it."""
    return record_page(request, slug, record_id)


def record_page(
    request: SignedInRequest, slug: str, record_id: int, *, look: LookForm | None = None
) -> HttpResponse:
    """The page of a record; `look` is a refused form of a look at a material."""
    kind = queries.kind_of(slug)
    row = queries.record(kind, record_id)
    may_record = may(request.actor, Action.RECORD, unit_id=row.unit_id, pilot=PILOT)
    context = {
        "kind": kind,
        "row": row,
        "fact": queries.fact(kind, row),
        "values": queries.values(kind, row),
        "history": queries.history(kind, record_id),
        "may_record": may_record,
        "ended": bool(kind.end_field and getattr(row, kind.end_field)),
        "officer_id": row.pk if slug == "can-bo" else getattr(row, "officer_id", None),
        "material_id": getattr(row, "material_id", None),
        "max_photo_bytes": MAX_PHOTO_BYTES,
    }
    if slug == "vat-pham":
        context["looks"] = queries.looks(row.pk)
        context["look"] = look or LookForm()
    return render(request, "guidance/record.html", context, status=422 if look and look.errors else 200)


@require_safe
def photo(request: SignedInRequest, slug: str, record_id: int) -> HttpResponse:
    """The photo of a record at full size: what it shows, where, when, and the way back to the record."""
    kind = queries.kind_of(slug)
    row = queries.record(kind, record_id)
    fact = queries.fact(kind, row)
    if fact.photo is None:
        raise NotFound(_("Bản ghi này chưa có ảnh."))
    return render(request, "guidance/photo.html", {"kind": kind, "row": row, "fact": fact})


@require_safe
def officer(request: SignedInRequest, officer_id: int) -> HttpResponse:
    """One officer with assignments and courses; the name needs the right and leaves a usage row."""
    found = Officer.objects.select_related("unit").filter(pk=officer_id).first()
    if found is None:
        raise NotFound(_("Không tìm thấy cán bộ này, hoặc cán bộ ngoài phạm vi của anh/chị."))
    named = may_name(request, found.unit_id)
    if named:
        note_reading(request, found.unit_id, "guidance:officer")
    context = {
        "officer": found,
        "named": named,
        "assignments": queries.facts_of(found, "phan-cong"),
        "trainings": queries.facts_of(found, "tap-huan"),
        "may_record": may(request.actor, Action.RECORD, unit_id=found.unit_id, pilot=PILOT),
    }
    return render(request, "guidance/officer.html", context)
