"""Who comes in: five wrong tries, no telling names apart, no growth under attack."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from dean06.core import clock
from dean06.core.access import accounts, gate, limits
from dean06.core.access.actor import system_actor
from dean06.core.access.models import Attempt, Role, Session, User
from dean06.core.access.passwords import LengthValidator
from dean06.core.audit.models import AuditEntry
from tests.core.access.visitors import (
    PASSWORD,
    browser,
    is_in,
    later,
    let_in_with_a_password_alone,
    noted,
    person,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("quick")


def test_the_right_password_opens_and_is_noted() -> None:
    person()
    client = browser()
    assert sign_in(client).headers["Location"] == "/"
    assert is_in(client)
    assert noted("sign_in") == 1


def test_five_wrong_passwords_lock_the_account_and_the_sixth_right_one_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person()
    client = browser()
    for _ in range(5):
        answer = sign_in(client, password="sai")
    assert "bị khóa tạm" in answer.content.decode()
    assert "bị khóa tạm" in sign_in(client).content.decode()
    assert not is_in(client)
    assert (noted("sign_in_failed"), noted("sign_in_locked")) == (5, 1)
    with later(monkeypatch, timedelta(minutes=16)):
        assert sign_in(client).status_code == 302


def test_a_right_password_forgets_the_wrong_ones() -> None:
    person()
    for _ in range(3):
        for _ in range(4):
            sign_in(browser(), password="sai")
        client = browser()
        assert sign_in(client).status_code == 302


def test_an_administrator_unlocks() -> None:
    user = person()
    for _ in range(5):
        sign_in(browser(), password="sai")
    assert accounts.unlock(actor=system_actor("test"), user=user)
    assert sign_in(browser()).status_code == 302
    assert noted("account_unlocked") == 1


def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has() -> None:
    person()
    pages = []
    for name in ("officer", "nobody-at-all"):
        client = browser()
        texts = [sign_in(client, name, "sai").content.decode() for _ in range(6)]
        pages.append([text.count("bị khóa tạm") for text in texts])
    assert pages[0] == pages[1] == [0, 0, 0, 0, 1, 1]


def test_an_unknown_name_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    person()
    looked: list[str] = []
    monkeypatch.setattr(User, "check_password", lambda *_: looked.append("known") or False)  # type: ignore[func-returns-value]
    monkeypatch.setattr(User, "set_password", lambda *_: looked.append("unknown"))
    sign_in(browser(), "officer", "sai")
    sign_in(browser(), "nobody-at-all", "sai")
    assert looked == ["known", "unknown"]


def test_many_tries_at_once_get_no_more_looks_than_five(monkeypatch: pytest.MonkeyPatch) -> None:
    """A try is taken before the password is looked at: tries under way count."""
    person()
    key = gate.account_key(User.objects.get(username="officer").pk)
    assert [gate.take(key) for _ in range(8)] == [True] * 5 + [False] * 3


def test_ten_thousand_wrong_sign_ins_neither_grow_tables_nor_keep_others_out() -> None:
    person()
    person("other")
    request = HttpRequest()
    for number in range(10_000):
        request.META["REMOTE_ADDR"] = f"198.51.100.{number % 20}"
        authenticate(request, username=f"name-{number}" if number % 2 else "officer", password="sai")
    assert Attempt.objects.count() <= 1 + 500 + 20, "one row an account, a group of names, an address"
    assert (
        AuditEntry.objects.filter(action="sign_in_failed").count() <= 20 * limits.current().address_failures
    )
    assert Session.objects.count() == 0
    client = browser()
    assert sign_in(client, "other").status_code == 302
    assert is_in(client)


def test_an_address_that_guesses_is_refused_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    person()
    for number in range(50):
        sign_in(browser(address="198.51.100.1"), f"name-{number}", "sai")
    assert "quá nhiều lần" in sign_in(browser(address="198.51.100.1")).content.decode()
    assert sign_in(browser(address="198.51.100.2")).status_code == 302
    assert noted("sign_in_address_refused") == 1
    with later(monkeypatch, timedelta(minutes=11)):
        assert sign_in(browser(address="198.51.100.1")).status_code == 302


def test_what_a_visitor_writes_about_his_address_is_not_believed(settings: object) -> None:
    settings.PROXIES = 1  # type: ignore[attr-defined]
    for number in range(50):
        client = browser(address="192.0.2.1")
        client.post(
            "/dang-nhap",
            {"username": f"name-{number}", "password": "sai"},
            headers={"x-forwarded-for": f"10.0.0.{number}, 198.51.100.9"},
        )
    assert set(Attempt.objects.filter(key__startswith="address:").values_list("key", flat=True)) == {
        "address:198.51.100.9"
    }


def test_the_nightly_job_forgets_wrong_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(browser(), "nobody-at-all", "sai")
    assert Attempt.objects.count() == 2
    with later(monkeypatch, timedelta(days=2)):
        assert gate.forget_old() == 2


def test_a_clock_set_back_locks_nobody_out_for_longer_than_one_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    user = person()
    for _ in range(5):
        sign_in(browser(), password="sai")
    with later(monkeypatch, -timedelta(days=1)):
        until = gate.locked_until(gate.account_key(user.pk))
        assert until is not None
        assert until - clock.machine_now() <= limits.current().lock


def test_an_account_unused_for_45_days_is_closed_and_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    user = person()
    client = browser()
    sign_in(client)
    with later(monkeypatch, timedelta(days=44)):
        assert accounts.disable_dormant() == 0
    with later(monkeypatch, timedelta(days=46)):
        assert accounts.disable_dormant() == 1
        assert accounts.disable_dormant() == 0
        user.refresh_from_db()
        assert (user.is_active, noted("account_disabled")) == (False, 1)
        assert "Chưa đăng nhập được" in sign_in(browser()).content.decode()
        accounts.enable(actor=system_actor("test"), user=user)
        assert accounts.disable_dormant() == 0
        assert sign_in(browser()).status_code == 302


def test_a_password_alone_needs_fourteen_characters() -> None:
    user = person()
    LengthValidator().validate("x" * 14, user)
    with pytest.raises(ValidationError, match="13 ký tự"):
        LengthValidator().validate("x" * 13, user)


def test_an_administrator_renews_his_password_every_two_months() -> None:
    user = person("admin", Role.SYSTEM_ADMINISTRATOR)
    user.password_changed_at = clock.machine_now() - timedelta(days=61)
    user.save()
    client = browser()
    sign_in(client, "admin")
    assert client.get("/").headers["Location"] == "/tai-khoan/mat-khau"
    new = {"old_password": PASSWORD, "new_password1": "mot-cau-khac-dai", "new_password2": "mot-cau-khac-dai"}
    assert client.post("/tai-khoan/mat-khau", new).status_code == 302
    assert "/tai-khoan" not in client.get("/").headers.get("Location", "")


def test_a_role_that_needs_a_second_factor_is_led_to_set_one_up() -> None:
    let_in_with_a_password_alone(Role.SYSTEM_ADMINISTRATOR)
    person("admin", Role.SYSTEM_ADMINISTRATOR)
    client = browser()
    sign_in(client, "admin")
    assert client.get("/don-vi/").headers["Location"] == "/tai-khoan/ung-dung/bat"
    assert client.get("/tai-khoan/ung-dung/bat").status_code == 200


def test_passwords_and_unknown_names_stand_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    person()
    sign_in(browser(), "mat-khau-go-nham", "bi-mat-cua-toi")
    sign_in(browser(), "officer", "bi-mat-cua-toi")
    kept = str(list(AuditEntry.objects.values())) + str(list(Attempt.objects.values())) + caplog.text
    assert "mat-khau-go-nham" not in kept
    assert "bi-mat-cua-toi" not in kept
