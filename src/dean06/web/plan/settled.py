"""What was settled about an item, as the pages that settle it show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dean06.core import usage
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, may
from dean06.core.errors import NotFound
from dean06.core.units import queries as units
from dean06.core.units.facts import UnitFact
from dean06.core.units.models import UPPER_KINDS, Kind
from dean06.plan import standing
from dean06.plan.models import AdoptedTarget, Item, Plan
from dean06.ui import formats
from dean06.ui.language import localized
from dean06.web.plan.lines import items_with_codes
from dean06.web.plan.place import Place
from dean06.web.plan.readings import ReadingFact, decided_text

SIGNERS = "plan.signer"  # the purpose under which a look at the names of signers is written down


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units of one kind, for a chooser."""

    label: str
    units: Sequence[UnitFact]


def item_of(plan: Plan, place: Place, code: str) -> Item:
    """The item with the goal that holds for the unit. Raises NotFound."""
    item = items_with_codes(plan, place.unit.id).defer(None).filter(code=code).first()
    if item is None:
        raise NotFound(_("Kế hoạch không có mục “%(code)s”.") % {"code": code})
    return item


def units_to_set(actor: Actor, place: Place, pilot: str) -> list[UnitGroup]:
    """The units whose goals the actor may set, by kind; with the unit of the page, of whatever kind."""
    tops = [top for top in actor.unit_ids if may(actor, Action.STATE_FIGURE, unit_id=top, pilot=pilot)]
    on = place.period.cutoff
    inside = {place.unit.id}.union(*(units.descendant_ids(top, on, UPPER_KINDS) for top in tops))
    wanted = [*UPPER_KINDS, *({place.unit.kind} - set(UPPER_KINDS))]
    by_kind: dict[Kind, list[UnitFact]] = {}
    for unit in units.units_of_kind(wanted, on):
        if unit.id in inside:
            by_kind.setdefault(unit.kind, []).append(unit)
    return [UnitGroup(str(kind.label), by_kind[kind]) for kind in wanted if kind in by_kind]


def _share(goal: Decimal) -> str:
    """A goal as it was set, with its two decimals: 62,25 %."""
    return f"{formats.number(goal)}{formats.NBSP}%"


def goals(item: Item, adopted: AdoptedTarget | None) -> list[tuple[str, object]]:
    """The plan's goal beside the unit's own, and which of them holds."""
    of_plan = item.goal_text or (_share(item.goal) if item.goal is not None else "")
    own = _("Chưa ban hành")
    if adopted is not None:
        own = f"{_share(adopted.goal)} ({adopted.document}, {formats.day(adopted.decided_on)})"
    holds = adopted.goal if adopted is not None else item.goal
    return [
        (
            _("Kế hoạch bắt buộc") if item.binding == Item.Binding.BINDING else _("Kế hoạch gợi ý"),
            of_plan or _("Kế hoạch không ghi con số"),
        ),
        (_("Đơn vị ban hành"), own),
        (_("Đang áp dụng"), _share(holds) if holds is not None else _("Không ghi mục tiêu")),
    ]


def goal_events(item: Item, unit_id: int) -> list[Mapping[str, Any]]:
    """The goals that the unit adopted and withdrew, for a timeline."""
    return [
        {
            "at": step.at,
            "title": _("Rút mục tiêu %(goal)s") % {"goal": _share(step.goal)}
            if step.withdrawn
            else _share(step.goal),
            "text": f"{step.document}, {formats.day(step.decided_on)}",
            "icon": "ban" if step.withdrawn else "target",
        }
        for step in standing.past_goals(item, unit_id)
    ]


def decision_events(item: Item, readings: Sequence[ReadingFact]) -> list[Mapping[str, Any]]:
    """The readings that were chosen, for a timeline; what the files said has the day of its document."""
    texts = {one.code: one.text for one in readings}
    return [
        {
            "at": step.at or step.decided_on,
            "title": texts.get(step.reading, step.reading),
            "text": decided_text(step.decided_by, step.document, step.decided_on),
            "who": "" if step.at else _("theo tệp kế hoạch"),
            "icon": "check" if step.at else "file-text",
        }
        for step in standing.past_decisions(item)
    ]


def effect(readings: Sequence[ReadingFact], wanted: ReadingFact, place: Place) -> str:
    """What choosing a reading does to the figure of the page, as the question before it is recorded."""
    now = next((one for one in readings if one.chosen), None)
    if now is None or now.code == wanted.code or not (now.figure and wanted.figure):
        return _("Cách đọc này áp dụng cho toàn tỉnh, cả các kỳ đã chốt. Ghi quyết định?")
    return _(
        "Kết quả của %(unit)s đổi từ %(now)s thành %(then)s; áp dụng cho toàn tỉnh, cả các kỳ đã chốt. "
        "Ghi quyết định?"
    ) % {"unit": localized(place.unit), "now": now.figure.text, "then": wanted.figure.text}


def note_signers(actor: Actor, unit_id: int, route: str, signers: Sequence[str]) -> None:
    """Write down, in the request's transaction, that the page about to be sent names who signed."""
    people = len(set(signers))
    if people:
        usage.record_read(actor=actor, purpose=SIGNERS, unit_id=unit_id, subjects=people, route=route)
