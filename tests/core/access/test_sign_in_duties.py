"""What a role asks for holds from the next request on: a second factor, the shorter time without work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from dean06.core.access import grants
from dean06.core.access.actor import system_actor
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from tests.core.access.test_sign_in_factors import code, second, with_app
from tests.core.access.visitors import (
    browser,
    freshen,
    is_in,
    later,
    let_in_with_a_password_alone,
    person,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("quick")
SET_UP = "/tai-khoan/ung-dung/bat"
ADMINISTRATOR = Role.SYSTEM_ADMINISTRATOR


def administer(user: User) -> None:
    """Give the role while somebody may be signed in."""
    with transaction.atomic(), wide("test"):
        at = Grant.objects.get(user=user).unit_id
    grants.give(actor=system_actor("test"), username=user.username, role=ADMINISTRATOR, unit_id=at)


def led_to(client: Client, page: str = "/tai-khoan/nguoi-dung") -> str:
    answer = client.get(page)
    return answer.headers["Location"] if answer.status_code == 302 else str(answer.status_code)


def test_who_becomes_administrator_while_signed_in_needs_a_second_factor_at_once() -> None:
    let_in_with_a_password_alone(ADMINISTRATOR)
    user, client = person(role=Role.PROVINCE_LEADER), browser()
    sign_in(client)
    assert led_to(client, "/don-vi/") == "200"
    administer(user)
    for page in ("/tai-khoan/nguoi-dung", "/don-vi/", "/van-hanh/", "/tai-khoan/xem-nhu"):
        assert led_to(client, page) == SET_UP, page
    assert led_to(client, "/tai-khoan/phien") == "200", "his own account stays open: the way there"
    with_app(user)
    assert led_to(client) == "200"


def test_who_switches_the_second_factor_off_gets_no_further() -> None:
    let_in_with_a_password_alone(ADMINISTRATOR)
    user, client = person(role=ADMINISTRATOR), browser()
    with_app(user)
    sign_in(client)
    assert second(client, code())
    assert led_to(client) == "200"
    freshen(client, user)
    assert client.post("/tai-khoan/ung-dung/tat").status_code == 302
    assert not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    assert led_to(client) == SET_UP


def test_a_rule_that_comes_into_force_counts_for_who_is_signed_in() -> None:
    person()
    client = browser()
    sign_in(client)
    assert led_to(client, "/don-vi/") == "200"
    let_in_with_a_password_alone(Role.UNIT_OFFICER)
    assert led_to(client, "/don-vi/") == SET_UP


@pytest.mark.parametrize("page", ["/khong-co-trang-nay", "/dang-nhap/hai-lop", "/static/khong-co.css"])
def test_pages_outside_the_scope_do_not_keep_an_administrator_signed_in(
    monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    person(role=ADMINISTRATOR)
    client = browser()
    sign_in(client)
    for minutes in (4, 8):
        with later(monkeypatch, timedelta(minutes=minutes)):
            client.get(page)
    with later(monkeypatch, timedelta(minutes=12)):
        assert not is_in(client)


def test_pages_of_work_keep_an_administrator_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    person(role=ADMINISTRATOR)
    client = browser()
    sign_in(client)
    for minutes in (4, 8, 12):
        with later(monkeypatch, timedelta(minutes=minutes)):
            assert led_to(client) == "200"
    with later(monkeypatch, timedelta(minutes=18)):
        assert not is_in(client)


def test_a_refused_page_is_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its transaction is rolled back; that the session is in use is noted all the same."""
    person()
    client = browser()
    sign_in(client)
    with later(monkeypatch, timedelta(minutes=10)):
        assert led_to(client) == "403"
    with later(monkeypatch, timedelta(minutes=20)):
        assert is_in(client)
