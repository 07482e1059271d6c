"""One transaction and one scope around every view; domain errors become pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dean06.core.access import acting, enrolment, limits, session_guard, sessions
from dean06.core.access.actor import Actor, actor_for
from dean06.core.access.levels import TooLow
from dean06.core.access.scope import scoped
from dean06.core.errors import Conflict, Dean06Error, Denied, Invalid, NotFound

V = TypeVar("V", bound=Callable[..., Any])
STATUS: dict[type[Dean06Error], int] = {Denied: 403, NotFound: 404, Conflict: 409, Invalid: 422}


class SignedInRequest(HttpRequest):
    """The request that views behind sign-in get."""

    actor: Actor


def without_scope(view: V) -> V:
    """Mark a view that must work without a grant (sign-out, language, health)."""
    view.without_scope = True  # type: ignore[attr-defined]
    return view


def without_grant(view: V) -> V:
    """Mark a page of one's own account: open to everybody signed in, with or without a role."""
    view.without_grant = True  # type: ignore[attr-defined]
    return view


def citizen_view(view: V) -> V:
    """Mark a page about a citizen himself: for him alone, signed in strongly enough (access.citizen_level).

    `request.actor.subject_key` is under which he is known.
    """
    view.citizen_view = True  # type: ignore[attr-defined]
    return view


def citizens_too(view: V) -> V:
    """Mark the few pages of one's own account that citizens have: they hold no password and no factor."""
    view.citizens_too = True  # type: ignore[attr-defined]
    return view


def before_enrolment(view: V) -> V:
    """Mark a page that is open while a second factor or a new password is still owed: the way there."""
    view.before_enrolment = True  # type: ignore[attr-defined]
    return view


def landing(citizen_home: str) -> Callable[[V], V]:
    """Mark the first page: a citizen is led on to his own (the name of its route)."""

    def mark(view: V) -> V:
        view.citizen_home = citizen_home  # type: ignore[attr-defined]
        return view

    return mark


class ScopeMiddleware:
    """Must be the last middleware: it calls the view itself, inside the transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The answer of a view behind sign-in; None leaves other views to Django."""
        if not request.user.is_authenticated or getattr(view, "without_scope", False):
            return None
        try:
            with transaction.atomic():
                actor = actor_for(request.user)
                cast(SignedInRequest, request).actor = actor
                turned_away = _turned_away(request, actor, view)
                if turned_away is not None:
                    return turned_away
                own = getattr(view, "without_grant", False)
                actor = acting.apply(request, actor, view, own=own)
                cast(SignedInRequest, request).actor = actor
                with scoped(actor):
                    acting.note(request, actor)
                    response = view(request, *args, **kwargs)
                    if hasattr(response, "render"):
                        response = response.render()
                return cast(HttpResponse, response)
        except Dean06Error as error:
            status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
            return render(request, "errors/problem.html", {"error": error, "status": status}, status=status)


def _turned_away(request: HttpRequest, actor: Actor, view: Callable[..., Any]) -> HttpResponse | None:
    """The answer when this person may not see the page now; None when he may go on."""
    roles = tuple(grant.role for grant in actor.grants)
    if sessions.fault(request, roles):  # administrators are signed out sooner than others
        session_guard.refuse(request, "idle")
        return redirect_to_login(request.get_full_path())
    session_guard.in_use(request)
    own = getattr(view, "without_grant", False)
    if due := "" if getattr(view, "before_enrolment", False) else enrolment.due(request, roles):
        return redirect("mfa_activate_totp" if due == enrolment.FACTOR else "account_change_password")
    if actor.subject_key is not None and (home := getattr(view, "citizen_home", "")):
        return redirect(home)
    if getattr(view, "citizen_view", False) or actor.subject_key is not None:
        if not (own and getattr(view, "citizens_too", False)):
            _citizen_only(actor, view)
        return None
    if not actor.grants and not own:
        return render(request, "errors/no_grant.html", status=403)
    return None


def _citizen_only(actor: Actor, view: Callable[..., Any]) -> None:
    """Raise Denied unless a citizen asks for a page for citizens."""
    if actor.subject_key is None:
        raise Denied(_("Trang này dành cho công dân đăng nhập bằng VNeID."))
    if not getattr(view, "citizen_view", False):
        raise Denied(_("Trang này dành cho cán bộ được cấp quyền."))
    if actor.citizen_level < limits.current().citizen_level:
        raise TooLow(actor.citizen_level)
