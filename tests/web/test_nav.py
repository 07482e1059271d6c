"""The navigation: each reader's rooms, and a mark on the one he stands in."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.core.access.visitors import freshen
from tests.pilots.guidance.world import World
from tests.web.account.test_users import world

__all__ = ["world"]
_LINK = re.compile(r'<li( class="nav-wide")?><a href="([^"]+)"( aria-current="page")?>')


def links(world: World, name: str, address: str) -> dict[str, bool]:
    """The addresses in the navigation of a page, and whether each is marked as current."""
    client = world.client(name)
    freshen(client, world.users[name])
    answer = client.get(address)
    assert answer.status_code == 200
    bar = unescape(answer.content.decode()).partition('<nav class="mainnav"')[2].partition("</nav>")[0]
    return {url: bool(current) for _wide, url, current in _LINK.findall(bar)}


@pytest.mark.parametrize(
    ("name", "route", "entry"),
    [
        ("officer", "people:list", "people:home"),
        ("officer", "people:retention", "people:home"),
        ("desk", "people:home", "people:home"),
        ("admin", "access:users", "access:users"),
        ("admin", "access:invite", "access:users"),
        ("admin", "access:review", "access:users"),
        ("admin", "audit:list", "audit:list"),
        ("auditor", "audit:list", "audit:list"),
        ("admin", "operations:state", "operations:state"),
        ("officer", "units:list", "units:list"),
    ],
)
def test_the_room_a_reader_stands_in_is_marked(world: World, name: str, route: str, entry: str) -> None:
    found = links(world, name, reverse(route))
    assert [url for url, current in found.items() if current] == [reverse(entry)]


def test_one_account_stands_in_the_room_of_accounts(world: World) -> None:
    page = reverse("access:user", args=[world.users["officer"].pk])
    assert links(world, "admin", page)[reverse("access:users")]


def test_a_page_of_ones_own_account_marks_no_room(world: World) -> None:
    assert not any(links(world, "officer", reverse("account_sessions")).values())


def test_only_rooms_that_open_are_offered(world: World) -> None:
    found = {name: set(links(world, name, reverse("units:list"))) for name in ("desk", "auditor", "admin")}
    log, users = reverse("audit:list"), reverse("access:users")
    assert [(log in found[name], users in found[name]) for name in found] == [
        (False, False),
        (True, False),
        (True, True),
    ]
