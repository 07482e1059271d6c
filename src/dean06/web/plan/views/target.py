"""The page of one target: what is asked, how it is measured, who has it, who has to do what."""

from __future__ import annotations

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
from dean06.ui.tables import Table, table_response
from dean06.ui.tables.query import asked
from dean06.ui.tables.response import wants_part
from dean06.web.plan import sheet as facts
from dean06.web.plan.behind import EVIDENCE, GAPS, Proof, Source, all_rows, behind, gaps_to_fix
from dean06.web.plan.place import Place, place_of
from dean06.web.plan.remedies import may_remedy
from dean06.web.plan.sheet import Sheet, sheet_of


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
        answer = _list_alone(request, table, source, may_export)
        if answer is not None:
            return answer
    for table, source in lists:
        context[table.key] = state = behind(request, table, source)
        state.may_export = may_export
    return render(request, "plan/target.html", context | _context(request, plan, place, sheet))


def _lists(request: SignedInRequest, place: Place, sheet: Sheet) -> list[tuple[Table[Proof], Source]]:
    unit_id = place.unit.id
    may_record = place.is_running and may_remedy(request.actor, unit_id)
    return [
        (gaps_to_fix() if may_record else GAPS, Source(sheet.code, place.period, unit_id, met=False)),
        (EVIDENCE, Source(sheet.code, place.period, unit_id, met=True)),
    ]


def _list_alone(
    request: SignedInRequest, table: Table[Proof], source: Source, may_export: bool
) -> HttpResponse | None:
    """The file, or the part that htmx asks for; None when the whole page is wanted."""
    if asked(request.GET, table).export:
        name = f"{table.key}-{source.code}-{source.period.key}"
        return table_response(request, table, all_rows(source), name, may_export=may_export)
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
        "beside": facts.beside(sheet, place),
        "below": facts.stated_below(sheet, place),
        "may_state": may(
            request.actor, Action.STATE_FIGURE, unit_id=place.unit.id, pilot=pilot_of(sheet.item)
        ),
    }
    if not sheet.counted:
        return context
    tree = request.GET.get(facts.VIEW) == "tree"
    context |= {
        "ranking": None if tree else facts.ranking(sheet, place),
        "nodes": facts.tree_of(sheet, place) if tree else None,
        "ranked_url": place.url(view=""),
        "tree_url": place.url(view="tree", level=""),
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
