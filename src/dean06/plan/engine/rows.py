"""The rows behind a figure: gaps (who has to do what) and evidence (what proves it)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dean06.core.access.scope import wide
from dean06.plan.engine import registry
from dean06.plan.engine.definition import Window
from dean06.plan.engine.fragment import fetch, frozen_rows, rows, visible_units
from dean06.plan.engine.models import IndicatorRun
from dean06.plan.engine.queries import tree_of
from dean06.plan.periods import Period

Sort = Literal["unit", "label", "label_down", "parent", "parent_down", "newest", "oldest"]
_ORDER: dict[Sort, str] = {
    "unit": 'u.sort_key, u.id, vn_sort_key(r.label) collate "C", r.subject',
    "label": 'vn_sort_key(r.label) collate "C", r.subject, u.id',
    "label_down": 'vn_sort_key(r.label) collate "C" desc, r.subject desc, u.id desc',
    "parent": "above.sort_key nulls last, u.sort_key, u.id, r.subject",
    "parent_down": "above.sort_key desc nulls last, u.sort_key desc, u.id desc, r.subject desc",
    "newest": "r.at desc nulls last, u.sort_key, r.subject, u.id",
    "oldest": "r.at nulls last, u.sort_key, r.subject, u.id",
}
_PAGE = """
with r as ({rows}), tree as ({tree})
select count(*) over (), u.id, u.key, u.name, r.subject, r.label, r.met, r.at
from r join tree t on t.descendant_id = r.unit_id and t.ancestor_id = %(unit)s
join units_unit u on u.id = r.unit_id
left join tree up on up.descendant_id = u.id and up.depth = 1
left join units_unit above on above.id = up.ancestor_id
where (%(seen)s::int[] is null or u.id = any (%(seen)s::int[]))
  and r.met is not distinct from coalesce(%(met)s::bool, r.met)
  and (%(search)s = '' or position(vn_fold(%(search)s) in vn_fold(r.label)) > 0
       or position(vn_fold(%(search)s) in u.fold) > 0
       or position(vn_fold(%(search)s) in above.fold) > 0)
order by {order} limit %(limit)s offset %(offset)s
"""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row of an indicator: what should be true, whether it is, and the page of the record."""

    unit_id: int
    unit_key: str
    unit_name: str
    subject: str
    label: str
    met: bool
    at: datetime | None
    evidence_url: str


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of rows; `total` counts all pages. `frozen`: rows kept when the period was closed."""

    total: int
    page: int
    per_page: int
    frozen: bool
    rows: tuple[EvidenceRow, ...]

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.per_page))


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows, in which order. `search` looks, folded, in the label and the names of the unit and
    the one above it.

    `sort`: by unit, by the unit above it (parent), by label, by day; names in Vietnamese order.
    """

    met: bool | None = None
    search: str = ""
    sort: Sort = "unit"
    page: int = 1
    per_page: int | None = 50  # None: all rows on one page (exports)


def gaps(
    code: str,
    period: Period,
    unit_id: int,
    *,
    search: str = "",
    sort: Sort = "unit",
    page: int = 1,
    per_page: int | None = 50,
) -> RowPage:
    """The rows of the unit's subtree that are not met: what remains to be done."""
    return find_rows(code, period, unit_id, RowFilter(False, search, sort, page, per_page))


def evidence(
    code: str,
    period: Period,
    unit_id: int,
    *,
    search: str = "",
    sort: Sort = "unit",
    page: int = 1,
    per_page: int | None = 50,
) -> RowPage:
    """The rows of the unit's subtree that are met, each with the page of the record that proves it."""
    return find_rows(code, period, unit_id, RowFilter(True, search, sort, page, per_page))


def find_rows(code: str, period: Period, unit_id: int, wanted: RowFilter) -> RowPage:
    """Rows of a unit's subtree: live for an open period, as kept for a frozen one; only units in scope.

    What a row says may rest on records of other units (the course of an officer lent to a desk), so rows are
    made from every record, as figures are; the reader then gets those of the units he may see. A page beyond
    the last is empty and still tells the total. Raises NotFound for an unknown code.
    """
    seen = visible_units()
    if seen is None:
        return _page(code, period, unit_id, wanted, seen)
    with wide("rows rest on the same records as their figure; only those of visible units are returned"):
        return _page(code, period, unit_id, wanted, seen)


def _page(code: str, period: Period, unit_id: int, wanted: RowFilter, seen: list[int] | None) -> RowPage:
    indicator = registry.get(code)
    frozen = IndicatorRun.objects.filter(indicator=code, period=period.key, frozen_at__isnull=False).exists()
    source = frozen_rows(code, period.key) if frozen else rows(indicator, Window.of(period))
    tree = tree_of(period, frozen=frozen)
    page = max(1, wanted.page)
    sql = _PAGE.format(rows=source.sql, tree=tree.sql, order=_ORDER[wanted.sort])
    params = source.params | tree.params | {"unit": unit_id, "met": wanted.met, "seen": seen}
    params |= {"search": wanted.search.strip(), "limit": wanted.per_page}
    found = fetch(sql, params, {"offset": (page - 1) * (wanted.per_page or 0)})
    total = found[0][0] if found else 0
    if not found and page > 1:
        first = fetch(sql, params, {"offset": 0})
        total = first[0][0] if first else 0
    lines = tuple(EvidenceRow(*[*row[1:], indicator.evidence_url(row[4])]) for row in found)
    return RowPage(total, page, wanted.per_page or max(1, total), frozen, lines)
