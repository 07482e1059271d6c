"""Pages of the tree of units. Reading is open to every signed-in user; the tree is public."""

from __future__ import annotations

from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import Invalid, Reason
from dean06.core.units import queries, sheet
from dean06.core.units.models import Kind
from dean06.ui.tables import build, list_alone
from dean06.ui.tables.response import XLSX_TYPE, wants_part
from dean06.ui.tree import Node
from dean06.web.units import lists
from dean06.web.units.branches import branches, upper_levels
from dean06.web.units.page import unit_page


def asked_day(request: HttpRequest) -> date:
    """The day in the address (30/06/2023 or 2023-06-30), else the business date. Raises Invalid."""
    text = request.GET.get("ngay", "").strip()
    if not text:
        return clock.today()
    day = DateField(input_formats=["%d/%m/%Y", "%Y-%m-%d"])
    try:
        return cast(date, day.clean(text))
    except ValidationError:
        message = _("“%(text)s” không phải một ngày; hãy viết dạng 05/09/2023") % {"text": text[:40]}
        raise Invalid([Reason(message, field=_("Tại ngày"))]) from None


def _address(day: date) -> str:
    return "" if day == clock.today() else f"?{urlencode({'ngay': day.isoformat()})}"


def unit_address(unit_id: int, day: date) -> str:
    """The page of a unit, as at the day."""
    return reverse("units:detail", args=[unit_id]) + _address(day)


def _wanted(request: HttpRequest) -> tuple[str, list[str]]:
    """The text looked for and the kinds kept; an unknown kind is dropped, none means all."""
    kind = request.GET.get("loai", "")
    return request.GET.get("tim", "").strip()[:200], [kind] if kind in Kind.values else []


def _export_query(text: str, kinds: list[str], day: date) -> str:
    """The question of the list, as the export takes it."""
    asked = {"ngay": day.isoformat(), "tim": text, "loai": "".join(kinds)}
    return urlencode({name: value for name, value in asked.items() if value})


@require_safe
def unit_list(request: SignedInRequest) -> HttpResponse:
    """Units of a kind as at a date, or a search, as a list or as the branches of the tree that hold them."""
    day = asked_day(request)
    text, kinds = _wanted(request)
    if request.GET.get("xem") == "cay":
        nodes = _nodes(text, kinds, day)
        return render(request, "units/list.html", _frame(request, day) | {"as_tree": True, "nodes": nodes})
    table = lists.table(lambda unit_id: unit_address(unit_id, day), searching=bool(text))
    # No file of its own: the page links the export that can be imported again.
    state = build(request, table, lists.rows(text, kinds, day), may_export=False)
    if wants_part(request, state.dom_id):
        return render(request, "components/table_results.html", {"list": state})
    return render(request, "units/list.html", _frame(request, day) | {"list": state})


def _frame(request: SignedInRequest, day: date) -> dict[str, object]:
    """What the list and the tree have in common: the question, and where else it can be asked."""
    text, kinds = _wanted(request)
    return {
        "day": day,
        "today": clock.today(),
        "text": text,
        "kind": kinds[0] if kinds else "",
        "kinds": Kind.choices,
        "sorting": [(name, value) for name in ("sort", "size") if (value := request.GET.get(name, ""))],
        "list_url": _elsewhere(request, ""),
        "tree_url": _elsewhere(request, "cay"),
        "may_manage": may(request.actor, Action.MANAGE_UNITS),
        "may_export": may(request.actor, Action.EXPORT),
        "export_query": _export_query(text, kinds, day),
    }


def _elsewhere(request: HttpRequest, view: str) -> str:
    """The same question, filters and order in the other view."""
    asked = request.GET.copy()
    for name in ("xem", "page"):
        asked.pop(name, None)
    if view:
        asked["xem"] = view
    return f"{request.path}?{asked.urlencode()}"


def _nodes(text: str, kinds: list[str], day: date) -> list[Node]:
    """The upper levels; for a search or a kind, the branches that lead to what the list would show."""

    def address(unit_id: int) -> str:
        return unit_address(unit_id, day)

    if not text and not kinds:
        return upper_levels(day, address)
    return branches(day, set(lists.row_ids(text, kinds, day)), address)


@require_safe
def unit_detail(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """One unit: what it is, where it stands, what became of it, what the plan asks of it."""
    asked = asked_day(request)
    page = unit_page(unit_id, asked, lambda other: unit_address(other, asked))
    table = lists.below_table(page.below, lambda other: unit_address(other, asked))
    may_export = may(request.actor, Action.EXPORT)
    name = f"truc-thuoc-{page.unit.key}-{page.day:%Y-%m-%d}"
    if answer := list_alone(request, table, page.below, name, may_export=may_export):
        return answer
    context = {
        "page": page,
        "below": build(request, table, page.below, may_export=may_export),
        "unit": page.unit,
        "asked": asked,
        "may_see": request.actor.is_wide or may(request.actor, Action.VIEW, unit_id=unit_id),
        "may_manage": may(request.actor, Action.MANAGE_UNITS, unit_id=unit_id),
    }
    return render(request, "units/detail.html", context)


@require_safe
def unit_export(request: SignedInRequest) -> HttpResponse:
    """The units that the list shows (of those, what is below `duoi`) as a sheet to import again."""
    require(request.actor, Action.EXPORT)
    day = asked_day(request)
    form = "csv" if request.GET.get("dang") == "csv" else "xlsx"
    top = request.GET.get("duoi", "")
    ids = set(lists.row_ids(*_wanted(request), day))
    if top.isdecimal() and len(top) < 10:
        ids.intersection_update(queries.descendant_ids(int(top), day))
    response = HttpResponse(
        sheet.export_units(form, day, ids),
        content_type=XLSX_TYPE if form == "xlsx" else "text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="don-vi-{day:%Y-%m-%d}.{form}"'
    return response
