"""What the plan leaves open is settled by a document: which reading holds, which goal a unit adopts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Invalid, NotFound
from dean06.plan import actions, queries, standing
from dean06.plan.figures import pilot_of
from dean06.plan.models import Item
from dean06.web.plan import settled
from dean06.web.plan.forms import AdoptForm, DecideForm, DocumentForm, refuse
from dean06.web.plan.lines import label_of
from dean06.web.plan.place import Place, place_of
from dean06.web.plan.readings import readings_of


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, code: str) -> HttpResponse:
    """Which reading of an ambiguous item counts, with the value that each gives for the unit and period."""
    require(request.actor, Action.MANAGE_PLAN)
    plan = queries.current_plan()
    place = place_of(request, plan)
    item = settled.item_of(plan, place, code)
    readings, _looked_at = readings_of(item, place)
    chosen = standing.chosen_reading(item)
    if not item.readings.exists():
        raise NotFound(_("Mục %(code)s chỉ có một cách đọc.") % {"code": item.code})
    initial = {"seen": standing.mark_of(chosen), "reading": chosen.code if chosen else ""}
    same = [one.code for one in queries.same_readings(item)]
    form = DecideForm((one.code for one in readings), same, request.POST or None, initial=initial)

    def write() -> None:
        actions.decide_reading(actor=request.actor, item_id=item.pk, **form.cleaned_data)

    status = _settle(request, form, write)
    if status == 302:
        messages.success(request, _("Đã ghi cách đọc được chọn; số liệu hiển thị theo cách đọc này."))
        return redirect(_target(item, place))
    context = _context(item, place, form, status) | {
        "readings": [(one, settled.effect(readings, one, place)) for one in readings],
        "events": settled.decision_events(item, readings),
        "picked": form["reading"].value(),
    }
    return render(request, "plan/decide.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: SignedInRequest, code: str) -> HttpResponse:
    """The goal of the unit's own plan, beside the plan's."""
    plan = queries.current_plan()
    place = place_of(request, plan)
    item = settled.item_of(plan, place, code)
    require(request.actor, Action.STATE_FIGURE, unit_id=place.unit.id, pilot=pilot_of(item))
    if item.known_by == Item.KnownBy.NONE:
        raise NotFound(_("Mục %(code)s không phải nội dung đo, không có mục tiêu.") % {"code": item.code})
    adopted = standing.adopted_target(item, place.unit.id)
    form = AdoptForm(request.POST or None, initial={"seen": standing.mark_of(adopted)})

    def write() -> None:
        actions.adopt_target(actor=request.actor, item_id=item.pk, unit_id=place.unit.id, **form.cleaned_data)

    status = _settle(request, form, write)
    if status == 302:
        messages.success(request, _("Đã ghi mục tiêu của đơn vị; số liệu được so với mục tiêu này."))
        return redirect(_target(item, place))
    context = _context(item, place, form, status) | _goal_context(request, item, place)
    return render(request, "plan/adopt.html", context, status=status)


def _goal_context(request: SignedInRequest, item: Item, place: Place) -> dict[str, object]:
    adopted = standing.adopted_target(item, place.unit.id)
    return {
        "adopted": adopted,
        "groups": settled.units_to_set(request.actor, place, pilot_of(item)),
        "goals": settled.goals(item, adopted),
        "events": settled.goal_events(item, place.unit.id),
        "standing": standing.mark_of(adopted),
    }


@require_POST
def withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    """Take the unit's own goal back; what was seen is in the button's form."""
    plan = queries.current_plan()
    place = place_of(request, plan)
    item = queries.item(plan, code)
    actions.withdraw_target(
        actor=request.actor, item_id=item.pk, unit_id=place.unit.id, seen=request.POST.get("seen", "")
    )
    if item.goal is None:
        messages.success(request, _("Đã rút mục tiêu của đơn vị; kế hoạch không ghi mục tiêu cho mục này."))
    else:
        messages.success(request, _("Đã rút mục tiêu của đơn vị; mục tiêu của kế hoạch lại được áp dụng."))
    return redirect(_target(item, place))


def _settle(request: SignedInRequest, form: DocumentForm, write: Callable[[], None]) -> int:
    """The status of the answer: 302 written, 409 somebody was faster, 422 refused, 200 nothing asked."""
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 422
    try:
        write()
    except Invalid as error:
        refuse(form, error)
        return 422
    except Conflict as error:
        form.add_error(None, error.message)
        # Whoever has now seen what stands may write over it: the page shows it, the form carries its mark.
        form.data = data = request.POST.copy()
        data["seen"] = form.initial["seen"]
        return 409
    return 302


def _context(item: Item, place: Place, form: DocumentForm, status: int) -> dict[str, object]:
    return {
        "item": item,
        "label": label_of(item),
        "place": place,
        "form": form,
        "conflict": status == 409,
        "back": _target(item, place),
    }


def _target(item: Item, place: Place) -> str:
    return f"{reverse('web:target', args=[item.code])}?unit={place.unit.key}&period={place.period.key}"
