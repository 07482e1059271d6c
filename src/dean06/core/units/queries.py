"""Every read of the tree of units, as at a date. `on` is the business date when not given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import NotFound
from dean06.core.units.facts import ORDER, VALID, UnitFact, fact, facts, select_facts
from dean06.core.units.history import HistoryEvent, HistoryKind, history
from dean06.core.units.models import Code, Kind, Unit
from dean06.core.units.search import UnitHit, search
from dean06.core.units.succession import (
    Heir,
    SuccessionFact,
    heirs,
    heirs_of,
    predecessors,
    successors,
)

__all__ = [
    "Heir",
    "HistoryEvent",
    "HistoryKind",
    "SuccessionFact",
    "TreeNode",
    "UnitFact",
    "UnitHit",
    "ancestors",
    "children",
    "descendant_ids",
    "fact",
    "facts",
    "heirs",
    "heirs_of",
    "history",
    "holder",
    "last_day",
    "predecessors",
    "resolve",
    "search",
    "successors",
    "tree",
    "units_of_kind",
]


# Our own code of an agency comes before the national one, and that before any other.
_SCHEMES = Case(
    When(scheme="dean06", then=Value(0)),
    When(scheme="gso", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A unit in depth-first order; `depth` counts from the top that was asked for."""

    unit: UnitFact
    depth: int
    children: int


def resolve(code_or_key: str, on: date | None = None) -> Unit:
    """The unit that a key or code ("so-mau", "00123", "gso:00123") names.

    With `on`: the unit must exist on that day, and a code has its meaning of that day. Without: a code has
    its meaning of today, or else its latest; ended units are found too. Raises NotFound with the reason.
    """
    text = code_or_key.strip()
    by_key = Unit.objects.filter(key=text).first()
    unit = by_key if by_key is not None else _by_code(text, on)
    if unit is None:
        raise NotFound(_unnamed(text, on))
    if on is not None and not _exists(unit, on):
        raise NotFound(_not_on(unit, on))
    return unit


def holder(code_or_key: str, on: date | None = None) -> Unit:
    """As `resolve`; when what the code named had ended by `on`, the unit that bore it last before.

    Raises NotFound when nothing bore the code by that day.
    """
    text = code_or_key.strip()
    if on is None:
        return resolve(text)
    unit = Unit.objects.filter(key=text).first() or _by_code(text, on) or _last_bearer(text, on)
    if unit is None or (unit.valid_from is not None and unit.valid_from > on):
        return resolve(text, on)
    return unit


def _bearers(text: str) -> QuerySet[Code]:
    """The codes written so, perhaps under a scheme ("gso:00123")."""
    scheme, _colon, rest = text.partition(":")
    wanted = Q(scheme=scheme, code=rest) if rest else Q(code=text)
    return Code.objects.filter(wanted).select_related("unit")


def _by_code(text: str, on: date | None) -> Unit | None:
    day = on or clock.today()
    current = (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    )
    first = Case(When(current, then=Value(0)), default=Value(1), output_field=IntegerField())
    codes = _bearers(text) if on is None else _bearers(text).filter(current)
    found = codes.order_by(first, _SCHEMES, "-valid_from", "id").first()
    return found.unit if found else None


def _last_bearer(text: str, on: date) -> Unit | None:
    """The unit whose code ended last by the day."""
    found = _bearers(text).filter(valid_to__lte=on).order_by("-valid_to", _SCHEMES, "id").first()
    return found.unit if found else None


def _unnamed(text: str, on: date | None) -> str:
    """Why a code names no unit on a day: what it named last, and what became of that."""
    if on is None or _by_code(text, None) is None:
        return _("Không có đơn vị nào mang mã “%(code)s”.") % {"code": text}
    values = {"code": text, "day": f"{on:%d/%m/%Y}"}
    last = _last_bearer(text, on)
    if last is None:
        return _("Mã “%(code)s” không chỉ đơn vị nào vào ngày %(day)s.") % values
    values |= {"name": last.name, "key": last.key}
    before = _("Mã “%(code)s” không chỉ đơn vị nào vào ngày %(day)s; trước đó chỉ “%(name)s” (%(key)s).")
    return before % values + _heirs_text(last, on)


def _heirs_text(unit: Unit, on: date) -> str:
    names = [f"“{heir.unit.name}”" for heir in heirs(unit.id, on)]
    return f" {_('Đơn vị kế thừa')}: {', '.join(names)}." if names else ""


def _exists(unit: Unit, day: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= day) and (
        unit.valid_to is None or day < unit.valid_to
    )


def _not_on(unit: Unit, on: date) -> str:
    values = {"name": unit.name, "key": unit.key, "day": f"{on:%d/%m/%Y}"}
    if unit.valid_to is not None and unit.valid_to <= on:
        values["end"] = f"{unit.valid_to:%d/%m/%Y}"
        text = _("Đơn vị “%(name)s” (%(key)s) không còn vào ngày %(day)s: kết thúc từ ngày %(end)s.")
        return text % values + _heirs_text(unit, on)
    values["start"] = f"{unit.valid_from:%d/%m/%Y}"
    return _("Đơn vị “%(name)s” (%(key)s) chưa có vào ngày %(day)s: bắt đầu từ ngày %(start)s.") % values


def last_day(unit: Unit | UnitFact, on: date | None = None) -> date:
    """The day to describe a unit at: `on`, or its last (first) day when it ended before (began after)."""
    day = on or clock.today()
    if unit.valid_to is not None and unit.valid_to <= day:
        return unit.valid_to - timedelta(days=1)
    if unit.valid_from is not None and unit.valid_from > day:
        return unit.valid_from
    return day


def units_of_kind(kinds: Iterable[str], on: date | None = None) -> list[UnitFact]:
    """The units of these kinds that exist on the day, in Vietnamese order; no kinds means all."""
    params = {"on": on or clock.today(), "kinds": sorted(kinds)}
    condition = "and u.kind = any(%(kinds)s)" if params["kinds"] else ""
    return select_facts(f"where {VALID} {condition} {ORDER}", params)


def children(unit_id: int, on: date | None = None) -> list[UnitFact]:
    """The units directly below, in Vietnamese order."""
    join = (
        "join units_closure c on c.descendant_id = u.id and c.ancestor_id = %(id)s and c.depth = 1 "
        "and daterange(c.valid_from, c.valid_to) @> %(on)s::date"
    )
    return select_facts(f"{join} {ORDER}", {"on": on or clock.today(), "id": unit_id})


def ancestors(unit_id: int, on: date | None = None) -> list[UnitFact]:
    """The units above, the top first, without the unit itself."""
    join = (
        "join units_closure c on c.ancestor_id = u.id and c.descendant_id = %(id)s and c.depth > 0 "
        "and daterange(c.valid_from, c.valid_to) @> %(on)s::date"
    )
    return select_facts(f"{join} order by c.depth desc", {"on": on or clock.today(), "id": unit_id})


def descendant_ids(unit_id: int, on: date | None = None, kinds: Sequence[str] = ()) -> list[int]:
    """Ids of the unit and all below it on the day, perhaps of some kinds only; ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.descendant_id from units_closure c join units_unit u on u.id = c.descendant_id "
            "where c.ancestor_id = %s and daterange(c.valid_from, c.valid_to) @> %s::date "
            "and (cardinality(%s::text[]) = 0 or u.kind = any(%s::text[])) order by 1",
            [unit_id, on or clock.today(), list(kinds), list(kinds)],
        )
        return [row[0] for row in cursor.fetchall()]


def tree(on: date | None = None, *, root_id: int | None = None, kinds: Sequence[Kind] = ()) -> list[TreeNode]:
    """The tree of a day, depth first, siblings in Vietnamese order; `kinds` keeps only units of these kinds.

    Without `root_id`, every unit that has no (kept) parent on the day is a top.
    """
    day = on or clock.today()
    kept = select_facts(f"where {VALID} {ORDER}", {"on": day})
    if root_id is not None:
        inside = set(descendant_ids(root_id, day))
        kept = [unit for unit in kept if unit.id in inside]
    if kinds:
        kept = [unit for unit in kept if unit.kind in kinds]
    known = {unit.id for unit in kept}
    below: dict[int | None, list[UnitFact]] = {}
    for unit in kept:
        top = unit.id == root_id or unit.parent_id not in known
        below.setdefault(None if top else unit.parent_id, []).append(unit)
    nodes: list[TreeNode] = []
    waiting = [(unit, 0) for unit in reversed(below.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        inner = below.get(unit.id, [])
        nodes.append(TreeNode(unit, depth, len(inner)))
        waiting.extend((child, depth + 1) for child in reversed(inner))
    return nodes
