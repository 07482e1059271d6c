"""Pages for requests that no view answers: shown in the frame of whoever is signed in, with his way on."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views import csrf, defaults

from dean06.core.access import acting, sessions
from dean06.core.access.actor import actor_for
from dean06.core.access.middleware import SignedInRequest


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: an address of nothing, or of nothing this person may see."""
    introduce(request)
    return defaults.page_not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 of the framework; refusals of our own policy say what was refused (errors/problem.html)."""
    introduce(request)
    return defaults.permission_denied(request, exception)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without the token of this session."""
    introduce(request)
    return cast(HttpResponse, csrf.csrf_failure(request, reason=reason))


def introduce(request: HttpRequest) -> None:
    """Say for the frame who is signed in, where no view was reached that would have."""
    user = getattr(request, "user", None)
    if hasattr(request, "actor") or user is None or not user.is_authenticated:
        return
    with transaction.atomic():
        actor = actor_for(user)
        if sessions.fault(request, tuple(grant.role for grant in actor.grants)):
            return  # the next page that is there ends this session
        cast(SignedInRequest, request).actor = acting.apply(request, actor, _shown, own=False)


@acting.while_viewing
def _shown() -> None:
    """What `introduce` asks for: to show, and to write nothing."""
