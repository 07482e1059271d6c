"""Counting a closed period again: the identical figure, or the rows that differ and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dean06.core import clock
from dean06.core.errors import NotFound
from dean06.plan.engine import registry
from dean06.plan.engine.definition import Indicator, Window
from dean06.plan.engine.figure import Figure
from dean06.plan.engine.fragment import IN_SCOPE, fetch, frozen_rows, frozen_tree, live_tree, rows
from dean06.plan.engine.models import IndicatorRun
from dean06.plan.periods import Period


class Why(TextChoices):
    """Why a row of a closed period counts differently today."""

    RECORD = "record", gettext_lazy("Bản ghi thay đổi sau khi chốt số liệu")
    DEFINITION = "definition", gettext_lazy("Cách tính của chỉ số đã đổi phiên bản")
    TREE = "tree", gettext_lazy("Cây đơn vị tại ngày chốt đã được sửa")


class Was(StrEnum):
    """How a row counted."""

    MET = "met"
    NOT_MET = "not_met"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that counted differently when the period was frozen."""

    unit_id: int
    unit_name: str
    subject: str
    label: str
    then: Was
    now: Was
    why: Why


@dataclass(frozen=True, slots=True)
class Explanation:
    """The frozen figure and the figure counted anew, with the rows that make the difference."""

    then: Figure
    now: Figure
    differences: tuple[Difference, ...]

    @property
    def identical(self) -> bool:
        """True when every row counts as it did."""
        return not self.differences


# Equal rows of one subject are told apart by a running number, so that doubles are compared one by one.
_NUMBERED = """
  select r.unit_id, r.subject, r.label, r.met,
         row_number() over (partition by r.unit_id, r.subject order by r.met desc) as n
  from ({rows}) as r join {tree} t on t.descendant_id = r.unit_id
  where {scope}
"""
_COMPARE = """
with tree_then as (select descendant_id from ({tree_then}) as t where {top}),
tree_now as (select descendant_id from ({tree_now}) as t where {top}),
before as materialized ({before}),
after as materialized ({after})
select null, null, null, null, null,
       (select count(*) filter (where met) from before)::int, (select count(*) from before)::int,
       (select count(*) filter (where met) from after)::int, (select count(*) from after)::int
union all
select unit_id, subject, coalesce(b.label, a.label),
       case when b.n is null then 'absent' when b.met then 'met' else 'not_met' end,
       case when a.n is null then 'absent' when a.met then 'met' else 'not_met' end,
       (b.n is not null and not exists (select from tree_now x where x.descendant_id = unit_id))::int,
       (a.n is not null and not exists (select from tree_then x where x.descendant_id = unit_id))::int,
       null, null
from before b full join after a using (unit_id, subject, n)
where b.met is distinct from a.met
"""


def explain(code: str, period: Period, unit_id: int | None = None) -> Explanation:
    """Count a frozen period anew and compare row by row, for a unit's subtree (or every unit in scope).

    Raises NotFound for an unknown code and for a period that is not frozen.
    """
    indicator = registry.get(code)
    run = IndicatorRun.objects.filter(indicator=code, period=period.key, frozen_at__isnull=False).first()
    if run is None:
        raise NotFound(_("Kỳ %(period)s của chỉ số %(code)s chưa chốt.") % {"period": period, "code": code})
    counts, found = _compared(indicator, period, unit_id)
    changed = indicator.version != run.definition_version
    names = _names({row[0] for row in found})
    differences = [_difference(row, names, changed) for row in found]
    then = Figure.counted(*counts[:2], at=run.computed_at, version=run.definition_version, frozen=True)
    now = Figure.counted(*counts[2:], at=clock.now(), version=indicator.version)
    return Explanation(then, now, tuple(sorted(differences, key=lambda one: (one.unit_name, one.subject))))


def _compared(
    indicator: Indicator, period: Period, unit_id: int | None
) -> tuple[list[int], list[tuple[Any, ...]]]:
    """Numerator and denominator then and now, and a row of `_COMPARE` for each difference."""
    then, live = frozen_rows(indicator.code, period.key), rows(indicator, Window.of(period))
    tree_then, tree_now = frozen_tree(period.key), live_tree(period.cutoff)
    scope = IN_SCOPE.format(column="r.unit_id")
    sql = _COMPARE.format(
        tree_then=tree_then.sql,
        tree_now=tree_now.sql,
        top="t.depth = 0" if unit_id is None else "t.ancestor_id = %(engine_top)s",
        before=_NUMBERED.format(rows=then.sql, tree="tree_then", scope=scope),
        after=_NUMBERED.format(rows=live.sql, tree="tree_now", scope=scope),
    )
    top = {"engine_top": unit_id}
    counts, *found = fetch(sql, then.params, live.params, tree_then.params, tree_now.params, top)
    return list(counts[5:]), found


def _difference(row: tuple[Any, ...], names: dict[int, str], changed: bool) -> Difference:
    unit_id, subject, label, then, now, *_ = row
    return Difference(
        unit_id, names.get(unit_id, ""), subject, label, Was(then), Was(now), _why(row, changed)
    )


def _why(row: tuple[object, ...], definition_changed: bool) -> Why:
    if row[5] or row[6]:
        return Why.TREE
    return Why.DEFINITION if definition_changed else Why.RECORD


def _names(unit_ids: set[int]) -> dict[int, str]:
    from dean06.core.units.models import Unit

    return dict(Unit.objects.filter(id__in=unit_ids).values_list("id", "name"))
