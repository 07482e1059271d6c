"""Too many requests: the middleware that asks the limits before a view runs, and its page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from dean06.core.access.address import client_address, network
from dean06.core.limits import Kind, take

logger = logging.getLogger(__name__)

_READ = {"GET", "HEAD", "OPTIONS"}
_FILES = ("export", "mau")  # parameters that turn a list into a file
_KEEP = {Kind.SIGN_IN, Kind.FREE, Kind.PERSONAL}  # writing there is no different from asking


@cache
def table() -> Callable[[str], Kind | None]:
    """Gives the kind of a route by its full name (settings.RATE_KINDS says where)."""
    found: Callable[[str], Kind | None] = import_string(settings.RATE_KINDS)
    return found


def kind_of(request: HttpRequest) -> Kind:
    """The kind of a request: that of its route, unless it writes, sends a file or asks for one."""
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return Kind.PAGE
    kind = table()(name) or Kind.PAGE
    if kind is Kind.SIGN_IN and request.method in _READ:
        return Kind.PAGE  # reading the form guesses nothing
    if kind in _KEEP:
        return kind
    if request.method not in _READ:
        sends_file = (request.content_type or "").startswith("multipart/")
        return Kind.UPLOAD if sends_file or kind is Kind.UPLOAD else Kind.WRITE
    if any(name in request.GET for name in _FILES):
        return Kind.EXPORT
    return Kind.PAGE if kind is Kind.UPLOAD else kind


class RateLimitMiddleware:
    """429 with Retry-After for whoever asks more than the limits allow. Follows AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.RATE_LIMITS:
            return self.get_response(request)
        kind = kind_of(request)
        user_id = None if kind is Kind.FREE else request.user.pk  # health asks no session
        wait = take(kind, user_id=user_id, address=network(client_address(request)))
        if not wait:
            return self.get_response(request)
        logger.warning("rate limit: %s refused for user %s, wait %s s", kind, user_id, wait)
        page = render_to_string("429.html", {"wait": wait}, request=request)
        return HttpResponse(page, status=429, headers={"Retry-After": str(wait)})
