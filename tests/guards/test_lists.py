"""Every list of every page has search, filter, order, pages and files; rows without them say why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from dean06.core.access.models import User
from tests.filled import Filled
from tests.guards.lists import EXCEPTIONS, OWN_FORM
from tests.guards.pages import Page
from tests.guards.routes import CASES, Case, Samples, find_samples

MOST_LOOSE = 10  # rows that a reader takes in at a glance
PAGE_SIZE = 25
ROLES = ("lanhdao", "chutri", "motcua")
MORE = (
    Case("web:search", "200", query="?q=xa"),
    Case("web:target", "200", ("P0-T1",), query="?level=commune"),
    Case("web:target", "200", ("P0-T1",), query="?view=tree"),
    Case("units:detail", "200", ("province",)),
    Case("guidance:list", "200", ("vat-pham",), query="?unit=1"),
)
_SHOWN = [
    case
    for case in (*CASES, *MORE)
    if not case.far and "export" not in case.query and not case.route.startswith("photos:")
]


@pytest.fixture(scope="module")
def samples(province: Filled) -> Samples:
    found = find_samples(province)
    top = province.value("select id from units_unit where kind = 'province' order by id limit 1")
    return Samples(near=found.near | {"province": top}, far=found.far)


def _client(role: str) -> Client:
    client = Client(headers={"accept-language": "vi"})
    client.force_login(User.objects.get(username=role))
    return client


def _pages(samples: Samples) -> Iterator[tuple[str, str, Client, Page]]:
    """(route, address, reader, page) of every page that shows something, once for each of some roles."""
    for role in ROLES:
        client = _client(role)
        for case in _SHOWN:
            if case.statuses[role] != 200:
                continue
            address = case.address(samples)
            answer = client.get(address)
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                yield case.route, address, client, Page(answer.content.decode())


@pytest.fixture(scope="module")
def pages(samples: Samples) -> list[tuple[str, str, Client, Page]]:
    return list(_pages(samples))


def test_every_list_has_all_five(pages: Any) -> None:
    lacking = set()
    seen = set()
    for route, _address, _reader, page in pages:
        for key, found in page.lists.items():
            if not found.rows:
                continue
            seen.add(key)
            has = {
                "search": found.search,
                "filter": bool(found.filters) or found.total <= MOST_LOOSE,
                "order": len(found.sorts) > 1,
                "pages": found.pages or found.total <= PAGE_SIZE,
                "files": len(found.files) == 2 or (key in OWN_FORM and len(page.files) >= 2),
            }
            lacking |= {(route, key, name) for name, given in has.items() if not given}
    assert sorted(lacking) == []
    assert {"ranking", "gaps", "evidence", "tasks", "hits", "units", "below", "points", "records"} <= seen
    assert {"videos", "shown", "lists"} <= seen


def test_rows_without_a_list_say_why(pages: Any) -> None:
    loose = {
        f"{route} {name}"
        for route, _address, _reader, page in pages
        for name, rows in page.loose
        if rows > MOST_LOOSE
    }
    assert sorted(loose - set(EXCEPTIONS)) == [], "make a list of dean06.ui.tables, or say why not"
    assert [key for key, reason in EXCEPTIONS.items() if len(reason.split()) < 4] == []


def test_every_file_holds_as_many_rows_as_its_list(pages: Any) -> None:
    checked = set()
    for route, address, client, page in pages:
        for key, found in page.lists.items():
            file = next((href for href in found.files if "csv" in href), "")
            if not file or (route, key) in checked:
                continue
            checked.add((route, key))
            answer = client.get(_full(address, file))
            rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
            assert len(rows) - 1 == found.total, (route, key)
    assert len(checked) > 10


def test_every_order_of_every_list_opens(pages: Any) -> None:
    seen = set()
    for route, address, client, page in pages:
        for key, found in page.lists.items():
            for href in found.sorts:
                if (route, key, href.rsplit("sort=", 1)[-1]) in seen:
                    continue
                seen.add((route, key, href.rsplit("sort=", 1)[-1]))
                assert client.get(_full(address, href)).status_code == 200, (route, key, href)
    assert len(seen) > 40


def _full(address: str, href: str) -> str:
    return address.partition("?")[0] + href if href.startswith("?") else href


def test_a_page_is_read_as_it_stands() -> None:
    """The control: a list that lacks everything and a loose run of rows are both seen."""
    page = Page(
        '<section class="list" id="list-x"><p class="list-count">1–2 trong 2 dòng</p>'
        "<table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table></section>"
        '<ul class="plain">' + "<li>c</li>" * 11 + "</ul><nav><ul><li>d</li></ul></nav>"
    )
    assert page.loose == [("plain", 11)]
    found = page.lists["x"]
    assert (found.rows, found.total, found.search, found.filters, found.sorts, found.files) == (
        2,
        2,
        False,
        0,
        [],
        [],
    )
