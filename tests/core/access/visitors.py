"""Somebody with an account, for the tests of sign-in."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dean06.core import clock
from dean06.core.access import limits
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.rules.models import Rule
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind
from tests.core.units.trees import unit

PASSWORD = "mot-cau-dai-de-nho"
BROWSER = "Mozilla/5.0 (thử)"


def person(name: str = "officer", role: Role | None = Role.UNIT_OFFICER) -> User:
    """An account with a password and one grant at a province of its own."""
    user = User.objects.create_user(username=name, full_name="Cán bộ thử", password=PASSWORD)
    if role is not None:
        with transaction.atomic(), wide("test"):
            at = unit(f"tinh-{name}", f"Tỉnh {name}", Kind.PROVINCE)
            rebuild()
            Grant.objects.create(user=user, role=role, unit=at)
    return user


def let_in_with_a_password_alone(*but: Role) -> None:
    """As a demo does; only the roles `but` must have a second factor."""
    with transaction.atomic(), wide("test"):
        Rule.objects.filter(code="access.mfa_roles").update(value=list(but))
    limits.forget()


def browser(agent: str = BROWSER, address: str = "203.0.113.7") -> Client:
    """A browser of that name at that address."""
    return Client(headers={"user-agent": agent}, REMOTE_ADDR=address)


def sign_in(client: Client, name: str = "officer", password: str = PASSWORD, **more: str) -> Any:
    """Post the form."""
    return client.post("/dang-nhap", {"username": name, "password": password, **more})


def is_in(client: Client) -> bool:
    """Whether the client is signed in."""
    return client.get("/tai-khoan/phien").status_code == 200


def noted(action: str) -> int:
    """How often the audit holds this action."""
    with transaction.atomic(), wide("test"):
        return AuditEntry.objects.filter(action=action).count()


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> Iterator[None]:
    """The machine's clock moved by that much (backwards when negative)."""
    moment = datetime.now(UTC) + by
    with monkeypatch.context() as patched:
        patched.setattr(clock, "machine_now", lambda: moment)
        yield


def secret() -> str:
    """A TOTP secret that opens nothing else."""
    return base64.b32encode(b"only for these tests").decode()


def freshen(client: Client, user: User) -> None:
    """As if the user had just given his password: pages that ask for it again do not."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
