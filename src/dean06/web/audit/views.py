"""The page of the log for those who supervise, and the export that others can check."""

from __future__ import annotations

import json
import tempfile
from datetime import date, timedelta
from typing import IO, Any, cast

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from dean06.core import clock, usage
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.audit import anchoring, chain, queries
from dean06.core.audit.export import export as write_export
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Invalid, NotFound, Reason
from dean06.core.units import queries as units
from dean06.ui.tables import Column, Empty, Filter, Table, build
from dean06.ui.tables.query import asked, select
from dean06.ui.tables.response import named, table_response, wants_part
from dean06.web.audit import words

PURPOSE = "access.journal"
_DAYS = 30  # shown when nobody asks for other days
_DETAIL = 240  # characters of the detail in the list; the export has all
_IN_MEMORY = 5_000_000  # bytes of an export before it goes to disk


@require_safe
def entry_list(request: SignedInRequest) -> HttpResponse:
    """Who did what, inside the reader's scope; and how far the chains are proved."""
    require(request.actor, Action.VIEW_LOG)
    form = _asked(request)
    rows = queries.entries(form["first"], form["last"], person=form["person"], units=form["units"])
    table = _table(*queries.kinds(rows))
    wish = asked(request.GET, table)
    allowed = may(request.actor, Action.EXPORT)
    if wish.export:
        _note(request, select(rows, table, wish).values_list("actor_name", flat=True))  # type: ignore[union-attr]
        return table_response(request, table, rows, "nhat-ky", may_export=allowed)
    state = build(request, table, rows)
    state.may_export = allowed
    _note(request, [row.actor_name for row in state.page.object_list])
    if wants_part(request, state.dom_id):
        return render(request, "components/table_results.html", {"list": state})
    context = form | {"list": state, "may_export": allowed, "anchor": anchoring.state()}
    context["links"] = sum(head.seq for head in chain.heads())
    return render(request, "audit/list.html", context)


@require_POST
def export(request: SignedInRequest) -> FileResponse:
    """Both logs as a file that dean06 verify-log checks; rows outside the scope by their hash only."""
    require(request.actor, Action.VIEW_LOG)
    file = cast(IO[bytes], tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the response closes it
    write_export(actor=request.actor, write=file.write)
    file.seek(0)
    name = f"{named('nhat-ky')}-{clock.now().astimezone(clock.VIETNAM):%Y%m%d-%H%M%S}.jsonl"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/jsonl")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _note(request: SignedInRequest, names: Any) -> None:
    """The log names officers: looking at it is a look at personal data."""
    subjects = len(set(names))
    usage.record_read(
        actor=request.actor, purpose=PURPOSE, unit_id=None, subjects=subjects, route="audit:list"
    )


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Days, person and unit of the address. Raises Invalid naming the field."""
    last = _day(request, "den", _("Đến ngày")) or clock.today()
    first = _day(request, "tu", _("Từ ngày")) or last - timedelta(days=_DAYS)
    if first > last:
        raise Invalid([Reason(_("“Từ ngày” phải trước hoặc bằng “Đến ngày”."), field=_("Từ ngày"))])
    person, code = (request.GET.get(name, "").strip()[:100] for name in ("nguoi", "don-vi"))
    below = None
    if code:
        try:
            unit = units.resolve(code, clock.today())
        except NotFound as error:
            raise Invalid([Reason(error.message, field=_("Mã đơn vị"))]) from error
        below = units.descendant_ids(unit.pk, clock.today())
    return {"first": first, "last": last, "person": person, "unit": code, "units": below}


def _day(request: HttpRequest, name: str, label: str) -> date | None:
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        return cast(date, DateField(input_formats=["%d/%m/%Y", "%Y-%m-%d"]).clean(text))
    except ValidationError:
        message = _("“%(text)s” không phải một ngày; hãy viết dạng 05/09/2023") % {"text": text[:40]}
        raise Invalid([Reason(message, field=label)]) from None


def _table(actions: list[str], objects: list[str]) -> Table[AuditEntry]:
    return Table(
        key="log",
        caption=_lazy("Nhật ký thao tác"),
        columns=(
            Column("at", _lazy("Thời điểm"), "at", ("at", "id"), "date"),
            Column("who", _lazy("Người thực hiện"), "actor_name", ("actor_name", "at")),
            Column("what", _lazy("Thao tác"), lambda row: words.action(row.action), ("action", "at"), "main"),
            Column("object", _lazy("Đối tượng"), _object, ("object_type", "object_id", "at")),
            Column(
                "unit",
                _lazy("Đơn vị"),
                lambda row: row.unit.name if row.unit else "",
                ("unit__sort_key", "at"),
            ),
            Column("detail", _lazy("Chi tiết"), _detail, css="wide"),
        ),
        empty=Empty(_lazy("Không có thao tác nào trong những ngày này"), _lazy("Chọn khoảng ngày khác.")),
        filters=(
            Filter("viec", _lazy("Thao tác"), [(code, words.action(code)) for code in actions], "action"),
            Filter(
                "loai", _lazy("Loại đối tượng"), [(code, words.kind(code)) for code in objects], "object_type"
            ),
        ),
        search_folded=("unit__fold",),
        search_text=("actor_name", "action", "object_type", "object_id"),
        search_label=_lazy("Tìm theo người, thao tác, đối tượng, đơn vị"),
        default_order="-at",
        noun=_lazy("thao tác"),
    )


def _object(row: AuditEntry) -> str:
    return f"{words.kind(row.object_type)} {row.object_id}"


def _detail(row: AuditEntry) -> str:
    """The detail on one line, cut where it is long."""
    text = "; ".join(f"{name}: {_value(value)}" for name, value in row.detail.items())
    return text if len(text) <= _DETAIL else text[: _DETAIL - 1] + "…"


def _value(value: object) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
