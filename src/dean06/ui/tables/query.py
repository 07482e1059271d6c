"""From the address of a list to the rows it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from dean06.core.units.models import Folded
from dean06.ui.tables.columns import Table
from vnid.text import fold, sort_key

PAGE_SIZES = (25, 50, 100)
MAX_WORDS = 8
_LAST_PAGE = 1_000_000

Rows = QuerySet[Any, Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for; unknown columns, sizes and choices are dropped, never an error."""

    query: str
    sort: str  # column key, "-" first for descending, "" for the list's own order
    page: int
    size: int
    chosen: dict[str, str]
    export: str


def asked(params: QueryDict, table: Table[Any]) -> Asked:
    """Read the parameters of this list (with its prefix) from the address."""

    def get(name: str) -> str:
        return params.get(table.prefix + name, "").strip()

    sort = get("sort") or table.default_order
    column = table.column(sort.removeprefix("-"))
    size = get("size")
    chosen = {f.key: get(f.key) for f in table.filters}
    allowed = {f.key: {str(value) for value, _label in f.choices} for f in table.filters}
    return Asked(
        query=get("q")[:200],
        sort=sort if column and column.order_fields else "",
        page=_page(get("page")),
        size=int(size) if size in {str(one) for one in PAGE_SIZES} else table.page_size,
        chosen={key: value for key, value in chosen.items() if value and value in allowed[key]},
        export=get("export") if get("export") in {"xlsx", "csv"} else "",
    )


def _page(text: str) -> int:
    """The page asked for; a number beyond all sense stays small enough for the database to count to."""
    return min(int(text[:8]), _LAST_PAGE) if text.isdecimal() else 1


def select(rows: Rows, table: Table[Any], wish: Asked) -> Rows:
    """Search, filter and sort."""
    if isinstance(rows, QuerySet):
        return _order_queryset(_filter_queryset(rows, table, wish), table, wish.sort)
    return _order_list(_filter_list(rows, table, wish), table, wish.sort)


def _words(query: str) -> list[str]:
    return fold(query).split()[:MAX_WORDS]


def _filter_queryset(rows: QuerySet[Any, Any], table: Table[Any], wish: Asked) -> QuerySet[Any, Any]:
    words = _words(wish.query)
    if words:
        names = {f"_fold_{i}": Folded(F(path)) for i, path in enumerate(table.search_text)}
        rows = rows.alias(**names)
        for word in words:  # every word must be found somewhere in the row
            found = Q()
            for path in (*table.search_folded, *names):
                found |= Q(**{f"{path}__contains": word})
            rows = rows.filter(found)
    for choice in table.filters:
        if choice.key in wish.chosen:
            rows = rows.filter(choice.condition(wish.chosen[choice.key]))
    return rows


def _order_queryset(rows: QuerySet[Any, Any], table: Table[Any], sort: str) -> QuerySet[Any, Any]:
    column = table.column(sort.removeprefix("-"))
    if column is None:
        return rows if rows.ordered else rows.order_by("pk")
    down = sort.startswith("-")
    fields = [
        F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True)
        for name in column.order_fields
    ]
    return rows.order_by(*fields, "pk")  # the key last: paging must not show a row twice


def _filter_list(rows: Iterable[Any], table: Table[Any], wish: Asked) -> list[Any]:
    kept = list(rows)
    words = _words(wish.query)
    if words and table.search:
        look = table.search
        kept = [row for row in kept if all(word in fold(look(row)) for word in words)]
    for choice in table.filters:
        keep, value = choice.keep, wish.chosen.get(choice.key)
        if keep and value:
            kept = [row for row in kept if keep(row, value)]
    return kept


def _order_list(rows: list[Any], table: Table[Any], sort: str) -> list[Any]:
    column = table.column(sort.removeprefix("-"))
    if column is None:
        return rows
    known = [row for row in rows if column.ranked(row) is not None]
    unknown = [row for row in rows if column.ranked(row) is None]

    def key(row: Any) -> Any:
        value = column.ranked(row)
        return sort_key(value) if isinstance(value, str) else value

    return sorted(known, key=key, reverse=sort.startswith("-")) + unknown
