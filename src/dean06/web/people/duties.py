"""The duties at a glance, and what is kept for how long."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.access.scope import wide
from dean06.core.people import queries
from dean06.core.privacy import breaches, requests
from dean06.core.privacy import retention as room
from dean06.core.privacy.lawdata import read_citation
from dean06.core.privacy.models import OPEN_STATES, Breach, DeletionReport
from dean06.ui.tables import Column, Empty, Table, build
from dean06.web.people.breaches import left
from dean06.web.people.frame import frame

SOON = timedelta(days=2)  # a request this near to its day is told apart


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Counts only: people, open requests, overdue ones, open breaches; and every clock about to run out."""
    require(request.actor, Action.VIEW)
    today = clock.today()
    open_requests = requests.visible(request.actor).filter(state__in=OPEN_STATES)
    open_breaches = Breach.objects.filter(closed_on__isnull=True)
    context = frame(
        request,
        "home",
        people=queries.visible(request.actor).count(),
        open_requests=open_requests.count(),
        overdue=open_requests.filter(answer_due__lt=today).count(),
        open_breaches=open_breaches.count(),
        pressing=[
            (breach, breaches.clock_label(one.name), left(one))
            for breach, one in breaches.pressing(open_breaches.select_related("unit"))
        ],
        soon=open_requests.filter(answer_due__range=(today, today + SOON)).count(),
    )
    return render(request, "people/home.html", context)


def _reports() -> Table[DeletionReport]:
    labels = {kept.rule: kept.label for kept in room.KEPT}
    return Table(
        key="reports",
        caption=_("Báo cáo xóa dữ liệu"),
        columns=(
            Column("at", _("Chạy lúc"), "ran_at", order="ran_at", css="date"),
            Column(
                "what",
                _("Dữ liệu"),
                lambda row: str(labels.get(row.rule, row.table)),
                order="rule",
                css="main",
            ),
            Column("days", _("Số ngày lưu"), "days", order="days", css="num"),
            Column("cutoff", _("Đến hết ngày"), "cutoff", order="cutoff", css="date"),
            Column("deleted", _("Đã xóa"), "deleted", order="deleted", css="num"),
            Column("held", _("Giữ theo luật"), "held", order="held", css="num"),
        ),
        empty=Empty(_("Chưa xóa gì"), _("Mỗi đêm hệ thống xóa dữ liệu hết hạn lưu và ghi một dòng ở đây.")),
        default_order="-at",
        noun=_("báo cáo"),
    )


@require_safe
def retention(request: SignedInRequest) -> HttpResponse:
    """The rules in force, what they would delete tonight (for the operator), and the reports."""
    require(request.actor, Action.VIEW)
    operator = may(request.actor, Action.OPERATE)
    if operator:
        with transaction.atomic(), wide("the operator sees the counts of the whole province"):
            due = room.plan(clock.today())
    else:
        due = room.plan(clock.today())
    laws = [read_citation(one.citation) for one in due]
    state = build(request, _reports(), DeletionReport.objects.all())
    state.may_export = False
    return render(
        request,
        "people/retention.html",
        frame(
            request,
            "retention",
            due=list(zip(due, (said for said, _unread in laws), strict=True)),
            unread=any(unread for _said, unread in laws),
            list=state,
            counts=operator,
        ),
    )
