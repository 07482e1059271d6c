"""What follows from sign-in, sign-out and changes of second factors."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dean06.core.access import sessions
from dean06.core.access.journal import note
from dean06.core.access.models import User


def connect() -> None:
    """Called once, when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="access")
    user_logged_out.connect(_signed_out, dispatch_uid="access")
    mfa.authenticator_added.connect(_factor_added, dispatch_uid="access")
    mfa.authenticator_removed.connect(_factor_removed, dispatch_uid="access")
    mfa.authenticator_reset.connect(_codes_renewed, dispatch_uid="access")


def _signed_in(request: HttpRequest, **_more: Any) -> None:
    sessions.start(request)


def _signed_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    if user is not None:
        note("sign_out", user, request)


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    note("factor_added", user, request, kind=authenticator.type, sessions=_leave_this_one(request, user))


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    note("factor_removed", user, request, kind=authenticator.type, sessions=_leave_this_one(request, user))


def _codes_renewed(request: HttpRequest, user: User, **_more: Any) -> None:
    note("recovery_codes_renewed", user, request, sessions=_leave_this_one(request, user))


def _leave_this_one(request: HttpRequest, user: User) -> int:
    """Whoever else is signed in to the account is out once a factor of it changed (ASVS 5.0 7.4.3)."""
    ended = sessions.end_all(user.pk, keep=request.session.session_key)
    if ended:
        messages.info(request, _("Đã kết thúc %(count)s phiên khác của tài khoản.") % {"count": ended})
    return ended
