"""A list as an answer to a request: whole page, part of a page, or file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import Denied
from dean06.core.sheets import write_csv, write_xlsx
from dean06.ui.tables.columns import Table
from dean06.ui.tables.query import Asked, Rows, asked, select
from dean06.ui.tables.state import ListState, plain

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def build(request: HttpRequest, table: Table[Any], rows: Rows, *, may_export: bool = True) -> ListState:
    """The page of the list that the address asks for, for `{% list_table state %}`.

    A page number past the end shows the last page.
    """
    wish = asked(request.GET, table)
    page = Paginator(select(rows, table, wish), wish.size).get_page(wish.page)
    state = ListState(table, wish, page, request.GET, request.path)
    state.may_export = may_export
    return state


def table_response(
    request: HttpRequest,
    table: Table[Any],
    rows: Rows,
    filename: str,
    *,
    template: str = "components/list_page.html",
    context: Mapping[str, Any] | None = None,
    may_export: bool = True,
    on_export: Callable[[int], None] | None = None,
) -> HttpResponse:
    """Answer with the file when `?export=xlsx|csv`, the swapped part for htmx, else the page `template`.

    The template gets `list` and `context`. A file holds every row of the same selection the page shows, so
    it can hold nothing the reader could not see. `on_export(row_count)` is called before the file is sent:
    record the reading of personal data there. Raises Denied when `may_export` is false and a file is asked.
    """
    if alone := list_alone(request, table, rows, filename, may_export=may_export, on_export=on_export):
        return alone
    state = build(request, table, rows, may_export=may_export)
    return render(request, template, {**(context or {}), "list": state})


def list_alone(
    request: HttpRequest,
    table: Table[Any],
    rows: Rows,
    filename: str,
    *,
    may_export: bool = True,
    on_export: Callable[[int], None] | None = None,
) -> HttpResponse | None:
    """One list of a page that has more: its file or its swapped part, None when the whole page is asked.

    Raises Denied as `table_response` does.
    """
    wish = asked(request.GET, table)
    if wish.export:
        if not may_export:
            raise Denied(_("Tài khoản này không được xuất danh sách."))
        return _file(table, select(rows, table, wish), wish, filename, on_export)
    if not wants_part(request, f"list-{table.key}"):
        return None
    state = build(request, table, rows, may_export=may_export)
    return render(request, "components/table_results.html", {"list": state})


def wants_part(request: HttpRequest, dom_id: str) -> bool:
    """True when htmx asks for the element `dom_id`-results alone (not when it restores a page)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and "HX-History-Restore-Request" not in headers
        and headers.get("HX-Target", "").endswith(f"#{dom_id}-results")
    )


def _file(
    table: Table[Any], rows: Rows, wish: Asked, filename: str, on_export: Callable[[int], None] | None
) -> HttpResponse:
    columns = [column for column in table.columns if column.in_export]
    lines = [[plain(column.exported(row)) for column in columns] for row in _each(rows)]
    if on_export:
        on_export(len(lines))
    headers = [str(column.label) for column in columns]
    if wish.export == "csv":
        response = HttpResponse(write_csv(headers, lines), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(write_xlsx(headers, lines, title=str(table.caption)), content_type=XLSX_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{named(filename)}.{wish.export}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def named(filename: str) -> str:
    """The name a file goes out under; what a demo made up says so."""
    return f"mo-phong-{filename}" if clock.shift() else filename


def _each(rows: Rows) -> Iterator[Any]:
    return rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else iter(rows)
