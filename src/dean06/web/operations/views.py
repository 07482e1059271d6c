"""How the installation fares: queues, failed jobs with a way to retry, backup, disk, log, versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe
from procrastinate.contrib.django.models import ProcrastinateJob

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, require
from dean06.core.operations import actions, queries
from dean06.ui.tables import Column, Empty, Table, build, list_alone

_STATES = {
    "todo": _lazy("Đang chờ"),
    "doing": _lazy("Đang chạy"),
    "failed": _lazy("Bị lỗi"),
}


@require_safe
def state(request: SignedInRequest) -> HttpResponse:
    """The whole page, or the list of failed jobs alone."""
    require(request.actor, Action.OPERATE)
    table, rows = _failed(request), queries.failed_jobs()
    waiting, found = _queues(), queries.queues()
    alone = list_alone(request, table, rows, "viec-nen-loi")
    alone = alone or list_alone(request, waiting, found, "hang-cho")
    if alone:
        return alone
    context = {
        "list": build(request, table, rows),
        "queues": build(request, waiting, found),
        "worker": queries.worker_alive(),
        "heartbeat": queries.last_heartbeat(),
        "connections": queries.connections(),
        "disk": queries.disk(),
        "backup": queries.last_backup(),
        "archive": queries.archive(),
        "log": queries.log_state(),
        "tokens": queries.tokens(),
        "versions": queries.versions(),
        "now": clock.machine_now(),
    }
    return render(request, "operations/state.html", context)


@require_POST
def retry(request: SignedInRequest, job: int) -> HttpResponse:
    """Put a failed job back in its queue."""
    task = actions.retry_job(actor=request.actor, job_id=job)
    messages.success(request, _("Đã đưa việc nền %(task)s trở lại hàng chờ.") % {"task": task})
    return redirect("operations:state")


def _queues() -> Table[queries.Queue]:
    return Table(
        key="queues",
        prefix="h-",
        caption=_lazy("Hàng chờ"),
        columns=(
            Column("name", _lazy("Hàng chờ"), "name", "name", "main"),
            Column("status", _lazy("Trạng thái"), lambda row: _STATES.get(row.status, row.status), "status"),
            Column("count", _lazy("Số việc"), "count", "count", "num"),
            Column("oldest", _lazy("Việc cũ nhất (giây)"), lambda row: round(row.oldest), "oldest", "num"),
        ),
        empty=Empty(_lazy("Không có việc nền nào đang chờ"), _lazy("Mọi việc đã được làm xong.")),
        search=lambda row: row.name,
        search_label=_lazy("Tìm theo tên việc, hàng chờ"),
        default_order="-oldest",
        noun=_lazy("hàng"),
    )


def _failed(request: HttpRequest) -> Table[ProcrastinateJob]:
    token = get_token(request)

    def button(row: ProcrastinateJob) -> SafeString:
        return format_html(
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button class="btn btn-sm">{}</button></form>',
            reverse("operations:retry", args=[row.pk]),
            token,
            _("Chạy lại"),
        )

    return Table(
        key="failed-jobs",
        caption=_lazy("Việc nền bị lỗi"),
        columns=(
            Column("task", _lazy("Việc"), "task_name", ("task_name", "id"), "main"),
            Column("queue", _lazy("Hàng chờ"), "queue_name", ("queue_name", "id")),
            Column("at", _lazy("Lỗi lúc"), "failed_at", ("failed_at", "id"), "date"),
            Column("attempts", _lazy("Số lần thử"), "attempts", ("attempts", "id"), "num"),
            Column("retry", _lazy("Thao tác"), button, in_export=False),
        ),
        empty=Empty(_lazy("Không có việc nền nào bị lỗi")),
        search_text=("task_name", "queue_name"),
        search_label=_lazy("Tìm theo tên việc, hàng chờ"),
        default_order="-at",
        noun=_lazy("việc"),
    )
