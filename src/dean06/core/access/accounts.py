"""Closing, opening, unlocking accounts and ending their sessions: administrators and the nightly job."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access import gate, grants, limits, sessions
from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.invitations import proof
from dean06.core.access.models import User
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict


def disable(*, actor: Actor, user: User, reason: str) -> None:
    """Close an account: nobody signs in to it, and who is signed in is out at his next request.

    Raises Denied, or Conflict when an administrator would close his own account.
    """
    require(actor, Action.OPERATE)
    if actor.user_id == user.pk:
        raise Conflict(_("Không tự khóa tài khoản của chính mình."))
    with transaction.atomic(), wide("an account belongs to no unit"):
        if not actor.system and grants.is_last_administrator(user):
            raise Conflict(_("Đây là quản trị hệ thống cuối cùng; không khóa được tài khoản này."))
        user.is_active, user.disabled_at, user.disabled_reason = False, clock.machine_now(), reason
        user.save(update_fields=["is_active", "disabled_at", "disabled_reason"])
        ended = sessions.end_all(user.pk)
        _record(actor, "account_disabled", user, reason=reason, sessions=ended)


def enable(*, actor: Actor, user: User) -> None:
    """Open an account again; its 45 days without sign-in start anew. Raises Denied."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("an account belongs to no unit"):
        user.is_active, user.enabled_at, user.disabled_at = True, clock.machine_now(), None
        user.disabled_reason = ""
        user.save(update_fields=["is_active", "enabled_at", "disabled_at", "disabled_reason"])
        _record(actor, "account_enabled", user)


def unlock(*, actor: Actor, user: User) -> bool:
    """Forget the wrong passwords and codes of an account before their time. Whether any. Raises Denied."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("an account belongs to no unit"):
        had = any([gate.clear(gate.account_key(user.pk)), gate.clear(gate.factor_key(user.pk))])
        _record(actor, "account_unlocked", user)
    return had


def end_sessions(*, actor: Actor, user: User) -> int:
    """Sign an account out everywhere, at its next request; gives how many sessions ended. Raises Denied."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("an account belongs to no unit"):
        ended = sessions.end_all(user.pk)
        _record(actor, "sessions_ended", user, sessions=ended)
    return ended


def reset_factors(*, actor: Actor, user: User, document: str) -> int:
    """Take away every second factor of somebody who lost them, and end his sessions; gives how many factors.

    `document` names the paper with which he proved in person who he is, as when the account was given
    (ASVS 5.0 6.4.4; docs/accounts.md). Raises Denied; Conflict for one's own account; Invalid without it.
    """
    require(actor, Action.OPERATE)
    if actor.user_id == user.pk:
        raise Conflict(_("Không tự gỡ xác thực hai lớp của chính mình theo cách này."))
    paper = proof(document)
    with transaction.atomic(), wide("an account belongs to no unit"):
        count = int(
            Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
        )
        Authenticator.objects.filter(user=user).delete()
        ended = sessions.end_all(user.pk)
        _record(actor, "factors_reset", user, factors=count, sessions=ended, document=paper)
    return count


def disable_dormant() -> int:
    """Close every account nobody signed in to for 45 days (rule access.dormant_days); gives how many.

    Citizens' accounts stay: VNeID vouches for them at every sign-in.
    """
    days = limits.current().dormant_days
    before = clock.machine_now() - timedelta(days=days)
    system, count = system_actor("dormant accounts"), 0
    used = Q(last_login__gte=before) | Q(enabled_at__gte=before) | Q(created_at__gte=before)
    for user in User.objects.filter(is_active=True, subject_key=None).exclude(used).order_by("pk"):
        disable(actor=system, user=user, reason=f"{days} days without sign-in")
        count += 1
    return count


def _record(actor: Actor, action: str, user: User, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, object_type="account", object_id=user.pk, unit_id=None, detail=detail
    )
