"""Refuses sessions that are stolen, idle or too old, before anything else asks who is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dean06.core.access import sessions
from dean06.core.access.journal import note
from dean06.core.access.models import User


class SessionGuardMiddleware:
    """Stands after the users' and the messages'. A refused session ends for all who hold its cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            why = sessions.fault(request)
            if why:
                refuse(request, why)
        response = self.get_response(request)
        if getattr(request, "session_in_use", False):
            sessions.seen(request)
        return response


def in_use(request: HttpRequest) -> None:
    """The session was found in order with the limits of its roles: this request counts as work.

    No other does: a page that is not found would keep an administrator's session beyond its five minutes.
    """
    request.session_in_use = True  # type: ignore[attr-defined]


def refuse(request: HttpRequest, why: str) -> None:
    """End the session, say so on the next page, and note it."""
    user = cast(User, request.user)
    note("session_refused", user, request, reason=why)
    logout(request)
    messages.info(request, _text(why))


def _text(why: str) -> str:
    if why == "idle":
        return _("Phiên đăng nhập đã hết vì lâu không thao tác. Hãy đăng nhập lại.")
    if why == "age":
        return _("Phiên đăng nhập đã hết thời hạn một ngày làm việc. Hãy đăng nhập lại.")
    return _("Phiên đăng nhập đã bị kết thúc vì có dấu hiệu bất thường. Hãy đăng nhập lại.")
