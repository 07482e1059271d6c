"""Every address of the program, as every role: sign-in, CSRF, statuses, no dead link, no personal number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.exceptions import Resolver404

from dean06.core.access.models import User
from tests.core.access.visitors import freshen
from tests.filled import Filled
from tests.guards.routes import (
    CASES,
    CHANGED_BY_POST_ONLY,
    MACHINES,
    OPEN,
    ROLES,
    Case,
    Samples,
    find_samples,
)

_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{9}|\d{12})(?!\d)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADDRESS = re.compile(r"""\s(?:href|src|action|hx-get|hx-post)=["']([^"']*)["']""")
_POSTED = ("web:logout", "web:set_language", "mfa_login_webauthn")  # forms whose answer is no page
_CRAWLERS = ("lanhdao", "thutruong", "motcua", "quantri")


def _routes(
    patterns: list[URLPattern | URLResolver], space: str = "", path: str = ""
) -> Iterator[tuple[str, str]]:
    """(name with namespaces, pattern) of every address."""
    for each in patterns:
        here = path + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from _routes(each.url_patterns, inner, here)
        else:
            assert each.name, f"the address {here} has no name"
            yield f"{space}{each.name}", here


ROUTES = dict(_routes(get_resolver().url_patterns))


@pytest.fixture(scope="module")
def samples(province: Filled) -> Samples:
    return find_samples(province)


@pytest.fixture(autouse=True)
def _photos(province: Filled, settings: Any) -> None:
    settings.MEDIA_ROOT = province.data_dir / "media"
    settings.RATE_LIMITS = False  # every address is asked many times over; the limits have tests of their own
    province.rows("delete from procrastinate_workers")  # a worker of another test may have been here


def _client(role: str | None, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
    if role:
        user = User.objects.get(username=role)
        client.force_login(user)
        freshen(client, user)
    return client


def test_every_address_stands_in_the_table() -> None:
    missing = sorted(set(ROUTES) - {case.route for case in CASES})
    assert missing == [], "say in tests/guards/routes.py what each role gets there"
    assert sorted({case.route for case in CASES} - set(ROUTES)) == []
    assert sorted(set(OPEN) - set(ROUTES)) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_visitor_gets_nothing_without_signing_in(case: Case, samples: Samples) -> None:
    answer = _client(None).get(case.address(samples))
    if case.route in OPEN:
        assert answer.status_code in {200, 302, 503}, OPEN[case.route]
        assert "/dang-nhap?next=" not in answer.headers.get("Location", "")
    elif case.route in MACHINES:
        assert answer.status_code == 401, MACHINES[case.route]
    else:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("web:login") + "?next=/")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_role_gets_what_the_table_says(case: Case, samples: Samples) -> None:
    address = case.address(samples)
    got = {role: _client(role).get(address).status_code for role in ROLES}
    assert got == case.statuses


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_post_is_taken_without_a_token(case: Case, samples: Samples) -> None:
    answer = _client("chutri", csrf=True).post(case.address(samples), {"reason": "x", "version": "1"})
    if case.route in MACHINES:  # no cookie opens them, so no page of a stranger can use one
        assert answer.status_code == 401
        return
    assert answer.status_code == 403
    assert "Trang này đã cũ" in answer.content.decode()


@pytest.mark.parametrize("route", CHANGED_BY_POST_ONLY)
def test_reading_never_changes_anything(route: str, samples: Samples) -> None:
    case = next(case for case in CASES if case.route == route)
    assert _client("chutri").get(case.address(samples)).status_code == 405


@pytest.mark.parametrize("role", _CRAWLERS)
def test_every_link_a_role_sees_opens(role: str, samples: Samples) -> None:
    """One link of each shape: the same address pattern with the same question counts once."""
    client = _client(role)
    pages = [case.address(samples) for case in CASES if case.statuses[role] == 200]
    seen: set[tuple[str, ...]] = set()
    dead = []
    for page in dict.fromkeys(pages):
        for link in _links(client, page):
            shape = _shape(link)
            if shape in seen:
                continue
            seen.add(shape)
            status = client.get(link).status_code if shape else 404
            if status != 200 and not (status == 405 and shape[0] in CHANGED_BY_POST_ONLY):
                dead.append((page, link, status))
    assert dead == []
    assert len(seen) > 20


def test_no_address_holds_a_personal_number(samples: Samples) -> None:
    assert [path for path in ROUTES.values() if _PERSONAL_NUMBER.search(path)] == []
    client = _client("thutruong")
    found = [
        (case.route, link)
        for case in CASES
        if case.statuses["thutruong"] == 200
        for link in _links(client, case.address(samples), ours=False)
        if _PERSONAL_NUMBER.search(_UUID.sub("", link))
    ]
    assert found == []


def _links(client: Client, page: str, *, ours: bool = True) -> list[str]:
    """The addresses in a page; `ours`: without static files and forms that change something."""
    answer = client.get(page)
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    base = urlsplit(page).path
    found = [unescape(each) for each in _ADDRESS.findall(answer.content.decode())]
    full = [base + each if each.startswith("?") else each for each in found]
    if not ours:
        return full
    kept = [each for each in full if each.startswith("/") and not each.startswith(settings.STATIC_URL)]
    return [each for each in kept if urlsplit(each).path not in {reverse(name) for name in _POSTED}]


def _shape(link: str) -> tuple[str, ...]:
    parts = urlsplit(link)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return ()
    slug = str(match.kwargs.get("slug", ""))
    return (match.view_name, slug, *sorted({key for key, _value in parse_qsl(parts.query)}))
