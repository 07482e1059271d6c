"""A citizen comes in by VNeID and by nothing else: no factor, no password, no passkey of his own."""

from __future__ import annotations

import importlib

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, reverse

from dean06.core.access.actions import set_password
from dean06.core.access.actor import system_actor
from dean06.core.access.citizens import citizen_for
from dean06.core.access.models import Role, Session, User
from dean06.core.errors import NotFound
from dean06.gateways.vneid.protocol import read_answer
from dean06.web.account import urls
from tests.core.access.passkeys import Passkey
from tests.core.access.test_sign_in_citizens import direct
from tests.core.access.test_sign_in_factors import with_app
from tests.core.access.visitors import PASSWORD, browser, freshen, is_in, noted, person, sign_in

pytestmark = pytest.mark.usefixtures("quick")
#: All that a citizen's session opens of the account's own pages.
THEIRS = {"account_sessions", "account_end_session", "account_end_others"}


def citizen() -> User:
    return citizen_for(read_answer(direct()))


def as_citizen() -> Client:
    """Signed in by VNeID a moment ago."""
    user, client = citizen(), Client()  # the session of `force_login` knows no browser
    client.force_login(user)
    freshen(client, user)
    return client


def own_pages() -> list[str]:
    """Names of the pages of one's own account, those of visitors left out."""
    return [
        str(each.name)
        for each in urls.urlpatterns
        if isinstance(each, URLPattern) and getattr(each.callback, "without_grant", False)
    ]


@pytest.mark.parametrize("name", own_pages())
def test_a_citizen_opens_no_page_of_factors_or_passwords(name: str) -> None:
    client = as_citizen()
    number = {"pk": 1} if name in ("mfa_remove_webauthn", "mfa_edit_webauthn") else None
    page = reverse(name, kwargs=number)
    refused = [answer.status_code == 403 for answer in (client.get(page), client.post(page, {"code": "1"}))]
    assert refused == [name not in THEIRS] * 2


def test_a_citizen_who_signed_in_long_ago_is_told_to_do_so_again() -> None:
    client = Client()
    client.force_login(citizen())
    answer = client.post(reverse("account_end_others"), follow=True)
    assert "đăng nhập lại bằng VNeID" in answer.content.decode()
    assert noted("sessions_ended") == 0


def test_a_citizen_registers_no_passkey_and_an_officer_does() -> None:
    assert Passkey().register(as_citizen()) == 403
    assert Authenticator.objects.count() == 0
    user, client = person(), browser()
    sign_in(client)
    freshen(client, user)
    assert Passkey().register(client) == 302


def test_no_passkey_opens_a_citizens_account() -> None:
    user, client, key = person(role=None), browser(), Passkey()
    sign_in(client)
    freshen(client, user)
    assert key.register(client) == 302
    officer = browser()
    assert key.sign_in(officer) == 302
    assert is_in(officer), "the control: the key is a right one"
    User.objects.filter(pk=user.pk).update(subject_key=b"x" * 32, citizen_level=2)
    thief = browser()
    assert key.sign_in(thief) == 403
    assert not is_in(thief)
    assert noted("sign_in_failed") == 1


def test_no_password_opens_a_citizens_account() -> None:
    user = citizen()
    with pytest.raises(NotFound):
        set_password(actor=system_actor("test"), username=user.username, password=PASSWORD)
    user.set_password(PASSWORD)
    user.save()
    client = browser()
    answer = sign_in(client, user.username)
    assert "Công dân chỉ đăng nhập bằng VNeID" in answer.content.decode()
    assert not is_in(client)


def test_factors_that_citizens_had_set_up_are_gone_with_their_sessions() -> None:
    officer, one = person(role=Role.UNIT_OFFICER), citizen()
    with_app(officer)
    with_app(one)
    for user in (officer, one):
        browser().force_login(user)
    drop = importlib.import_module("dean06.core.access.migrations.0009_citizens_factors").drop
    drop(apps, None)
    assert [each.user_id for each in Authenticator.objects.all()] == [officer.pk]
    assert set(Session.objects.exclude(user=None).values_list("user_id", flat=True)) == {officer.pk}
