"""One page of a list, ready for components/table.html."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from dean06.ui import formats
from dean06.ui.figures import Badge, Figure
from dean06.ui.marks import mark
from dean06.ui.tables.columns import Column, Filter, Table
from dean06.ui.tables.query import PAGE_SIZES, Asked


@dataclass(frozen=True, slots=True)
class Cell:
    content: str
    label: str
    href: str | None
    css: str


@dataclass(frozen=True, slots=True)
class Line:
    cells: Sequence[Cell]
    css: str


@dataclass(frozen=True, slots=True)
class Head:
    """`aria_sort` is "" when the column cannot be sorted, else none, ascending or descending."""

    key: str
    label: str
    css: str
    href: str
    aria_sort: str


@dataclass(frozen=True, slots=True)
class PageLink:
    label: str
    href: str  # "" for the gap between far pages
    current: bool


class ListState:
    """What the template reads. Every link carries the whole question (search, filters, order)."""

    def __init__(self, table: Table[Any], wish: Asked, page: Page[Any], params: QueryDict, path: str) -> None:
        self.table, self.wish, self.page = table, wish, page
        self._params, self._path = params, path
        self.may_export = True

    @property
    def dom_id(self) -> str:
        """The id of the list's element in the page."""
        return f"list-{self.table.key}"

    @property
    def total(self) -> int:
        """How many rows the search and the filters leave."""
        return self.page.paginator.count

    @property
    def narrowed(self) -> bool:
        """True when a search or filter hides rows: the empty text is then another one."""
        return bool(self.wish.query or self.wish.chosen)

    @property
    def summary(self) -> str:
        """ "26–50 trong 231 bộ phận"."""
        noun = str(self.table.noun or _("dòng"))
        if self.total == 0:
            return _("Không có %(noun)s nào") % {"noun": noun}
        span = f"{formats.number(self.page.start_index())}–{formats.number(self.page.end_index())}"
        return _("%(span)s trong %(total)s %(noun)s") % {
            "span": span,
            "total": formats.number(self.total),
            "noun": noun,
        }

    @property
    def print_note(self) -> str:
        """On paper: how many of the rows stand on it, and where the others are."""
        shown = formats.number(self.page.end_index() - self.page.start_index() + 1)
        total = formats.number(self.total)
        return _("In %(shown)s trong %(total)s dòng; tải XLSX để có đủ.") % {"shown": shown, "total": total}

    def url(self, **changes: str) -> str:
        """This list's address with some parameters changed; "" removes one."""
        params = self._params.copy()
        for name, value in changes.items():
            params.pop(self.table.prefix + name, None)
            if value:
                params[self.table.prefix + name] = value
        query = params.urlencode()
        return f"{self._path}?{query}" if query else self._path

    @property
    def clear_url(self) -> str:
        """This list without search and filters."""
        return self.url(q="", page="", **{f.key: "" for f in self.table.filters})

    @property
    def xlsx_url(self) -> str:
        """Every row of this selection as a spreadsheet."""
        return self.url(export="xlsx", page="")

    @property
    def csv_url(self) -> str:
        """Every row of this selection as text."""
        return self.url(export="csv", page="")

    @property
    def heads(self) -> list[Head]:
        """The headings, each with the link that sorts by it."""
        return [self._head(column) for column in self.table.shown]

    def _head(self, column: Column[Any]) -> Head:
        if not column.order_fields:
            return Head(column.key, str(column.label), column.css, "", "")
        up, down = self.wish.sort == column.key, self.wish.sort == f"-{column.key}"
        href = self.url(sort=f"-{column.key}" if up else column.key, page="")
        return Head(
            column.key,
            str(column.label),
            column.css,
            href,
            "ascending" if up else "descending" if down else "none",
        )

    @property
    def lines(self) -> list[Line]:
        """The rows of this page, ready to write."""
        css = self.table.row_class
        return [
            Line([self._cell(column, row) for column in self.table.shown], css(row) if css else "")
            for row in self.page.object_list
        ]

    def _cell(self, column: Column[Any], row: Any) -> Cell:
        href = column.link(row) if column.link else None
        return Cell(display(column.raw(row)), str(column.label), href, column.css)

    @property
    def filters(self) -> list[tuple[Filter, str]]:
        """The filters, each with the value chosen, "" for none."""
        return [(f, self.wish.chosen.get(f.key, "")) for f in self.table.filters]

    @property
    def kept_params(self) -> list[tuple[str, str]]:
        """Parameters of the page and of other lists that the search form must carry along."""
        prefix = self.table.prefix
        own = {prefix + name for name in ("q", "page", "sort", "size", "export")}
        own |= {prefix + f.key for f in self.table.filters}
        return [(name, value) for name, values in self._params.lists() if name not in own for value in values]

    @property
    def page_links(self) -> list[PageLink]:
        """Links to the pages, far ones left out."""
        links = []
        for number in self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1):
            gap = not isinstance(number, int)
            href = "" if gap else self.url(page=str(number) if number != 1 else "")
            links.append(PageLink(str(number), href, number == self.page.number))
        return links

    @property
    def previous_url(self) -> str:
        """The page before, "" on the first."""
        return self.url(page=str(self.page.number - 1)) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        """The page after, "" on the last."""
        return self.url(page=str(self.page.number + 1)) if self.page.has_next() else ""

    @property
    def size_links(self) -> list[PageLink]:
        """How many rows a page may hold; none to choose for a short list."""
        if self.total <= PAGE_SIZES[0]:
            return []
        return [PageLink(str(n), self.url(size=str(n), page=""), n == self.wish.size) for n in PAGE_SIZES]


def _figure(value: Figure) -> str:
    return render_to_string("components/figure_cell.html", {"figure": value})


def _yes_no(value: bool) -> str:
    return _("Có") if value else _("Không")


# The first matching type decides: bool before int, datetime before date.
_DISPLAYS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (str, lambda value: value or formats.NOTHING),
    (Badge, mark),
    (Figure, _figure),
    (bool, _yes_no),
    (int, formats.number),
    (float, formats.number),
    (Decimal, formats.number),
    (datetime, formats.moment),
    (date, formats.day),
    (type(None), lambda _value: formats.NOTHING),
)


def display(value: Any) -> str:
    """A raw value as the page writes it. Safe HTML passes; everything else is escaped by the template."""
    return next((show(value) for kind, show in _DISPLAYS if isinstance(value, kind)), None) or str(value)


def plain(value: Any) -> object:
    """A raw value as a file holds it: numbers and dates stay numbers and dates, marks become their text."""
    if isinstance(value, Badge):
        return value.label
    if isinstance(value, Figure):
        return value.percent if value.percent is not None else value.text
    if isinstance(value, bool):
        return _yes_no(value)
    if value is None or isinstance(value, int | float | Decimal | datetime | date):
        return value
    return str(value)
