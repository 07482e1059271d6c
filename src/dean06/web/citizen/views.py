"""Who looked at my data: the pages of a citizen signed in by VNeID."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest, citizen_view
from dean06.core.errors import Denied, Invalid
from dean06.core.sheets import write_csv, write_xlsx
from dean06.core.usage import queries, representation, retention, words
from dean06.core.usage.models import Representation
from dean06.core.usage.recording import SINGLE_PEOPLE
from dean06.ui.tables.response import XLSX_TYPE, named
from dean06.web.citizen.period import PAGE_SIZE, Period, asked, page_number

EXPORT_LIMIT = 20_000


@citizen_view
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """My own rows, and whom I represent."""
    key = _own_key(request)
    return _answer(request, key, reverse("usage:mine"), representation.of(key), None)


@citizen_view
@require_safe
def represented(request: SignedInRequest, representation_id: int) -> HttpResponse:
    """The rows of somebody I represent; that I looked becomes a row of his."""
    subject = representation.use(
        actor=request.actor,
        representative_key=_own_key(request),
        representation_id=representation_id,
        route="usage:represented",
    )
    row = next(one for one in representation.of(_own_key(request)) if one.pk == representation_id)
    return _answer(request, subject, reverse("usage:represented", args=[representation_id]), [], row)


def _own_key(request: SignedInRequest) -> bytes:
    key = request.actor.subject_key
    if key is None:  # the middleware admits citizens only; never answer for nobody
        raise Denied(_("Trang này dành cho công dân đăng nhập bằng VNeID."))
    return key


def _answer(
    request: HttpRequest,
    key: bytes,
    address: str,
    others: Sequence[Representation],
    right: Representation | None,
) -> HttpResponse:
    try:
        period, problem = asked(request.GET), None
    except Invalid as error:
        period, problem = Period(None, None), error
    form = request.GET.get("export", "")
    if form in _FORMS and problem is None:
        return _file(queries.find(key, start=period.start, end=period.end, limit=EXPORT_LIMIT), form)
    page = page_number(request.GET)
    found = queries.find(
        key, start=period.start, end=period.end, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    context = {
        "looks": [words.sentence(look) for look in found.looks],
        "total": found.total,
        "period": period,
        "problem": problem,
        "address": address,
        "others": others,
        "right": right,
        "reach": retention.reach(),
        "single": SINGLE_PEOPLE,
        "newer": address + period.query(trang=page - 1) if page > 1 else "",
        "older": address + period.query(trang=page + 1) if page * PAGE_SIZE < found.total else "",
        "exports": [(kind, address + period.query(export=kind)) for kind in _FORMS],
    }
    return render(request, "citizen/mine.html", context, status=422 if problem else 200)


def _file(found: queries.Found, form: str) -> HttpResponse:
    """Every row of the period as a file. Raises Invalid when there are more than a file takes."""
    if found.total > EXPORT_LIMIT:
        text = _("Khoảng thời gian này có quá %(limit)s dòng; hãy chọn khoảng ngắn hơn.")
        raise Invalid(text % {"limit": EXPORT_LIMIT})
    content, kind = _FORMS[form](found)
    response = HttpResponse(content, content_type=kind)
    name = named(f"ai-da-xem-du-lieu-{clock.today():%Y%m%d}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _table(found: queries.Found) -> tuple[list[str], list[list[object]]]:
    headers = [_("Thời điểm"), _("Cơ quan"), _("Việc đã làm"), _("Căn cứ")]
    rows: list[list[object]] = [
        [look.at, words.who(look), words.action(look), words.basis(look)] for look in found.looks
    ]
    return headers, rows


def _csv(found: queries.Found) -> tuple[bytes, str]:
    headers, rows = _table(found)
    return write_csv(headers, rows), "text/csv; charset=utf-8"


def _xlsx(found: queries.Found) -> tuple[bytes, str]:
    headers, rows = _table(found)
    return write_xlsx(headers, rows, title=_("Ai đã xem dữ liệu")), XLSX_TYPE


def _json(found: queries.Found) -> tuple[bytes, str]:
    from dean06.web.citizen.api import usages

    text = json.dumps({"totalUsages": found.total, "usages": usages(found)}, ensure_ascii=False, indent=1)
    return text.encode(), "application/json"


_FORMS = {"xlsx": _xlsx, "csv": _csv, "json": _json}
