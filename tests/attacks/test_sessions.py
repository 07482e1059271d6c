"""Sessions: nobody keeps, plants or outlives one; nobody is sent elsewhere after sign-in."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.utils.crypto import get_random_string

from dean06.core.access.models import Grant
from dean06.core.access.scope import wide
from tests.core.access.visitors import let_in_with_a_password_alone
from tests.pilots.guidance.world import World

ELSEWHERE = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
)


def signed_in(world: World, *, to: str = "") -> Client:
    """Somebody who signed in through the form, with a session planted beforehand."""
    let_in_with_a_password_alone()
    user = world.users["officer"]
    secret = get_random_string(20)
    user.set_password(secret)
    user.save()
    client = Client(headers={"accept-language": "vi"})
    client.cookies["sessionid"] = "planted0planted0planted0planted0"
    answer = client.post("/dang-nhap", {"username": "officer", "password": secret, "next": to})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert "evil" not in answer.headers["Location"]
    return client


def test_a_planted_session_is_not_the_one_signed_in(world: World) -> None:
    cookie = signed_in(world).cookies["sessionid"]
    assert cookie.value != "planted0planted0planted0planted0"
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("to", ELSEWHERE)
def test_sign_in_and_language_lead_nowhere_else(world: World, to: str) -> None:
    client = signed_in(world, to=to)
    answer = client.post(
        "/ngon-ngu", {"language": "en", "next": to}, headers={"referer": "https://evil.example/"}
    )
    assert answer.headers["Location"] == "/"


def test_the_cookie_of_a_signed_out_session_opens_nothing(world: World) -> None:
    client = signed_in(world)
    kept = client.cookies["sessionid"].value
    assert client.get("/p0/").status_code == 200
    client.post("/dang-xuat")
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert thief.get("/p0/").headers["Location"].startswith("/dang-nhap")


def test_a_deactivated_account_is_out_at_its_next_request(world: World) -> None:
    client = signed_in(world)
    user = world.users["officer"]
    user.is_active = False
    user.save()
    assert client.get("/p0/").headers["Location"].startswith("/dang-nhap")


def test_a_changed_password_ends_the_session(world: World) -> None:
    client = signed_in(world)
    user = world.users["officer"]
    user.set_password(get_random_string(20))
    user.save()
    assert client.get("/p0/").headers["Location"].startswith("/dang-nhap")


def test_an_expired_grant_takes_effect_at_the_next_request(world: World) -> None:
    client = signed_in(world)
    assert client.get("/p0/").status_code == 200
    with transaction.atomic(), wide("test"):
        Grant.objects.filter(user=world.users["officer"]).update(valid_to=date(2023, 12, 10))
    assert client.get("/p0/").status_code == 403


def test_a_post_without_the_token_writes_nothing(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["officer"])
    given = {"kind": "poster", "title": "x", "hung_on": "2023-12-01"}
    assert client.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", given).status_code == 403
