"""How long, how often, who must: the rules of sign-in as dated rows (migrations 0003 and 0007)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from dean06.core import clock
from dean06.core.access.models import Role
from dean06.core.rules.models import Rule

_CACHE_SECONDS = 60.0
_cached: tuple[float, date, Limits] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Each field is the rule `access.<name>`; the values here hold where the table says nothing."""

    failures: int = 5  # wrong passwords or codes in a row before an account is locked
    lock_minutes: int = 15
    address_failures: int = 50  # wrong sign-ins from one address in `address_minutes`
    address_minutes: int = 10
    idle_minutes: int = 15
    admin_idle_minutes: int = 5
    absolute_hours: int = 8
    dormant_days: int = 45
    password_length: int = 14
    password_length_mfa: int = 8
    admin_password_days: int = 60
    citizen_level: int = 2
    reconfirm_minutes: int = 5
    mfa_roles: tuple[str, ...] = tuple(Role.values)

    @property
    def lock(self) -> timedelta:
        """How long an account stays locked."""
        return timedelta(minutes=self.lock_minutes)

    @property
    def absolute(self) -> timedelta:
        """The longest life of a session."""
        return timedelta(hours=self.absolute_hours)

    def idle(self, roles: Iterable[str] = ()) -> timedelta:
        """How long somebody with these roles may do nothing before he is signed out."""
        admin = Role.SYSTEM_ADMINISTRATOR in roles
        return timedelta(minutes=self.admin_idle_minutes if admin else self.idle_minutes)

    def needs_factor(self, roles: Iterable[str]) -> bool:
        """Whether one of the roles may not work with a password alone."""
        return not set(self.mfa_roles).isdisjoint(roles)


def current() -> Limits:
    """The rules in force on the business date."""
    global _cached  # noqa: PLW0603 - one small per-process cache
    today = clock.today()
    if _cached is None or _cached[1] != today or time.monotonic() - _cached[0] > _CACHE_SECONDS:
        _cached = (time.monotonic(), today, _read(today))
    return _cached[2]


def forget() -> None:
    """Drop the cached rules (after one changed, and between tests)."""
    global _cached  # noqa: PLW0603
    _cached = None


def _read(on: date) -> Limits:
    rows = (
        Rule.objects.filter(code__startswith="access.")
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .values_list("code", "value")
    )
    found: dict[str, Any] = {code.removeprefix("access."): value for code, value in rows}
    if "mfa_roles" in found:
        found["mfa_roles"] = tuple(found["mfa_roles"])
    known = Limits.__dataclass_fields__
    return Limits(**{name: value for name, value in found.items() if name in known})
