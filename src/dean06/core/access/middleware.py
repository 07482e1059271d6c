"""One transaction and one scope around every view; domain errors become pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dean06.core.access.actor import Actor, actor_for
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
                if not actor.grants:
                    return render(request, "errors/no_grant.html", status=403)
                cast(SignedInRequest, request).actor = actor
                with scoped(actor):
                    response = view(request, *args, **kwargs)
                    if hasattr(response, "render"):
                        response = response.render()
                return cast(HttpResponse, response)
        except Dean06Error as error:
            status = STATUS.get(type(error), 400)
            return render(request, "errors/problem.html", {"error": error, "status": status}, status=status)
