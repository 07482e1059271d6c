"""The page of one target: what is asked, how it is measured, who has it, who has to do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.core.errors import NotFound
from dean06.plan import engine, queries
from dean06.plan.figures import pilot_of
from dean06.plan.models import Plan
from dean06.plan.periods import Period
from dean06.ui.tables import Table, build, list_alone, table_response
from dean06.ui.tables.query import asked
from dean06.ui.tables.response import wants_part
from dean06.web.plan import sheet as facts
from dean06.web.plan.behind import (
    EVIDENCE,
    GAPS,
    Proof,
    Source,
    all_rows,
    at_place,
    behind,
    gaps_to_fix,
    source_of,
    with_photos,
)
from dean06.web.plan.byunit import EVERY, RANKING, STATED, StatedUnit, levels, ranked, stated, with_cases
from dean06.web.plan.place import Place, place_of
from dean06.web.plan.remedies import may_remedy
from dean06.web.plan.settled import note_signers
from dean06.web.plan.sheet import Sheet, sheet_of

_FILES = {GAPS.key: "con-thieu", EVIDENCE.key: "bang-chung"}


@require_safe
def target(request: SignedInRequest, code: str) -> HttpResponse:
    """One item of the plan for a unit and a period; its lists also as files and parts."""
    plan = queries.current_plan()
    place = place_of(request, plan)
    sheet = sheet_of(plan, place, code)
    may_export = may(request.actor, Action.EXPORT)
    context: dict[str, object] = {}
    lists = _lists(request, place, sheet) if sheet.counted else []
    for table, source in lists:
        if answer := _list_alone(request, table, source, sheet.item.code, may_export):
            return answer
    listed = _by_unit(request, place, sheet)
    if listed:
        name = f"{listed.table.key}-{sheet.item.code}-{place.unit.key}-{place.period.key}"
        if answer := list_alone(request, listed.table, listed.rows, name, may_export=may_export):
            _note_signers(request, place, listed)
            return answer
        context["by_unit"] = build(request, listed.table, listed.rows, may_export=may_export)
        context |= {"hidden": listed.hidden, "every_url": place.url(**{"r-state": EVERY, "r-page": ""})}
    for table, source in lists:
        context[table.key] = state = behind(request, table, source)
        state.may_export = may_export
    beside = facts.beside(sheet, place)
    _note_signers(request, place, listed, beside)
    context |= _context(request, plan, place, sheet) | {"beside": beside}
    return render(request, "plan/target.html", context)


def _lists(request: SignedInRequest, place: Place, sheet: Sheet) -> list[tuple[Table[Proof], Source]]:
    may_record = place.is_running and may_remedy(request.actor, place.unit.id)
    missing = gaps_to_fix() if may_record else GAPS
    return [
        (at_place(missing, place), source_of(sheet.code, place, met=False)),
        (at_place(with_photos(EVIDENCE, sheet.code), place), source_of(sheet.code, place, met=True)),
    ]


@dataclass(frozen=True, slots=True)
class _ByUnit:
    table: Table[Any]
    rows: Sequence[Any]
    hidden: int = 0  # units without a case


def _by_unit(request: SignedInRequest, place: Place, sheet: Sheet) -> _ByUnit | None:
    """The list of the units below: ranked where records count, with their documents where units state.

    None when the figures stand in a tree, and when no unit below stated anything.
    """
    if sheet.counted:
        tree = request.GET.get(facts.VIEW) == "tree"
        return None if tree else _ByUnit(RANKING, *with_cases(ranked(sheet, place), place))
    below = stated(sheet, place)
    return _ByUnit(STATED, below) if below else None


def _note_signers(
    request: SignedInRequest, place: Place, listed: _ByUnit | None, beside: Sequence[facts.Beside] = ()
) -> None:
    """Write down whose names the answer shows: officials who signed for a figure."""
    signers = [row.signer for row in listed.rows if isinstance(row, StatedUnit)] if listed else []
    signers += [one.statement.signer for one in beside]
    note_signers(request.actor, place.unit.id, "web:target", signers)


def _list_alone(
    request: SignedInRequest, table: Table[Proof], source: Source, item: str, may_export: bool
) -> HttpResponse | None:
    """The file, or the part that htmx asks for; None when the whole page is wanted."""
    if asked(request.GET, table).export:
        name = f"{_FILES[table.key]}-{item}-{source.period.key}"
        return table_response(request, table, all_rows(request, table, source), name, may_export=may_export)
    if not wants_part(request, f"list-{table.key}"):
        return None
    state = behind(request, table, source)
    state.may_export = may_export
    return render(request, "components/table_results.html", {"list": state})


def _context(request: SignedInRequest, plan: Plan, place: Place, sheet: Sheet) -> dict[str, object]:
    context: dict[str, object] = {
        "plan": plan,
        "place": place,
        "sheet": sheet,
        "today": clock.today(),
        "may_state": may(
            request.actor, Action.STATE_FIGURE, unit_id=place.unit.id, pilot=pilot_of(sheet.item)
        ),
        "may_decide": may(request.actor, Action.MANAGE_PLAN),
    }
    if not sheet.counted:
        return context
    tree = request.GET.get(facts.VIEW) == "tree"
    context |= {
        "levels": levels(place),
        "nodes": facts.tree_of(sheet, place) if tree else None,
        "ranked_url": place.url(view=""),
        "tree_url": place.url(view="tree"),
        "history": facts.history(sheet, place),
        "explained": _explained(request.GET.get("explain", ""), sheet, place),
    }
    return context


def _explained(key: str, sheet: Sheet, place: Place) -> dict[str, object] | None:
    """The closed period `key` counted anew, with the rows that differ. Raises NotFound when it is open."""
    if not key:
        return None
    period = Period.parse(key)
    if not engine.is_frozen(sheet.code, period):
        raise NotFound(_("Kỳ %(key)s chưa chốt số liệu.") % {"key": key})
    return {"key": key, "result": engine.explain(sheet.code, period, place.unit.id)}
