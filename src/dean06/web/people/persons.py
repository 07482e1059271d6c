"""One person with the number masked, the number once for a reason, a look-up by number."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.core.errors import Invalid
from dean06.core.people import purposes, queries, reading
from dean06.core.people.models import Person
from dean06.core.privacy.requests import for_person
from dean06.web.people.forms import RevealForm
from dean06.web.people.frame import frame, private
from dean06.web.people.listing import state_of
from dean06.web.people.steps import step_forms

SHOWN_SECONDS = 30


@require_POST
def find(request: SignedInRequest) -> HttpResponse:
    """The person with a number. The number comes in the body and goes nowhere else."""
    try:
        found = reading.find_by_number(actor=request.actor, number=request.POST.get("number", ""))
    except Invalid as error:
        messages.error(request, error.message)
        return private(redirect("people:list"))
    if found is None:
        messages.warning(request, _("Không có người mang số này trong phạm vi của anh/chị."))
        return private(redirect("people:list"))
    return private(redirect("people:person", found.key))


@require_safe
def person(request: SignedInRequest, key: UUID) -> HttpResponse:
    """One person, the number masked."""
    who = queries.by_key(request.actor, key)
    note_look(request, who, "people:person")
    return page(request, who, RevealForm())


def note_look(request: SignedInRequest, who: Person, route: str) -> None:
    """Write down that a page shows this person."""
    reading.note(request.actor, [who], purpose=purposes.READ, unit_id=who.unit_id, route=route)


@require_POST
def reveal(request: SignedInRequest, key: UUID) -> HttpResponse:
    """The number in clear in the answer to this post alone; the page replaces itself after 30 seconds."""
    who = queries.by_key(request.actor, key)
    form = RevealForm(request.POST)
    number, status = "", 422
    if form.is_valid():
        try:
            number = reading.reveal(actor=request.actor, person_id=who.pk, **form.cleaned_data)
            status = 200
        except Invalid as error:
            for reason in error.reasons:
                form.add_error("reason" if reason.field == _("Lý do") else "purpose", reason.message)
    if not number:
        note_look(request, who, "people:person")
    response = page(request, who, RevealForm() if number else form, number=number, status=status)
    if number:
        response.headers["Refresh"] = f"{SHOWN_SECONDS}; url={reverse('people:person', args=[who.key])}"
    return response


def page(
    request: SignedInRequest,
    who: Person,
    form: RevealForm,
    *,
    number: str = "",
    status: int = 200,
    failed: tuple[str, forms.Form] | None = None,
) -> HttpResponse:
    """The page of a person; `failed`: the step that was refused, with its form."""
    may_write = may(request.actor, Action.RECORD, unit_id=who.unit_id)
    context = frame(
        request,
        "people",
        person=who,
        form=form,
        number=" ".join(number[at : at + 3] for at in range(0, len(number), 3)),
        seconds=SHOWN_SECONDS,
        requests=for_person(who),
        state=state_of(who),
        may_open=may_write,
        steps=step_forms(who, failed) if may_write and not number else [],
    )
    return private(render(request, "people/person.html", context, status=status))
