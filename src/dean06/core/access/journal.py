"""Sign-in events for the audit, each in its own transaction; never a password, a code or an unknown name."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest

from dean06.core import audit
from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.address import client_address, network
from dean06.core.access.models import User
from dean06.core.access.scope import wide


def plain_actor(user: User) -> Actor:
    """The actor of somebody who only signs in or out: his grants do not matter for that."""
    return Actor(user_id=user.pk, username=user.username, full_name=user.full_name, grants=())


def note(action: str, user: User | None, request: HttpRequest | None = None, **detail: object) -> None:
    """Write `action` about an account (None: about a name that does not exist)."""
    actor = plain_actor(user) if user is not None else system_actor("sign-in")
    where = {"address": network(client_address(request))} if request is not None else {}
    with transaction.atomic(), wide("what happens at sign-in belongs to no unit"):
        audit.record(
            actor=actor,
            action=action,
            object_type="account",
            object_id=user.pk if user is not None else "",
            unit_id=None,
            detail={**where, **detail},
        )
