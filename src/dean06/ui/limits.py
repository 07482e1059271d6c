"""What no page of ours takes: bodies without end, zero bytes, identity numbers in an address.

Refused before anything reads, keeps or logs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a whole request: the largest photo or sheet (10 MB) and the form around it.

Larger bodies would be written to the disk before a view, or the check of who is asking, sees them.
"""

_NUMBER = re.compile(r"(?<![\w-])0\d{11}(?![\w-])")
"""A personal identity number: 12 digits, the first always 0 (Nghị định 137/2015, Điều 13: codes 001–096)."""
_GAPS = re.compile(r"(?<=\d)[\s.]+(?=\d)")

_DRAINED = 4 * MAX_BODY  # somebody's large photo, not an attack


def _drain(request: HttpRequest, length: str) -> None:
    """Take in and drop a body not absurdly large: a browser shows our answer only when it has sent it all."""
    if len(length) < 15 and length.isdecimal() and int(length) <= _DRAINED:
        while request.read(1 << 20):
            pass


def holds_number(text: str) -> bool:
    """Whether a text holds something of the shape of an identity number, written together or in groups."""
    return bool(_NUMBER.search(_GAPS.sub("", text)))


def _number_in_address(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    asked = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=None) if query else []
    return holds_number(request.path) or any(holds_number(part) for pair in asked for part in pair)


class RequestLimitsMiddleware:
    """413 for a body over MAX_BODY, 400 for a zero byte or an identity number in an address.

    Besides, a page for a wrong method. The page about a number names no address, so nothing repeats it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > 15 or int(length) > MAX_BODY:
            _drain(request, length)
            return HttpResponse(render_to_string("413.html"), status=413)
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse(render_to_string("400.html"), status=400)
        if _number_in_address(request):
            answer = HttpResponse(render_to_string("400_number.html"), status=400)
            answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address
            return answer
        response = self.get_response(request)
        if response.status_code == 405 and request.method != "HEAD" and not response.content:
            response.content = render_to_string("405.html", request=request).encode()
        return response
