"""Rows that stand on a page without search, filter, order, pages and files, and why each may.

A key is "route class": the name of the address, and the first class of the `ul`, `ol` or `table` of the rows.
A new list needs no line here: it is made with `dean06.ui.tables`, which gives it all five.
"""

from __future__ import annotations

from typing import Final

#: Lists whose form and files stand on the page itself; the component draws the rest.
OWN_FORM: Final = {
    "units": "the file is the sheet that can be imported again, linked in the head of the page",
}

EXCEPTIONS: Final[dict[str, str]] = {
    "web:plan table": "the plan itself, grouped by pilot, foldable; searched, filtered, sorted and exported"
    " by the page; paging would cut a pilot in two and the print with it (docs/architecture.md)",
    "web:target ul": "the tree of figures: the rows of the ranked list, nested; it is one click away",
    "account_sessions table": "where one person is signed in now: a handful, each ended by its own button",
    "units:list ul": "the tree of units: what the list holds, nested; the list is one click away",
    "units:detail ranked": "an extract of the first page for this unit, linked under it, which has all five",
}
