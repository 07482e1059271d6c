"""For citizens' portals: heartbeat, usagePeriod, findUsage, after the protocol of the Estonian data tracker.

docs/usage.md describes it. The portal shows a bearer token; the asker's number comes in the header
X-Road-UserId and the subject's in the body, so that no number stands in an address. Nothing is answered for
somebody else without a representation in force, and every such use becomes a look of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from dean06.core import audit, clock, vault
from dean06.core.access.actor import system_actor
from dean06.core.access.middleware import without_scope
from dean06.core.access.scope import wide
from dean06.core.usage import queries, representation, retention, words
from dean06.core.usage.recording import SINGLE_PEOPLE
from dean06.web.citizen.asking import BadRequest, read_body, user_code

SYSTEM = "dean06"
ACTOR = system_actor("usage.portal")
ROUTE = "usage:api_find"
Answer = Callable[[HttpRequest], dict[str, Any]]


class Refused(Exception):
    """The asker may not see rows of this subject."""


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


def _admitted(request: HttpRequest) -> bool:
    """Whether the portal's token is the one in our file, and in time. Without one nobody is admitted."""
    token = settings.USAGE_API_TOKEN
    return token is not None and token.opens(request.headers.get("Authorization", ""))


def operation(method: str) -> Callable[[Answer], Callable[[HttpRequest], HttpResponse]]:
    """A view of the protocol: token, method, answer as JSON that nobody keeps."""

    def of(view: Answer) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @login_not_required
        @without_scope
        @wraps(view)
        def run(request: HttpRequest) -> HttpResponse:
            response = _run(view, method, request)
            response.headers["Cache-Control"] = "private, no-store"
            return response

        return run

    return of


def _run(view: Answer, method: str, request: HttpRequest) -> HttpResponse:
    if not _admitted(request):
        response = _problem(401, "unauthorized", _("Thiếu mã truy cập hoặc mã sai."))
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    if request.method != method:
        response = _problem(405, "method", _("Hãy gọi bằng phương thức %(name)s.") % {"name": method})
        response.headers["Allow"] = method
        return response
    try:
        return JsonResponse(view(request), json_dumps_params={"ensure_ascii": False})
    except BadRequest as error:
        return _problem(400, "bad_request", str(error))
    except Refused:
        return _problem(403, "no_representation", _("Người hỏi không có quyền đại diện cho người này."))


@operation("GET")
def heartbeat(request: HttpRequest) -> dict[str, Any]:
    """That the record answers, with its time."""
    del request
    retention.cutoff()  # the database answers, not only the web
    return {"status": "UP", "system": SYSTEM, "time": stamp(clock.now())}


@operation("GET")
def usage_period(request: HttpRequest) -> dict[str, Any]:
    """How far back the record reaches: never before its oldest row; both null while it is empty."""
    del request
    reach = retention.reach()
    text = _(
        "Lần xem từ %(count)s người trở xuống được ghi cho từng người;"
        " đọc hàng loạt chỉ ghi số lượng và mục đích."
    )
    return {
        "periodStart": stamp(reach[0]) if reach else None,
        "periodEnd": stamp(reach[1]) if reach else None,
        "massReads": text % {"count": SINGLE_PEOPLE},
    }


@operation("POST")
def find_usage(request: HttpRequest) -> dict[str, Any]:
    """Looks at one person, newest first: {totalUsages, usages}."""
    asked = read_body(request)
    asker = user_code(request.headers.get("X-Road-UserId", ""), "X-Road-UserId")
    key, *formers = vault.blind_indexes(asked.user_code, purpose="usage")
    if asker != asked.user_code and not _represents(asker, key):
        raise Refused
    found = queries.find(
        key, start=asked.start, end=asked.end, offset=asked.offset, limit=asked.limit, also=formers
    )
    return {"totalUsages": found.total, "usages": usages(found)}


def _represents(asker: str, subject_key: bytes) -> bool:
    """Whether the asker may see this person's rows; either way it is written down."""
    asker_key = vault.blind_index(asker, purpose="usage")
    with transaction.atomic(), wide("a portal asks for a representative"):
        rows = [row for row in representation.of(asker_key) if bytes(row.subject_key) == subject_key]
        if rows:
            representation.use(
                actor=ACTOR, representative_key=asker_key, representation_id=rows[0].pk, route=ROUTE
            )
            return True
        audit.record(
            actor=ACTOR,
            action="usage.representation.refused",
            object_type="usage_representation",
            object_id="",
            unit_id=None,
            detail={"route": ROUTE},
        )
    return False


def usages(found: queries.Found) -> list[dict[str, str]]:
    """Rows as the protocol has them; no officer's name, no data of the subject."""
    return [
        {
            "logtime": stamp(look.at),
            "action": words.action(look),
            "legalBasis": words.basis(look),
            "receiverCode": look.recipient_key
            or ("representative" if look.by_representative else "external"),
            "receiverName": words.who(look),
            "receiverSystem": SYSTEM,
        }
        for look in found.looks
    ]


def stamp(moment: datetime) -> str:
    """RFC 3339 in Vietnamese time, to the microsecond that orders the rows."""
    return moment.astimezone(clock.VIETNAM).isoformat(timespec="microseconds")
