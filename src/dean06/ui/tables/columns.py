"""What a list shows: columns, filters, and the words for an empty list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db.models import Q
from django.utils.functional import Promise

Row = TypeVar("Row")
Text = str | Promise


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column.

    `value`: an attribute path ("unit.name") or a function of the row; it returns the raw value (number,
    date, text, Badge, safe HTML), which is formatted for the page and exported as it is.
    `order`: ORM fields to sort a queryset by, "" when the column cannot be sorted; for a list of objects any
    non-empty text makes it sortable by value.
    `export`: what to write in a file instead of `value`; `in_export=False` leaves the column out of files,
    `in_page=False` out of the page. `rank`: what a list of objects is sorted by instead of `export`.
    `css`: "num" (right, tabular figures), "date" (one line), "main" (the name, heads the card on a phone).
    """

    key: str
    label: Text
    value: str | Callable[[Row], Any]
    order: str | tuple[str, ...] = ""
    css: str = ""
    link: Callable[[Row], str | None] | None = None
    export: Callable[[Row], Any] | None = None
    in_export: bool = True
    in_page: bool = True
    rank: Callable[[Row], Any] | None = None

    def raw(self, row: Row) -> Any:
        """The value of the row as the page takes it."""
        return self.value(row) if callable(self.value) else attrgetter(self.value)(row)

    def exported(self, row: Row) -> Any:
        """The value of the row as a file takes it."""
        return self.export(row) if self.export else self.raw(row)

    def ranked(self, row: Row) -> Any:
        """What the row is compared by when a list of objects is sorted; None stands last both ways."""
        return self.rank(row) if self.rank else self.exported(row)

    @property
    def order_fields(self) -> tuple[str, ...]:
        """The ORM fields to sort by; empty when the column cannot be sorted."""
        return (self.order,) if isinstance(self.order, str) and self.order else tuple(self.order or ())


@dataclass(frozen=True)
class Filter:
    """A choice above the list. `choices` are (value, label).

    `lookup`: an ORM field compared with the value, or a function value → Q. For lists of objects give
    `keep(row, value)`.
    """

    key: str
    label: Text
    choices: Sequence[tuple[str, Text]]
    lookup: str | Callable[[str], Q] = ""
    keep: Callable[[Any, str], bool] | None = None

    def condition(self, value: str) -> Q:
        """What a row of a queryset must fulfil when `value` is chosen."""
        return self.lookup(value) if callable(self.lookup) else Q(**{self.lookup: value})


@dataclass(frozen=True)
class Empty:
    """What an empty list says, and the next step it offers."""

    title: Text
    text: Text = ""
    action: Text = ""
    href: str = ""


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A list, declared once.

    `search_folded`: columns that already hold folded text (Unit.fold); `search_text`: plain text columns,
    folded in the query by vn_fold. `search` for lists of objects: row → text to look in. `found`: the rows
    come already searched by the list's `q`, only the box is shown.
    `default_order`: a column key, "-" before it for descending.
    `prefix` keeps the parameters of two lists on one page apart.
    """

    key: str
    caption: Text
    columns: Sequence[Column[Row]]
    empty: Empty
    filters: Sequence[Filter] = ()
    search_folded: Sequence[str] = ()
    search_text: Sequence[str] = ()
    search: Callable[[Row], str] | None = None
    search_label: Text = ""
    default_order: str = ""
    page_size: int = 25
    prefix: str = ""
    noun: Text = ""
    row_class: Callable[[Row], str] | None = None
    found: bool = False
    css: str = ""

    @property
    def searchable(self) -> bool:
        """True when the list has a search box."""
        return bool(self.found or self.search or self.search_folded or self.search_text)

    @property
    def shown(self) -> Sequence[Column[Row]]:
        """The columns of the page."""
        return [column for column in self.columns if column.in_page]

    def column(self, key: str) -> Column[Row] | None:
        """The column of this key, None when there is none."""
        return next((c for c in self.columns if c.key == key), None)
