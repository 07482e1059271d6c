"""What somebody must still do after sign-in: set up a second factor, renew an old password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from dean06.core import clock
from dean06.core.access import limits
from dean06.core.access.actor import actor_for
from dean06.core.access.models import Role, User

_MUST = "must_do"
FACTOR, PASSWORD = "factor", "password"


_KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_factor(user: User) -> bool:
    """Whether the account has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=_KINDS).exists())


def with_factor(users: QuerySet[User]) -> QuerySet[User]:
    """The same for each account of the query, in its one statement, as `protected`."""
    found = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=_KINDS)
    return users.annotate(protected=Exists(found))


def mark(request: HttpRequest, user: User, methods: Iterable[str]) -> None:
    """At sign-in: note in the session whether the dated rules ask for a new password."""
    if user.is_citizen:
        return
    with transaction.atomic():
        roles = {grant.role for grant in actor_for(user).grants}
    must = []
    if "password" in methods and Role.SYSTEM_ADMINISTRATOR in roles:
        since = user.password_changed_at or user.created_at
        if clock.machine_now() - since > timedelta(days=limits.current().admin_password_days):
            must.append(PASSWORD)
    request.session[_MUST] = must


def due(request: HttpRequest, roles: Iterable[str]) -> str:
    """The next thing to be done before any other page, "" when nothing is.

    The second factor is asked for at each request: a role given, a rule changed or a factor taken away
    while somebody is signed in counts at once.
    """
    user = cast(User, request.user)
    if limits.current().needs_factor(roles) and not _protected(user):
        return FACTOR
    return PASSWORD if PASSWORD in (request.session.get(_MUST) or []) else ""


def _protected(user: User) -> bool:
    """What the statement that found the account said (`with_factor`), else asked now."""
    known = getattr(user, "protected", None)
    return has_factor(user) if known is None else bool(known)


def done(request: HttpRequest, what: str) -> None:
    """It was done."""
    request.session[_MUST] = [each for each in request.session.get(_MUST) or [] if each != what]
