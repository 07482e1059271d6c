"""The second factor: a code works once, wrong ones lock, secrets are not in the database in clear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client

from dean06.core import clock, vault
from dean06.core.access import enrolment, factors
from dean06.core.access.models import User
from dean06.core.access.passwords import LengthValidator
from dean06.core.access.second_factor import PERIOD, accept_totp
from dean06.core.vault import keyring
from tests.core.access.visitors import browser, is_in, later, noted, person, secret, sign_in

pytestmark = pytest.mark.usefixtures("quick")


def code(step: int = 0, key: str | None = None) -> str:
    """The code of now, or some 30-second steps away."""
    now = int(clock.machine_now().timestamp()) // PERIOD
    return str(format_hotp_value(hotp_value(key or secret(), now + step)))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The machine's clock standing still."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "machine_now", lambda: moment)
        yield


def with_app(user: User) -> Authenticator:
    """An authenticator app, set up."""
    data = {"secret": get_adapter().encrypt(secret())}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


def second(client: Client, given: str) -> bool:
    """Post the code; whether that opened."""
    client.post("/dang-nhap/hai-lop", {"code": given})
    return is_in(client)


def test_a_password_alone_does_not_open_an_account_with_an_app() -> None:
    with_app(person())
    client = browser()
    assert sign_in(client).headers["Location"] == "/dang-nhap/hai-lop"
    assert not is_in(client)
    assert noted("sign_in") == 0
    assert second(client, code())
    assert noted("sign_in") == 1


def test_a_replayed_code_is_refused() -> None:
    with_app(person())
    seen = code()
    first, thief = browser(), browser("Kẻ nhìn trộm")
    sign_in(first)
    assert second(first, seen)
    sign_in(thief)
    assert not second(thief, seen)
    assert noted("second_factor_failed") == 1


def test_a_replayed_code_is_refused_after_the_clock_was_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    factor = with_app(person())
    with later(monkeypatch, timedelta(0)):
        seen = code()
        assert accept_totp(factor, seen)
    with later(monkeypatch, -timedelta(seconds=45)):
        assert not accept_totp(factor, seen)
        assert not accept_totp(factor, code()), "nor a code of a moment that has passed already"
    with later(monkeypatch, timedelta(seconds=31)):
        assert accept_totp(factor, code())


@pytest.mark.parametrize(("step", "accepted"), [(-1, False), (0, True), (1, False)])
def test_only_the_code_of_these_thirty_seconds_is_taken(
    monkeypatch: pytest.MonkeyPatch, step: int, accepted: bool
) -> None:
    factor = with_app(person())
    with later(monkeypatch, timedelta(0)):
        assert accept_totp(factor, code(step)) is accepted


def test_a_code_ends_with_its_thirty_seconds() -> None:
    factor = with_app(person())
    start = datetime(2026, 11, 23, 8, 0, 30, tzinfo=UTC)
    with at(start):
        shown = code()
    with at(start + timedelta(seconds=30)):
        assert not accept_totp(factor, shown)
    with at(start + timedelta(seconds=29, milliseconds=999)):
        assert accept_totp(factor, shown)


def test_five_wrong_codes_lock_the_account() -> None:
    with_app(person())
    client = browser()
    sign_in(client)
    for _ in range(5):
        assert not second(client, "000000")
    assert not second(client, code())
    assert noted("sign_in_locked") == 1


def test_secrets_stand_in_the_database_only_encrypted() -> None:
    factor = with_app(person())
    assert secret() not in str(list(Authenticator.objects.values_list("data", flat=True)))
    assert get_adapter().decrypt(factor.data["secret"]) == secret()


def test_a_second_factor_makes_eight_characters_enough() -> None:
    user = person()
    with pytest.raises(ValidationError):
        LengthValidator().validate("x" * 8, user)
    with_app(user)
    LengthValidator().validate("x" * 8, user)
    with pytest.raises(ValidationError):
        LengthValidator().validate("x" * 7, user)


def test_switching_the_app_off_asks_who_sits_there_and_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    user = person()
    with_app(user)
    client = browser()
    sign_in(client)
    second(client, code())
    real = time.time()
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: real + 301)
        answer = client.post("/tai-khoan/ung-dung/tat")
        assert answer.headers["Location"].startswith("/tai-khoan/xac-nhan")
    assert enrolment.has_factor(user)
    assert client.post("/tai-khoan/ung-dung/tat").status_code == 302
    assert not enrolment.has_factor(user)
    assert noted("factor_removed") == 1


def test_a_new_key_takes_the_secrets_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "keys"))
    factor = with_app(person())
    with transaction.atomic():
        old = vault.ring().active_id
        assert factors.secrets_under(old) == 1
        keyring.add_key()
        keys = vault.ring()
        assert factors.move_secrets(keys, 10) == 1
        assert factors.move_secrets(keys, 10) == 0
        assert (factors.secrets_under(old), factors.secrets_under(keys.active_id)) == (0, 1)
    factor.refresh_from_db()
    assert accept_totp(factor, code())
