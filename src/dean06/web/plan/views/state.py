"""Stating a figure with its document and signer, or replacing one that was wrong."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Invalid, NotFound
from dean06.plan import figures, queries
from dean06.plan.models import Item, StatedFigure
from dean06.web.plan.forms import StateForm, refuse
from dean06.web.plan.lines import label_of
from dean06.web.plan.place import Place, place_of
from dean06.web.plan.settled import note_signers

_STATED = ("imported", "declared")


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: SignedInRequest, code: str) -> HttpResponse:
    """The form for one item, unit and period; `?replace=` names the statement to replace."""
    plan = queries.current_plan()
    place = place_of(request, plan)
    item = queries.item(plan, code)
    require(request.actor, Action.STATE_FIGURE, unit_id=place.unit.id, pilot=figures.pilot_of(item))
    old = _old(request.GET.get("replace", ""), item, place)
    form = StateForm(request.POST or None, initial=_initial(item, place, old))
    if old is not None:
        del form.fields["kind"]
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            _write(request, form, item, place, old)
        except Invalid as error:
            refuse(form, error)
        except Conflict as error:
            conflict = error.message
            form.add_error(None, conflict)
        else:
            messages.success(request, _("Đã ghi số liệu kèm văn bản và người ký."))
            return redirect(f"{reverse('web:target', args=[code])}{_back(place)}")
    context = {"item": item, "label": label_of(item), "place": place, "form": form, "old": old}
    context["back"] = f"{reverse('web:target', args=[code])}{_back(place)}"
    if old is not None:
        note_signers(request.actor, place.unit.id, "web:state", [old.signer])
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "plan/state.html", context, status=status)


def _back(place: Place) -> str:
    return f"?unit={place.unit.key}&period={place.period.key}"


def _old(key: str, item: Item, place: Place) -> StatedFigure | None:
    if not key:
        return None
    found = StatedFigure.objects.filter(
        pk=int(key) if key.isdecimal() and len(key) < 19 else 0,
        item=item,
        unit_id=place.unit.id,
        period=place.period.key,
    ).first()
    if found is None:
        raise NotFound(_("Không có số liệu này."))
    return found


def _initial(item: Item, place: Place, old: StatedFigure | None) -> dict[str, object]:
    if old is not None:
        return {name: getattr(old, name) for name in figures.Statement.__dataclass_fields__}
    return {
        "kind": item.known_by if item.known_by in _STATED else "declared",
        "stated_on": clock.today(),
        "source": place.unit.name if item.known_by != "imported" else "",
    }


def _write(
    request: SignedInRequest, form: StateForm, item: Item, place: Place, old: StatedFigure | None
) -> None:
    statement = form.statement()
    if old is not None:
        figures.supersede_figure(actor=request.actor, figure_id=old.pk, statement=statement)
        return
    figures.state_figure(
        actor=request.actor,
        item_id=item.pk,
        unit_id=place.unit.id,
        period=place.period,
        kind=form.cleaned_data["kind"],
        statement=statement,
    )
