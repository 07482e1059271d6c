"""docs/accounts.md says what holds: its figures are the rules in force, its ways in are all there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from dean06.config.urls import urlpatterns
from dean06.core.access import limits, passwords
from dean06.core.access.models import Role
from dean06.core.access.recovery import COUNT
from dean06.core.clock import today
from dean06.core.rules import rule
from tests.guards.routes import OPEN

TEXT = (Path(__file__).parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")
FIGURES = {
    "wrong passwords or codes in a row before an account is locked": "failures",
    "minutes it stays locked": "lock_minutes",
    "wrong sign-ins of one address before it is refused": "address_failures",
    "minutes they are counted in, and it stays refused": "address_minutes",
    "minutes without work before a session ends": "idle_minutes",
    "the same for administrators": "admin_idle_minutes",
    "hours after which it ends whatever is done": "absolute_hours",
    "minutes after which sensitive steps ask who sits there": "reconfirm_minutes",
    "days without sign-in before an account is closed": "dormant_days",
}


@pytest.mark.django_db
def test_the_figures_of_the_page_are_the_rules_in_force() -> None:
    limits.forget()
    known = limits.current()
    written = {words: int(figure) for words, figure in re.findall(r"^\| ([^|]+) \| (\d+) \|$", TEXT, re.M)}
    assert written == {words: getattr(known, name) for words, name in FIGURES.items()}
    assert f"At least {known.password_length} characters, {known.password_length_mfa} where" in TEXT
    assert f"every {known.admin_password_days} days" in TEXT
    assert f"level {known.citizen_level} and more" in TEXT
    assert f"at most {known.absolute_hours} hours lie between" in TEXT
    assert f"single use, {rule('access.invitation_days', today())} days" in TEXT
    assert COUNT == 10
    assert "ten codes" in TEXT
    assert set(known.mfa_roles) == set(Role.values)
    assert "`access.mfa_roles`: every role" in TEXT


def test_every_way_in_of_the_program_stands_on_the_page() -> None:
    """The routes open to visitors that may begin a session, and the backends behind them."""
    ways = {
        "account_login": "password, then a code",
        "web:login": "password, then a code",
        "mfa_authenticate": "a recovery code",
        "mfa_login_webauthn": "passkey with",
        "openid_connect_login": "VNeID (OpenID Connect",
        "openid_connect_callback": "VNeID (OpenID Connect",
        "access:first_password": "a link of invitation",
    }
    begin_nothing = {"health", "ready", "metrics", "web:set_language", "socialaccount_login_cancelled"}
    assert set(ways) | begin_nothing == set(OPEN)
    table = TEXT.split("## Ways in", 1)[1].split("There is no other", 1)[0]
    assert [words for words in ways.values() if words not in table] == []
    assert settings.AUTHENTICATION_BACKENDS == ["dean06.core.access.backend.PasswordBackend"]
    assert settings.MFA_SUPPORTED_TYPES == ["totp", "webauthn", "recovery_codes"]
    assert urlpatterns


def test_the_words_of_the_place_are_documented() -> None:
    assert "core/access/context_words.toml" in TEXT
    assert passwords._WORDS_FILE.name == "context_words.toml"
    assert passwords._WORDS_FILE.is_file()


@pytest.mark.parametrize(
    "about",
    [
        "locking others out",
        "Passwords",
        "Parallel sessions",
        "NIST SP 800-63B",
        "begin at VNeID",
        "A lost device",
    ],
)
def test_each_matter_is_written_down(about: str) -> None:
    assert about in TEXT
