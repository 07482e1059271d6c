"""What no page of ours takes: bodies without end, zero bytes. Refused before anything reads them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a whole request: the largest photo or sheet (10 MB) and the form around it.

Larger bodies would be written to the disk before a view, or the check of who is asking, sees them.
"""

_DRAINED = 4 * MAX_BODY  # somebody's large photo, not an attack


def _drain(request: HttpRequest, length: str) -> None:
    """Take in and drop a body not absurdly large: a browser shows our answer only when it has sent it all."""
    if len(length) < 15 and length.isdecimal() and int(length) <= _DRAINED:
        while request.read(1 << 20):
            pass


class RequestLimitsMiddleware:
    """413 for a body over MAX_BODY, 400 for a zero byte in an address, a page for a wrong method."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > 15 or int(length) > MAX_BODY:
            _drain(request, length)
            return HttpResponse(render_to_string("413.html"), status=413)
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse(render_to_string("400.html"), status=400)
        response = self.get_response(request)
        if response.status_code == 405 and request.method != "HEAD" and not response.content:
            response.content = render_to_string("405.html", request=request).encode()
        return response
