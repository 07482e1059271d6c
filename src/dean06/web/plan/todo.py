"""What a unit must do: its own part of the plan, what is missing below it, what it has not stated yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.units.facts import facts
from dean06.core.units.models import Kind
from dean06.plan import engine
from dean06.plan.engine import EvidenceRow, RowFilter
from dean06.plan.models import ItemUnit, PartyRole, Plan, Registration
from dean06.plan.queries import DUTY_KINDS
from dean06.web.plan.lines import Line, Status, lines_of
from dean06.web.plan.overview import Tile, due_tile, pilot_name
from dean06.web.plan.place import Place
from dean06.web.plan.remedies import Remedy, missing_at, remedies

#: Units small enough that each missing thing is named on the page, not only counted.
NAMED_KINDS = frozenset({Kind.ONE_STOP_DESK, Kind.POLICE_POST, Kind.COMMUNE})
#: Of these each thing missing also says why: a few queries an indicator.
POINT_KINDS = frozenset({Kind.ONE_STOP_DESK, Kind.POLICE_POST})
NAMED_ROWS = 10


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to put right, with the forms that do it."""

    label: str
    place: str
    url: str
    remedies: Sequence[Remedy]
    lacks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing for one target in the unit's subtree; `named` only for small units."""

    line: Line
    count: int
    named: Sequence[Missing]


@dataclass(frozen=True, slots=True)
class Task:
    """An item of the plan that concerns the unit, in which role."""

    line: Line
    responsible: bool
    duty: bool

    def late(self, today: date) -> bool:
        """True when the unit answers for it, its deadline has passed and the goal is not reached."""
        due = self.line.item.deadline
        return self.responsible and due is not None and due < today and not self.line.figure.met

    @property
    def role_text(self) -> str:
        """The unit's role in words."""
        return _("Chịu trách nhiệm") if self.responsible else _("Phối hợp")


@dataclass(frozen=True, slots=True)
class Todo:
    tiles: Sequence[Tile]
    gaps: Sequence[Gap]
    unstated: Sequence[Line]
    tasks: Sequence[Task]
    pilots: Sequence[tuple[str, str]]
    parent_name: str  # whose part of the plan is shown, when the plan does not name the unit itself
    today: date


def todo(plan: Plan, place: Place, *, may_record: bool) -> Todo:
    """Everything the page of duties shows for a unit and a period."""
    lines = lines_of(plan, place.unit.id, place.period, place.first)
    roles, parent_name = _roles(plan, place)
    tasks = [
        Task(line, roles[line.item.pk] == PartyRole.RESPONSIBLE, line.item.kind in DUTY_KINDS)
        for line in lines
        if line.item.pk in roles and line.status != Status.CONTEXT
    ]
    tasks.sort(key=lambda task: (not task.responsible, task.line.item.deadline is None, task.line.quiet))
    gaps = _gaps(lines, place, may_record=may_record)
    unstated = [] if parent_name else [task.line for task in tasks if _unstated(task)]
    return Todo(
        tiles=_tiles(gaps, unstated, tasks, place),
        gaps=gaps,
        unstated=unstated,
        tasks=tasks,
        pilots=_pilots(plan, place),
        parent_name=parent_name,
        today=clock.today(),
    )


def _roles(plan: Plan, place: Place) -> tuple[dict[int, str], str]:
    """Item → role of the unit; of the unit above it when the plan does not name the unit (desks, posts)."""
    unit = place.unit
    rows = ItemUnit.objects.filter(item__plan=plan, unit_id__in=[unit.id, unit.parent_id or 0])
    found: dict[int, dict[int, str]] = {}
    for unit_id, item_id, role in rows.values_list("unit_id", "item_id", "role").order_by("role"):
        roles = found.setdefault(unit_id, {})
        if roles.get(item_id) != PartyRole.RESPONSIBLE:
            roles[item_id] = role
    if unit.id in found or unit.parent_id not in found:
        return found.get(unit.id, {}), ""
    return found[unit.parent_id], unit.parent_name


def _unstated(task: Task) -> bool:
    line = task.line
    stated = line.item.known_by in {"imported", "declared"} and not line.item.planned
    return task.responsible and stated and line.status == Status.MISSING


def _gaps(lines: Sequence[Line], place: Place, *, may_record: bool) -> list[Gap]:
    """Gaps by indicator (targets that share one appear once), named one by one for small units."""
    by_code: dict[str, Line] = {}
    for line in lines:
        if line.code and line.gaps:
            by_code.setdefault(line.code, line)
    if place.unit.kind not in NAMED_KINDS:
        return [Gap(line, line.gaps, ()) for line in by_code.values()]
    pages = {
        code: engine.find_rows(code, place.period, place.unit.id, RowFilter(met=False, per_page=NAMED_ROWS))
        for code in by_code
    }
    named = _named(pages, place, may_record=may_record)
    return [Gap(by_code[code], page.total, named[code]) for code, page in pages.items() if page.total]


def _named(pages: dict[str, engine.RowPage], place: Place, *, may_record: bool) -> dict[str, list[Missing]]:
    one_point = place.unit.kind in POINT_KINDS
    known = facts((row.unit_id for page in pages.values() for row in page.rows), place.period.cutoff)

    def missing(code: str, row: EvidenceRow) -> Missing:
        unit = known.get(row.unit_id)
        forms = remedies(code, row.unit_id, unit.kind) if unit and may_record else []
        itself = row.label == row.unit_name
        why = missing_at(code, row.unit_id, place.period.cutoff) if itself and one_point else []
        return Missing(row.label, "" if itself else row.unit_name, row.evidence_url, forms, why)

    return {code: [missing(code, row) for row in page.rows] for code, page in pages.items()}


def _tiles(gaps: Sequence[Gap], unstated: Sequence[Line], tasks: Sequence[Task], place: Place) -> list[Tile]:
    today = clock.today()
    late = [task for task in tasks if task.late(today)]
    own = [task for task in tasks if task.responsible]
    return [
        Tile(_("Còn phải ghi nhận"), str(sum(gap.count for gap in gaps)), _("đối tượng chưa đạt"), "#gaps"),
        Tile(_("Chưa khai số liệu"), str(len(unstated)), _("trong kỳ này"), "#unstated"),
        Tile(_("Chịu trách nhiệm"), str(len(own)), _("chỉ tiêu, nhiệm vụ"), _only(place, role="responsible")),
        Tile(
            _("Phối hợp"),
            str(len(tasks) - len(own)),
            _("chỉ tiêu, nhiệm vụ"),
            _only(place, role="cooperating"),
        ),
        Tile(
            _("Quá hạn"),
            str(len(late)),
            _("mục có ghi hạn"),
            _only(place, status="late"),
            "bad" if late else "",
        ),
        due_tile(place.running, today),
    ]


def _only(place: Place, **chosen: str) -> str:
    """The list of tasks narrowed to a choice."""
    every = dict.fromkeys(("role", "status", "pilot", "kind", "known", "q", "page"), "")
    return place.url(**(every | chosen)) + "#tasks"


def _pilots(plan: Plan, place: Place) -> list[tuple[str, str]]:
    rows = (
        Registration.objects.filter(plan=plan, unit_id=place.unit.id)
        .select_related("pilot")
        .order_by("pilot__order")
    )
    return [(row.pilot.code, pilot_name(row.pilot)) for row in rows]
