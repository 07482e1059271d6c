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
    if not _log.isEnabledFor(logging.INFO):
        return
    actor = getattr(request, "actor", None)
    fields = {
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "actor": actor.user_id if actor else None,
        "roles": sorted({str(grant.role) for grant in actor.grants}) if actor else [],
    }
    _log.info("%s %s %s", method, route, status, extra={"fields": fields})
