"""What somebody must still do after sign-in: set up a second factor, renew an old password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from dean06.core import clock
from dean06.core.access import limits
from dean06.core.access.actor import actor_for
from dean06.core.access.models import Role, User

_MUST = "must_do"
FACTOR, PASSWORD = "factor", "password"


def has_factor(user: User) -> bool:
    """Whether the account has an authenticator app or a passkey."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def mark(request: HttpRequest, user: User, methods: Iterable[str]) -> None:
    """At sign-in: note in the session what the dated rules ask of this person's roles."""
    if user.is_citizen:
        return
    with transaction.atomic():
        roles = {grant.role for grant in actor_for(user).grants}
    known, must = limits.current(), []
    if known.needs_factor(roles) and not has_factor(user):
        must.append(FACTOR)
    if "password" in methods and Role.SYSTEM_ADMINISTRATOR in roles:
        since = user.password_changed_at or user.created_at
        if clock.machine_now() - since > timedelta(days=known.admin_password_days):
            must.append(PASSWORD)
    request.session[_MUST] = must


def due(request: HttpRequest) -> str:
    """The next thing to be done before any other page, "" when nothing is."""
    must = request.session.get(_MUST) or []
    return str(must[0]) if must else ""


def done(request: HttpRequest, what: str) -> None:
    """It was done."""
    request.session[_MUST] = [each for each in request.session.get(_MUST) or [] if each != what]
