"""Requests of people about their data: list with due days, one request and its steps, the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import Conflict, NotFound
from dean06.core.people import purposes, queries, reading
from dean06.core.privacy import answer, requests
from dean06.core.privacy.answer import may_export
from dean06.core.privacy.deadlines import ACKNOWLEDGE
from dean06.core.privacy.lawdata import citation, read_citation
from dean06.core.privacy.models import RequestKind, RequestState, SubjectRequest
from dean06.ui.figures import Badge, deadline_badge
from dean06.ui.tables import Column, Empty, Filter, Table, build, table_response
from dean06.ui.tables.query import asked as wished
from dean06.ui.tables.response import wants_part
from dean06.web.people import forms
from dean06.web.people.frame import attempt, frame, paper, private
from dean06.web.people.listing import note_page


def _due(row: SubjectRequest) -> Badge:
    """How many days are left, and to which of the two due days they count."""
    first = row.state == RequestState.RECEIVED
    badge = deadline_badge(
        row.acknowledge_due if first else row.answer_due, clock.today(), met=not row.is_open
    )
    if not row.is_open:
        return badge
    words = _("%(left)s để phản hồi tiếp nhận") if first else _("%(left)s để trả lời")
    return replace(badge, label=words % {"left": badge.label})


def _name(row: SubjectRequest) -> str:
    return row.person.full_name if row.person else _("Dữ liệu đã được xóa")


def _selected(request: SignedInRequest, rows: QuerySet[SubjectRequest]) -> QuerySet[SubjectRequest]:
    """Those of the people whose name is searched for; names are encrypted, so tokens are compared."""
    wish = wished(request.GET, _table())
    if not wish.query.strip():
        return rows
    return rows.filter(person__in=queries.named(queries.visible(request.actor), wish.query))


def _state(row: SubjectRequest) -> Badge:
    tones = {"received": "warn", "acknowledged": "mute", "fulfilled": "good", "refused": "mute"}
    icons = {"received": "inbox", "acknowledged": "clock", "fulfilled": "circle-check", "refused": "ban"}
    return Badge(str(row.get_state_display()), icons[row.state], tones[row.state])


def _filters() -> tuple[Filter, ...]:
    return (
        Filter("loai", _("Loại yêu cầu"), RequestKind.choices, lookup="kind"),
        Filter("tt", _("Tình trạng"), RequestState.choices, lookup="state"),
    )


def _table() -> Table[SubjectRequest]:
    return Table(
        key="requests",
        caption=_("Yêu cầu của chủ thể dữ liệu"),
        columns=(
            Column(
                "kind",
                _("Loại yêu cầu"),
                lambda row: row.get_kind_display(),
                order=("kind", "answer_due"),
                css="main",
                link=lambda row: reverse("people:request", args=[row.key]),
            ),
            Column("name", _("Người yêu cầu"), _name, in_export=False),
            Column("received", _("Ngày nhận"), "received_on", order="received_on", css="date"),
            Column(
                "state", _("Tình trạng"), _state, order="state", export=lambda row: row.get_state_display()
            ),
            Column("acknowledge", _("Hạn phản hồi"), "acknowledge_due", order="acknowledge_due", css="date"),
            Column("answer", _("Hạn trả lời"), "answer_due", order="answer_due", css="date"),
            Column("due", _("Còn lại"), _due, in_export=False),
            Column("extended", _("Gia hạn"), "extended_on", order="extended_on", css="date"),
            Column("unit", _("Đơn vị"), "unit.name", order=("unit__sort_key", "answer_due")),
        ),
        empty=Empty(_("Chưa có yêu cầu nào"), _("Yêu cầu được ghi từ trang của người dân.")),
        filters=_filters(),
        found=True,
        search_label=_("Tìm theo họ tên: gõ cả tiếng, không cần dấu"),
        default_order="answer",
        noun=_("yêu cầu"),
    )


@require_safe
def request_list(request: SignedInRequest) -> HttpResponse:
    """Every request of the reader's units, the one due first on top; a file holds no names."""
    require(request.actor, Action.VIEW_PERSONAL)
    table, rows = _table(), _selected(request, requests.visible(request.actor))
    allowed = may(request.actor, Action.EXPORT)
    if wished(request.GET, table).export:
        return private(table_response(request, table, rows, "yeu-cau-du-lieu", may_export=allowed))
    state = build(request, table, rows, may_export=allowed)
    shown = {row.person.pk: row.person for row in state.page.object_list if row.person}
    note_page(request, list(shown.values()), "people:requests")
    if wants_part(request, state.dom_id):
        return private(render(request, "components/table_results.html", {"list": state}))
    return private(render(request, "people/requests.html", frame(request, "requests", list=state)))


@require_http_methods(["GET", "HEAD", "POST"])
def request_add(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Write down what a person asks."""
    who = queries.by_key(request.actor, key)
    require(request.actor, Action.RECORD, unit_id=who.unit_id)
    form = forms.RequestForm(request.POST or None)
    status = 200
    if request.method == "POST":
        made: list[SubjectRequest] = []
        status = attempt(
            form,
            lambda data: made.append(requests.open_request(actor=request.actor, person_id=who.pk, **data)),
        )
        if status == 200:
            messages.success(request, _("Đã ghi yêu cầu; đồng hồ hạn đã chạy."))
            return private(redirect("people:request", made[0].key))
    reading.note(request.actor, [who], purpose=purposes.READ, unit_id=who.unit_id, route="people:request_add")
    context = frame(request, "requests", person=who, form=form)
    return private(render(request, "people/request_form.html", context, status=status))


Step = tuple[str, type[django_forms.Form], Callable[..., SubjectRequest], str]


def _steps(row: SubjectRequest) -> list[Step]:
    """What may be done next: name, form, action, words on the button."""
    if row.state == RequestState.RECEIVED:
        return [("phan-hoi", forms.VersionForm, requests.acknowledge, _("Ghi nhận đã phản hồi tiếp nhận"))]
    if not row.is_open:
        return []
    steps: list[Step] = [("thuc-hien", forms.FulfilForm, requests.fulfil, _("Ghi kết quả và đóng"))]
    if requests.may_extend(row):
        steps.append(("gia-han", forms.ExtendForm, requests.extend, _("Gia hạn một lần")))
    return [*steps, ("tu-choi", forms.RefuseForm, requests.refuse, _("Từ chối"))]


@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: SignedInRequest, key: UUID) -> HttpResponse:
    """One request and its next steps; a post names the step it is."""
    row = _row(request, key)
    asked = request.POST.get("do", "")
    made: list[tuple[str, django_forms.Form, str]] = []
    status = 200
    for name, form_type, act, button in _steps(row):
        posted = request.method == "POST" and name == asked
        form = form_type(request.POST if posted else None, initial={"version": row.version}, prefix=name)
        made.append((name, form, button))
        if posted:
            status = attempt(form, _bound(act, request.actor, key))
            if status == 200:
                messages.success(request, _("Đã ghi."))
                return private(redirect("people:request", key))
    return _page(request, row, made, status=status, asked=asked)


def _row(request: SignedInRequest, key: UUID) -> SubjectRequest:
    row = requests.visible(request.actor).filter(key=key).first()
    if row is None:
        raise NotFound(_("Không có yêu cầu này trong phạm vi của anh/chị."))
    return row


def _bound(act: Callable[..., SubjectRequest], actor: Actor, key: UUID) -> Callable[[dict[str, Any]], object]:
    return lambda data: act(actor=actor, key=key, **data)


def _page(
    request: SignedInRequest,
    row: SubjectRequest,
    made: list[tuple[str, django_forms.Form, str]],
    *,
    status: int,
    asked: str = "",
    why: forms.AnswerForm | None = None,
) -> HttpResponse:
    """The page of a request; `why`: the form of the file, where it was refused."""
    if row.person:
        reading.note(
            request.actor, [row.person], purpose=purposes.READ, unit_id=row.unit_id, route="people:request"
        )
    codes = (f"privacy.request.{row.kind}", ACKNOWLEDGE)
    laws = [read_citation(citation(code, row.received_on)) for code in codes]
    context = frame(
        request,
        "requests",
        row=row,
        state=_state(row),
        due=_due(row),
        forms=made,
        asked=asked,
        why=why or forms.AnswerForm(),
        may_act=may(request.actor, Action.RECORD, unit_id=row.unit_id),
        may_download=may_export(row),
        may_correct=row.kind == RequestKind.CORRECT and row.is_open and row.person is not None,
        laws=[said for said, _unread in laws],
        unread=any(unread for _said, unread in laws),
    )
    return private(render(request, "people/request.html", context, status=status))


@require_POST
def subject_file(request: SignedInRequest, key: UUID) -> HttpResponse:
    """The person's data and who looked, for handing over, for a reason: DOCX to read, JSON for programs."""
    row = _row(request, key)
    require(request.actor, Action.RECORD, unit_id=row.unit_id)
    if not may_export(row):
        raise Conflict(answer.not_now())
    form = forms.AnswerForm(request.POST)
    made: list[dict[str, Any]] = []
    status = attempt(
        form, lambda data: made.append(answer.subject_data(actor=request.actor, key=key, **data))
    )
    if not made:
        steps = [
            (name, form_type(initial={"version": row.version}, prefix=name), button)
            for name, form_type, _act, button in _steps(row)
        ]
        return _page(request, row, steps, status=status, why=form)
    if request.POST.get("dang") == "docx":
        return paper(answer.paper(made[0]), "du-lieu-ca-nhan")
    response = JsonResponse(made[0], json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="du-lieu-ca-nhan.json"'
    return private(response)
