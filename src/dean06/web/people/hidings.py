"""The register of hidings: looks that their subject does not see for a time, on a decision of two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dean06.core import clock, usage
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.core.errors import Invalid, NotFound, Reason
from dean06.core.people import purposes, queries, reading
from dean06.core.people.models import Person
from dean06.core.rules import rule
from dean06.core.usage import hiding, register
from dean06.core.usage.models import Hiding, UsageRecord
from dean06.core.usage.register import State
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, table_response
from dean06.web.people.frame import attempt, frame, private
from dean06.web.people.looks_forms import HideForm, told

MOST_LOOKS = 50  # offered for choosing, the newest
JOURNAL = "access.journal"


def _labels() -> dict[State, tuple[str, str, str]]:
    """State → words, icon, tone."""
    return {
        State.WAITING: (_("Chờ duyệt"), "clock", "warn"),
        State.HIDING: (_("Đang ẩn"), "eye-off", "warn"),
        State.REFUSED: (_("Bị từ chối"), "ban", "mute"),
        State.ENDED: (_("Kết thúc sớm"), "circle-check", "mute"),
        State.EXPIRED: (_("Đã hiện lại"), "circle-check", "mute"),
        State.LAPSED: (_("Hết hạn, chưa duyệt"), "calendar-off", "mute"),
    }


def _state(row: Hiding) -> Badge:
    return Badge(*_labels()[register.state(row, clock.now())])


def _reason(row: Hiding) -> str:
    reasons = rule("usage.hiding_reasons", row.requested_at.astimezone(clock.VIETNAM).date())
    return str(reasons.get(row.reason, row.reason))


def _agreed(row: Hiding) -> str:
    return f"{row.given}/{hiding.APPROVALS}"  # type: ignore[attr-defined]  # annotated by the register


def _table() -> Table[Hiding]:
    states = [(str(state), words) for state, (words, _icon, _tone) in _labels().items()]
    return Table(
        key="hidings",
        caption=_("Sổ ẩn lần xem"),
        columns=(
            Column(
                "document",
                _("Văn bản"),
                "document",
                order="document",
                css="main",
                link=lambda row: reverse("people:hiding", args=[row.pk]),
            ),
            Column("reason", _("Lý do"), _reason, order="reason"),
            Column("state", _("Tình trạng"), _state, export=lambda row: _state(row).label),
            Column("agreed", _("Đã duyệt"), _agreed, order="given", css="num"),
            Column("looks", _("Số lần xem"), "looked", order="looked", css="num"),
            Column("asked", _("Đề nghị lúc"), "requested_at", order="requested_at", css="date"),
            Column("until", _("Hiện lại lúc"), "expires_at", order="expires_at", css="date"),
            Column("unit", _("Đơn vị"), "unit.name", order=("unit__sort_key", "requested_at")),
        ),
        empty=Empty(
            _("Chưa có đề nghị ẩn nào"),
            _("Đề nghị được lập từ trang của người dân, khi có quyết định của cơ quan có thẩm quyền."),
        ),
        filters=(
            Filter(
                "tt",
                _("Tình trạng"),
                states,
                lookup=lambda value: register.condition(value, clock.now()),
            ),
        ),
        search_text=("document",),
        search_label=_("Tìm theo văn bản"),
        default_order="-asked",
        noun=_("đề nghị"),
    )


@require_safe
def hiding_list(request: SignedInRequest) -> HttpResponse:
    """The register of the reader's units; it says neither whom nor by whom."""
    rows = register.hidings(request.actor)
    return private(
        table_response(
            request,
            _table(),
            rows,
            "an-lan-xem",
            template="people/hidings.html",
            context=frame(request, "hidings"),
            may_export=may(request.actor, Action.EXPORT),
        )
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Ask that looks at a person be hidden from him until a day."""
    who = queries.by_key(request.actor, key)
    if request.method != "POST":  # this look, too, may have to be hidden: it is there to be chosen
        _note_person(request, who)
    rows = register.looks_at(bytes(who.usage_key), who.unit_id, MOST_LOOKS)
    form, made, status = HideForm(request.POST or None, rows=rows), list[Hiding](), 200
    if request.method == "POST":
        status = attempt(form, lambda data: made.append(_ask(request, who, data)))
        if status == 200:
            messages.success(request, _("Đã gửi đề nghị; cần hai người khác có thẩm quyền duyệt."))
            return private(redirect("people:hiding", made[0].pk))
        _note_person(request, who)
    context = frame(request, "hidings", person=who, form=form, agreeing=hiding.APPROVALS)
    return private(render(request, "people/hide.html", context, status=status))


def _ask(request: SignedInRequest, who: Person, data: dict[str, Any]) -> Hiding:
    return hiding.request(
        actor=request.actor,
        unit_id=who.unit_id,
        reason=data["reason"],
        document=data["document"],
        last_day=data["last_day"],
        usage_ids=data["looks"],
    )


def _note_person(request: SignedInRequest, who: Person) -> None:
    reading.note(request.actor, [who], purpose=purposes.READ, unit_id=who.unit_id, route="people:hide")


@require_http_methods(["GET", "HEAD", "POST"])
def hiding_page(request: SignedInRequest, number: int) -> HttpResponse:
    """One request: its looks, who agreed, and the step that is open to the reader."""
    row = register.hidings(request.actor).filter(pk=number).first()
    if row is None:
        raise NotFound(_("Không có yêu cầu này trong phạm vi của anh/chị."))
    if request.method == "POST":
        messages.success(request, _act(request, row))
        return private(redirect("people:hiding", number))
    looks, names = register.looks_of(row), register.names(row)
    _note_names(request, row, looks, names)
    context = frame(
        request,
        "hidings",
        row=row,
        reason=_reason(row),
        state=_state(row),
        history=_history(row, names),
        looks=[told(look) for look in looks],
        steps=register.steps(request.actor, row, clock.now()),
        agreeing=hiding.APPROVALS,
    )
    return private(render(request, "people/hiding.html", context))


def _note_names(
    request: SignedInRequest, row: Hiding, looks: list[UsageRecord], names: dict[int, str]
) -> None:
    """The page names officers as the log does: the same kind of look."""
    shown = {look.actor_name for look in looks} | set(names.values())
    usage.record_read(
        actor=request.actor,
        purpose=JOURNAL,
        unit_id=row.unit_id,
        subjects=len(shown),
        route="people:hiding",
    )


def _history(row: Hiding, names: dict[int, str]) -> list[tuple[str, str, Any]]:
    """(what, by whom, when), the oldest first."""
    steps = [(_("Đề nghị"), row.requested_by, row.requested_at)]
    given = row.approvals.order_by("at").values_list("approver_id", "at")
    steps += [(_("Đồng ý"), who, at) for who, at in given]
    if row.refused_at and row.refused_by:
        steps.append((_("Từ chối"), row.refused_by, row.refused_at))
    if row.ended_at and row.ended_by:
        steps.append((_("Kết thúc sớm"), row.ended_by, row.ended_at))
    return [(what, names.get(who, "–"), at) for what, who, at in steps]


def _act(request: SignedInRequest, row: Hiding) -> str:
    """Run the step that a post names; what to say about it. Raises what the action raises."""
    match request.POST.get("do", ""):
        case "duyet":
            given = hiding.approve(actor=request.actor, hiding_id=row.pk)
            if given < hiding.APPROVALS:
                return _("Đã ghi ý kiến đồng ý; cần thêm một người nữa.")
            return _("Đã đủ hai người duyệt; các lần xem này đang được ẩn.")
        case "tu-choi":
            hiding.refuse(actor=request.actor, hiding_id=row.pk)
            return _("Đã từ chối; không lần xem nào bị ẩn theo đề nghị này.")
        case "ket-thuc":
            hiding.end(actor=request.actor, hiding_id=row.pk)
            return _("Đã kết thúc việc ẩn; người dân nhìn thấy lại các lần xem này.")
    raise Invalid([Reason(_("Không rõ việc cần làm."))])
