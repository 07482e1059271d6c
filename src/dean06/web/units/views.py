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
from dean06.ui.tables import build
from dean06.ui.tables.response import XLSX_TYPE, wants_part
from dean06.ui.tree import Node
from dean06.web.units import lists
from dean06.web.units.page import unit_page

# The levels that people look through from above; what stands below them is shown on the unit's own page.
_UPPER = (
    Kind.PROVINCE,
    Kind.DEPARTMENT,
    Kind.CENTRAL_BODY,
    Kind.MASS_ORGANISATION,
    Kind.ENTERPRISE,
    Kind.DISTRICT,
    Kind.COMMUNE,
)


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
    """Units of a kind as at a date, a search, or the upper levels as a tree."""
    day = asked_day(request)
    text, kinds = _wanted(request)
    as_tree = request.GET.get("xem") == "cay" and not text
    context: dict[str, object] = {
        "day": day,
        "today": clock.today(),
        "text": text,
        "kind": kinds[0] if kinds else "",
        "kinds": Kind.choices,
        "as_tree": as_tree,
        "may_manage": may(request.actor, Action.MANAGE_UNITS),
        "may_export": may(request.actor, Action.EXPORT),
        "export_query": _export_query(text, kinds, day),
    }
    if as_tree:
        return render(request, "units/list.html", context | {"nodes": _nodes(day)})
    table = lists.table(lambda unit_id: unit_address(unit_id, day), searching=bool(text))
    state = build(request, table, lists.rows(text, kinds, day))
    state.may_export = False  # the page links the export that can be imported again
    if wants_part(request, state.dom_id):
        return render(request, "components/table_results.html", {"list": state})
    return render(request, "units/list.html", context | {"list": state})


def _nodes(day: date) -> list[Node]:
    """The upper levels as nested nodes."""
    tops: list[Node] = []
    line: list[tuple[int, list[Node]]] = [(-1, tops)]
    for entry in queries.tree(day, kinds=_UPPER):
        while line[-1][0] >= entry.depth:
            line.pop()
        below: list[Node] = []
        node = Node(
            entry.unit.name,
            unit_address(entry.unit.id, day),
            note=str(entry.children) if entry.children else "",
            open=entry.depth == 0,
            children=below,
        )
        line[-1][1].append(node)
        line.append((entry.depth, below))
    return tops


@require_safe
def unit_detail(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """One unit: what it is, where it stands, what became of it, what the plan asks of it."""
    asked = asked_day(request)
    page = unit_page(unit_id, asked, lambda other: unit_address(other, asked))
    context = {
        "page": page,
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
