"""Every route has a kind for the rate limits, and the limits answer as they should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from dean06.config.rates import KINDS, kind_of_route
from dean06.core import limits
from dean06.core.limits import ADDRESS, PERSON, Kind, Limit
from dean06.ui.rates import kind_of
from tests.pilots.guidance.conftest import media, world
from tests.pilots.guidance.world import World

__all__ = ["media", "world"]


def names(patterns: list[Any] | None = None, space: str = "") -> Iterator[str]:
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            yield f"{space}{each.name}"


@pytest.fixture
def limited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits in force, three requests of each kind for a person, nine for an address."""
    settings.RATE_LIMITS = True
    monkeypatch.setattr(limits, "PERSON", dict.fromkeys(PERSON, Limit(3, 0.01)))
    monkeypatch.setattr(limits, "ADDRESS", dict.fromkeys(ADDRESS, Limit(9, 0.01)))


def test_every_route_has_a_kind() -> None:
    routes = set(names())
    unknown = sorted(name for name in routes if kind_of_route(name) is None)
    assert unknown == [], "say in src/dean06/config/rates.py what a request there costs"
    assert sorted(set(KINDS) - routes) == []


def test_control_a_new_route_is_noticed() -> None:
    assert kind_of_route("guidance:new_page") is None


def test_every_kind_has_its_limits() -> None:
    assert set(PERSON) == set(ADDRESS) == set(Kind) - {Kind.FREE}
    for kind, limit in PERSON.items():
        assert 0 < limit.burst < ADDRESS[kind].burst
        assert 0 < limit.per_second < ADDRESS[kind].per_second


def test_only_supervisors_ask_freely() -> None:
    assert {name for name, kind in KINDS.items() if kind is Kind.FREE} <= {"health", "ready", "metrics"}


def test_what_a_request_does_decides_its_kind() -> None:
    ask = RequestFactory()
    sheet = {"sheet": SimpleUploadedFile("a.csv", b"1")}
    assert kind_of(ask.get("/p0/")) is Kind.PAGE
    assert kind_of(ask.get("/p0/?export=csv")) is Kind.EXPORT
    assert kind_of(ask.get("/p0/nhap/vat-pham?mau=1")) is Kind.EXPORT
    assert kind_of(ask.get("/p0/nhap/vat-pham")) is Kind.PAGE
    assert kind_of(ask.post("/p0/nhap/vat-pham", sheet)) is Kind.UPLOAD
    assert kind_of(ask.generic("POST", "/p0/diem/1/ghi/vat-pham", b"a=1")) is Kind.WRITE
    assert kind_of(ask.get("/dang-nhap")) is Kind.PAGE
    assert kind_of(ask.post("/dang-nhap")) is Kind.SIGN_IN
    assert kind_of(ask.get("/khong-co")) is Kind.PAGE
    assert kind_of(ask.get("/p0/can-bo/1?export=1")) is Kind.PERSONAL


def test_too_many_requests_are_told_in_vietnamese_with_the_time_to_wait(world: World, limited: None) -> None:
    client = world.client("officer")
    assert [client.get("/tim-kiem").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get("/tim-kiem")
    assert 90 < int(answer.headers["Retry-After"]) <= 100
    assert f"thử lại sau {answer.headers['Retry-After']} giây" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/p0/").status_code == 200  # another kind
    assert world.client("head").get("/tim-kiem").status_code == 200  # somebody else at the same address


def test_guessing_passwords_from_one_address_ends(world: World, limited: None) -> None:
    client = Client(raise_request_exception=False)
    got = [client.post("/dang-nhap", {"username": f"n{n}", "password": "x"}).status_code for n in range(10)]
    assert got[-1] == 429
    assert set(got[:-1]) == {200}
    elsewhere = client.post("/dang-nhap", {"username": "n", "password": "x"}, REMOTE_ADDR="203.0.113.7")
    assert elsewhere.status_code == 200


def test_a_forged_forwarding_header_gives_no_new_bucket(world: World, limited: None, settings: Any) -> None:
    settings.PROXIES = 0
    client = Client(raise_request_exception=False)
    for n in range(12):
        answer = client.post("/dang-nhap", {"username": "x"}, headers={"x-forwarded-for": f"203.0.113.{n}"})
    assert answer.status_code == 429
    settings.PROXIES = 1
    for n in range(12):
        chain = f"198.51.100.{n}, 203.0.113.1"  # the last entry is the proxy's own
        answer = client.post("/dang-nhap", {"username": "x"}, headers={"x-forwarded-for": chain})
    assert answer.status_code == 429


def test_a_refused_post_does_nothing(world: World, limited: None) -> None:
    client = world.client("officer")
    path = f"/p0/diem/{world.desk.pk}/ghi/vat-pham"
    given = {"kind": "poster", "title": "x", "hung_on": "2023-12-01"}
    assert [client.post(path, given).status_code for _ in range(4)][-1] == 429


def test_health_is_asked_as_often_as_a_supervisor_likes(world: World, limited: None) -> None:
    assert {Client().get("/health").status_code for _ in range(12)} == {200}
