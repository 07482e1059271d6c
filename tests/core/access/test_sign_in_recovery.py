"""Recovery codes: kept as hashes, shown once, each opens once; what follows a changed factor or password."""

from __future__ import annotations

import importlib
import os
import random
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.apps import apps
from django.contrib.auth.hashers import identify_hasher
from django.test import Client

from dean06.core.access import accounts, enrolment
from dean06.core.access.actions import set_password
from dean06.core.access.actor import system_actor
from dean06.core.access.journal import plain_actor
from dean06.core.access.models import Role, Session, User
from dean06.core.access.recovery import COUNT, RANDOM_DIGITS, HashedCodes
from dean06.core.errors import Denied, Invalid
from tests.core.access.test_sign_in_factors import code, second, with_app
from tests.core.access.visitors import (
    PASSWORD,
    browser,
    is_in,
    let_in_with_a_password_alone,
    noted,
    person,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("quick")
SET_UP, CODES = "/tai-khoan/ung-dung/bat", "/tai-khoan/ma-du-phong"


def set_up(client: Client) -> str:
    """Turn the app on; gives the code that proved it."""
    key = re.search(r'id="authenticator_secret">(\w+)<', client.get(SET_UP).content.decode())
    assert key
    given = code(key=key[1])
    assert client.post(SET_UP, {"code": given}).headers["Location"] == CODES
    return given


def shown(client: Client) -> list[str]:
    return re.findall(r"<code>(\d+)</code>", client.get(CODES).content.decode())


def kept() -> dict[str, object]:
    return dict(Authenticator.objects.get(type="recovery_codes").data)


def test_setting_up_shows_recovery_codes_once_and_each_works_once() -> None:
    user = person()
    client = browser()
    sign_in(client)
    given = set_up(client)
    codes = shown(client)
    assert len(codes) == len(set(codes)) == COUNT
    assert {len(each) for each in codes} == {10}
    assert shown(client) == []
    one, two, three = browser(), browser(), browser()
    sign_in(one)
    assert not second(one, given), "the code that set the app up opens nothing"
    assert second(one, codes[0])
    sign_in(two)
    assert not second(two, codes[0])
    sign_in(three)
    assert second(three, codes[1])
    assert noted("recovery_code_used") == 2
    assert enrolment.has_factor(user)
    assert "Còn 8 mã chưa dùng" in three.get("/tai-khoan/bao-mat").content.decode()


def test_codes_stand_nowhere_but_as_salted_password_hashes() -> None:
    person()
    client = browser()
    sign_in(client)
    set_up(client)
    waiting = str(list(Session.objects.values()))
    codes = shown(client)
    everything = waiting + str(list(Session.objects.values())) + str(list(Authenticator.objects.values()))
    decoded = str([dict(client.session)])
    assert not [each for each in codes if each in everything + decoded]
    hashes = kept()["hashes"]
    assert isinstance(hashes, list)
    assert [identify_hasher(each).algorithm for each in hashes] == ["md5"] * COUNT, (
        "the tests' password hasher"
    )
    assert len({each.split("$")[-2] for each in hashes}) == COUNT, "a salt of its own each"


def test_the_real_hasher_of_codes_is_one_for_passwords() -> None:
    from django.conf import global_settings

    assert global_settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")
    assert "PASSWORD_HASHERS" not in (importlib.import_module("dean06.config.settings").__dict__)


def test_another_session_of_the_account_does_not_see_new_codes() -> None:
    person()
    here, there = browser(), browser("Máy khác")
    sign_in(here)
    set_up(here)
    sign_in(there)
    assert second(there, shown(here)[0])
    here.post("/tai-khoan/ma-du-phong/tao")
    assert shown(there) == []


def test_codes_and_secrets_come_from_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def recorded(count: int) -> bytes:
        asked.append(count)
        return bytes(real(count))

    real = random._urandom  # type: ignore[attr-defined]
    monkeypatch.setattr(random, "_urandom", recorded)
    user = person()
    asked.clear()
    HashedCodes.activate(user)
    assert len(asked) >= COUNT
    assert all(count * 8 >= RANDOM_DIGITS * 3 for count in asked[:COUNT])
    monkeypatch.setattr(os, "urandom", recorded)
    asked.clear()
    generate_totp_secret()
    assert max(asked) >= 20, "160 bits"


def test_codes_kept_the_old_way_are_dropped_and_the_page_says_so() -> None:
    user = person()
    with_app(user)
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    migration = importlib.import_module("dean06.core.access.migrations.0006_hashed_codes")
    migration.drop(apps, None)
    assert not Authenticator.objects.filter(type="recovery_codes").exists()
    client = browser()
    sign_in(client)
    assert second(client, code())
    assert "Mã dự phòng cũ không còn dùng được" in client.get("/tai-khoan/bao-mat").content.decode()


def test_a_new_password_by_an_administrator_leaves_the_second_factor() -> None:
    user = person()
    with_app(user)
    client = browser()
    sign_in(client)
    assert second(client, code())
    set_password(actor=system_actor("test"), username="officer", password="mot-cau-khac-dai")
    assert not is_in(client)
    assert sign_in(client, password="mot-cau-khac-dai").headers["Location"] == "/dang-nhap/hai-lop"
    assert not is_in(client)


def test_who_lost_everything_proves_himself_in_person_and_is_noted() -> None:
    user = person()
    with_app(user)
    client = browser()
    sign_in(client)
    assert second(client, code())
    system = system_actor("test")
    with pytest.raises(Invalid, match="văn bản"):
        accounts.reset_factors(actor=system, user=user, document=" ")
    with pytest.raises(Denied):
        accounts.reset_factors(actor=plain_actor(user), user=user, document="Số 12/CV ngày 01/11/2026")
    assert enrolment.has_factor(user)
    assert accounts.reset_factors(actor=system, user=user, document="Số 12/CV ngày 01/11/2026") == 1
    assert not is_in(client)
    assert not enrolment.has_factor(user)
    assert noted("factors_reset") == 1
    let_in_with_a_password_alone(*Role)
    sign_in(client)
    assert client.get("/don-vi/").headers["Location"] == SET_UP


def test_every_role_of_officers_needs_two_factors_as_shipped() -> None:
    from dean06.core.access import limits

    shipped = importlib.import_module("dean06.core.access.migrations.0007_every_officer").ROLES
    assert set(shipped) == set(Role.values) == set(limits.Limits().mfa_roles)
    let_in_with_a_password_alone(*Role)
    for number, role in enumerate(Role):
        person(f"nguoi-{number}", role)
        client = browser()
        sign_in(client, f"nguoi-{number}", PASSWORD)
        assert client.get("/don-vi/").headers["Location"] == SET_UP, role
    assert User.objects.count() == len(Role)
