"""Writing about people: a new one, a correction, a hold or a restriction and its end."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import Conflict
from dean06.core.people import actions, queries
from dean06.core.people.models import Person
from dean06.core.units.models import Closure, Kind, Unit
from dean06.web.people.forms import CorrectForm, PersonForm, RevealForm, WhyForm
from dean06.web.people.frame import CONFLICT, attempt, frame, private
from dean06.web.people.persons import note_look, page
from dean06.web.people.steps import step_named


def _homes(actor: Actor) -> list[tuple[int, str]]:
    """Where the actor may write down people: his units and the communes below them."""
    tops = [
        unit_id
        for unit_id in actor.unit_ids
        if may(actor, Action.RECORD, unit_id=unit_id) and may(actor, Action.VIEW_PERSONAL, unit_id=unit_id)
    ]
    below = Closure.objects.filter(ancestor_id__in=tops).values("descendant_id")
    today = clock.today()
    rows = Unit.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=today),
        Q(pk__in=tops) | Q(kind=Kind.COMMUNE),
        Q(valid_from=None) | Q(valid_from__lte=today),
        pk__in=below,
    )
    return [(unit.pk, unit.name) for unit in rows.order_by("sort_key")]


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """A person new to a unit. That another unit keeps him already is neither checked nor told."""
    require(request.actor, Action.VIEW_PERSONAL)
    require(request.actor, Action.RECORD)
    homes = _homes(request.actor)
    form = PersonForm(request.POST or None, initial={"unit_id": homes[0][0]} if len(homes) == 1 else None)
    unit = cast(forms.TypedChoiceField, form.fields["unit_id"])
    unit.choices = homes if len(homes) == 1 else [("", "—"), *homes]
    status = 200
    if request.method == "POST":
        made: list[Person] = []
        status = attempt(form, lambda data: made.extend(_register(request.actor, data)))
        if status == 200:
            messages.success(request, _("Đã ghi. Số định danh từ nay chỉ hiện ba chữ số cuối."))
            return private(redirect("people:person", made[0].key))
    return private(
        render(request, "people/person_add.html", frame(request, "people", form=form), status=status)
    )


def _register(actor: Actor, data: dict[str, Any]) -> list[Person]:
    unit_id = data.pop("unit_id")
    return actions.register(actor=actor, unit_id=unit_id, people=[actions.PersonInput(**data)])


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Put right name, birth date or sex; a change of somebody else in between is shown, not written over."""
    who = queries.by_key(request.actor, key)
    require(request.actor, Action.RECORD, unit_id=who.unit_id)
    now = {
        "full_name": who.full_name,
        "birth_date": who.birth_date,
        "sex": who.sex,
        "version": who.version,
    }
    form, status = CorrectForm(request.POST or None, initial=now), 200
    if request.method == "POST":
        status = attempt(form, lambda data: actions.correct(actor=request.actor, person_id=who.pk, **data))
        if status == 200:
            messages.success(request, _("Đã sửa. Nhật ký ghi mục đã đổi; nội dung cũ và mới được che."))
            return private(redirect("people:person", key))
    note_look(request, who, "people:person_edit")
    context = frame(request, "people", person=who, form=form, conflict=status == CONFLICT)
    return private(render(request, "people/person_edit.html", context, status=status))


@require_POST
def step(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Hold, restrict, or lift either; a post names the step."""
    who = queries.by_key(request.actor, key)
    require(request.actor, Action.RECORD, unit_id=who.unit_id)
    asked = step_named(request.POST.get("do", ""))
    if asked is None or not asked.open(who):
        raise Conflict(_("Việc này không còn làm được; hãy tải lại trang."))
    form = WhyForm(request.POST, prefix=asked.name)
    status = attempt(form, lambda data: asked.act(request.actor, who, data["why"]))
    if status == 200:
        messages.success(request, str(asked.done))
        return private(redirect("people:person", key))
    note_look(request, who, "people:person_step")
    return page(request, who, RevealForm(), status=status, failed=(asked.name, form))
