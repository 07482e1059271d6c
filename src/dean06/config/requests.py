"""Around every request: its correlation id, its line in the log, its place in the metrics.

None of them holds a path, a query or a name: the route is told by its name, the person by the account's id.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dean06.config.metrics import observe
from dean06.core import correlation

HEADER = "X-Request-ID"
NO_ROUTE = "-"  # static files and addresses that lead nowhere
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
REFUSED = frozenset({400, 401, 403, 405, 409, 413, 422, 429})
"""What a control refused: told in every format, with the account (OWASP ASVS 5.0.0, 16.3.2 and 16.3.3)."""
_log = logging.getLogger("dean06.access")


class RequestLogMiddleware:
    """Must be the first: it sees the answer of every other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        with correlation.bound(correlation.accepted(request.headers.get(HEADER))) as name:
            response = self.get_response(request)
            response.headers[HEADER] = name
            _tell(request, response.status_code, time.perf_counter() - begun)
        return response


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    route = (match.view_name if match else "") or NO_ROUTE
    method = request.method if request.method in _METHODS else "other"
    observe(str(method), route, status, seconds)
    level = logging.WARNING if status in REFUSED else logging.INFO
    if not _log.isEnabledFor(level):
        return
    actor = getattr(request, "actor", None)
    known = getattr(
        request, "_cached_user", None
    )  # as Django keeps whoever was looked up; no query for the log
    who = actor.user_id if actor else getattr(known, "pk", None)
    fields = {
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "actor": who,
        "roles": sorted({str(grant.role) for grant in actor.grants}) if actor else [],
    }
    refused = f" refused to account {who or '-'} [{correlation.current()}]" if level > logging.INFO else ""
    _log.log(level, "%s %s %s%s", method, route, status, refused, extra={"fields": fields})
