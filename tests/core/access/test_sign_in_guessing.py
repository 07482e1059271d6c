"""Guessing: codes count in a row that no password clears, every spelling of a name counts in one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from dean06.core.access import accounts, gate
from dean06.core.access.actor import system_actor
from dean06.core.access.models import Attempt
from tests.core.access.test_sign_in_factors import code, second, with_app
from tests.core.access.visitors import PASSWORD, browser, freshen, is_in, later, noted, person, sign_in

pytestmark = pytest.mark.usefixtures("quick")
WRONG = "wrong!"  # never the code of any moment


def with_password(address: str = "203.0.113.7") -> Client:
    """A browser of somebody who knows the password."""
    client = browser(address=address)
    assert sign_in(client).headers["Location"] == "/dang-nhap/hai-lop"
    return client


def test_the_right_password_does_not_forget_wrong_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    with_app(person())
    for tries in (4, 1):
        client = with_password()
        for _ in range(tries):
            assert not second(client, WRONG)
    assert not second(with_password(), code()), "locked, also for the right one"
    assert noted("sign_in_locked") == 1
    with later(monkeypatch, timedelta(minutes=16)):
        assert second(with_password(), code())


def test_a_right_code_forgets_the_wrong_ones_and_so_does_an_administrator() -> None:
    user = person()
    with_app(user)
    client = with_password()
    for _ in range(4):
        second(client, WRONG)
    assert second(client, code())
    assert not Attempt.objects.filter(key=gate.factor_key(user.pk)).exists()
    client = with_password()
    for _ in range(5):
        second(client, WRONG)
    assert accounts.unlock(actor=system_actor("test"), user=user)
    assert not Attempt.objects.filter(key=gate.factor_key(user.pk)).exists()


def test_confirming_by_password_does_not_forget_wrong_codes() -> None:
    """The page that asks a signed-in person for a code is no way around the count."""
    user = person()
    client = browser()
    sign_in(client)
    with_app(user)
    freshen(client, user)
    for tries in (4, 1):
        assert client.post("/tai-khoan/xac-nhan", {"password": PASSWORD}).status_code == 302
        for _ in range(tries):
            client.post("/tai-khoan/xac-nhan/ma", {"code": WRONG})
    assert noted("second_factor_failed") == 5
    answer = client.post("/tai-khoan/xac-nhan/ma", {"code": code()})
    assert (answer.status_code, noted("sign_in_locked")) == (200, 1)


def test_wrong_codes_count_against_the_address() -> None:
    for number in range(10):
        with_app(person(f"officer{number}"))
        client = browser(address="198.51.100.1")
        sign_in(client, f"officer{number}")
        for _ in range(5):
            second(client, WRONG)
    assert noted("sign_in_address_refused") == 1
    with_app(person())
    assert "quá nhiều lần" in sign_in(browser(address="198.51.100.1")).content.decode()
    assert second(with_password(), code()), "from elsewhere as ever"


@pytest.mark.parametrize("name", ["officer", "nobody-at-all"])
def test_spellings_of_a_name_count_alike_with_an_account_and_without(name: str) -> None:
    person()
    spelled = [name, name.upper(), f" {name}", name.title(), name, name.upper(), name]
    answers = ["bị khóa tạm" in sign_in(browser(), each, "sai").content.decode() for each in spelled]
    assert answers == [False] * 4 + [True] * 3


def test_a_name_opens_however_it_is_cased() -> None:
    person()
    client = browser()
    assert sign_in(client, "OFFICER").status_code == 302
    assert is_in(client)
