"""Pages of the library: videos, kept by the lead of the pilot, and lists of procedures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dean06.core import clock
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.core.errors import Invalid
from dean06.pilots.guidance import actions, queries
from dean06.pilots.guidance.forms import ApproveForm, ExpireForm, ListForm, VideoForm
from dean06.pilots.guidance.models import ProcedureList, Video
from dean06.pilots.guidance.views.lists import frame
from dean06.pilots.guidance.views.shown import SHOWN
from dean06.pilots.guidance.views.write import refuse
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, build, list_alone, table_response

_STATES: dict[queries.VideoState, tuple[str | Promise, str, str]] = {
    queries.VideoState.WAITING: (gettext_lazy("Chờ duyệt"), "clock", "warn"),
    queries.VideoState.VALID: (gettext_lazy("Đang có hiệu lực"), "circle-check", "good"),
    queries.VideoState.EXPIRED: (gettext_lazy("Hết hiệu lực"), "minus", "mute"),
}


def _video_state(video: Video) -> Badge:
    label, icon, tone = _STATES[queries.video_state(video, clock.today())]
    return Badge(str(label), icon, tone)


def _video_url(video: Video) -> str:
    return reverse("guidance:video", args=[video.pk])


VIDEOS: Table[Any] = Table(
    key="videos",
    caption=gettext_lazy("Thư viện video hướng dẫn"),
    columns=(
        Column("title", gettext_lazy("Tên video"), "title", order="title", css="main", link=_video_url),
        Column("procedure", gettext_lazy("Thủ tục, dịch vụ công"), "procedure", order="procedure"),
        Column("approved", gettext_lazy("Ngày duyệt"), "approved_on", order="approved_on", css="date"),
        Column("approval", gettext_lazy("Văn bản duyệt"), "approval"),
        Column("points", gettext_lazy("Điểm đang chiếu"), "points", order="points", css="num"),
        Column("state", gettext_lazy("Tình trạng"), _video_state),
    ),
    empty=Empty(
        title=gettext_lazy("Thư viện chưa có video"),
        text=gettext_lazy("Cơ quan chủ trì thêm và duyệt video; điểm hướng dẫn chọn video để chiếu."),
    ),
    filters=(
        Filter(
            "state",
            gettext_lazy("Tình trạng"),
            [(state.value, _STATES[state][0]) for state in queries.VideoState],
            lookup=lambda value: queries.in_state(value, clock.today()),
        ),
    ),
    search_text=("title", "procedure", "approval"),
    search_label=gettext_lazy("Tìm video, thủ tục"),
    default_order="title",
    noun="video",
)


def _list_state(row: ProcedureList) -> Badge:
    today = clock.today()
    if row.valid_from > today:
        return Badge(_("Chưa có hiệu lực"), "clock", "warn")
    if row.valid_to is not None and row.valid_to <= today:
        return Badge(_("Hết hiệu lực"), "minus", "mute")
    return Badge(_("Đang có hiệu lực"), "circle-check", "good")


LISTS: Table[Any] = Table(
    key="lists",
    caption=gettext_lazy("Danh mục thủ tục niêm yết"),
    columns=(
        Column("title", gettext_lazy("Danh mục"), "title", order=("level", "document"), css="main"),
        Column("code", gettext_lazy("Phiên bản"), "code", order="code"),
        Column("from", gettext_lazy("Có hiệu lực từ"), "valid_from", order="valid_from", css="date"),
        Column("to", gettext_lazy("Hết hiệu lực từ"), "valid_to", order="valid_to", css="date"),
        Column("points", gettext_lazy("Điểm đang niêm yết"), "points", order="points", css="num"),
        Column("state", gettext_lazy("Tình trạng"), _list_state),
    ),
    empty=Empty(
        title=gettext_lazy("Chưa công bố danh mục nào"),
        text=gettext_lazy("Cơ quan chủ trì công bố phiên bản; bộ phận một cửa niêm yết phiên bản đó."),
    ),
    filters=(Filter("level", gettext_lazy("Cấp"), ProcedureList.Level.choices, lookup="level"),),
    search_text=("code", "document"),
    search_label=gettext_lazy("Tìm phiên bản, quyết định"),
    default_order="-from",
    noun=gettext_lazy("phiên bản"),
)


@require_safe
def video_list(request: SignedInRequest) -> HttpResponse:
    """The video library."""
    return _list(request, VIDEOS, queries.videos(), "thu-vien-video")


@require_safe
def procedure_lists(request: SignedInRequest) -> HttpResponse:
    """The published versions of the lists of procedures."""
    return _list(request, LISTS, queries.procedure_lists(), "danh-muc-thu-tuc")


def _list(request: SignedInRequest, table: Table[Any], rows: Any, name: str) -> HttpResponse:
    return table_response(
        request,
        table,
        rows,
        name,
        template="guidance/library.html",
        context=frame(request, tab=table.key),
        may_export=may(request.actor, Action.EXPORT),
    )


@require_safe
def video(request: SignedInRequest, video_id: int) -> HttpResponse:
    """One video: its approval, where it is shown, and what its keeper may do."""
    shown = queries.shown_at(queries.video(video_id))
    name = f"diem-chieu-video-{video_id}"
    alone = list_alone(request, SHOWN, shown, name, may_export=may(request.actor, Action.EXPORT))
    return alone or _video_page(request, video_id)


def _video_page(
    request: SignedInRequest, video_id: int, forms_given: dict[str, forms.Form] | None = None
) -> HttpResponse:
    row = queries.video(video_id)
    today = clock.today()
    given = forms_given or {}
    context = frame(
        request,
        video=row,
        state=_video_state(row),
        approve_form=given.get("approve") or ApproveForm(initial={"approved_on": today}),
        expire_form=given.get("expire") or ExpireForm(initial={"valid_to": today}),
        shown=build(request, SHOWN, queries.shown_at(row), may_export=may(request.actor, Action.EXPORT)),
    )
    return render(request, "guidance/video.html", context, status=422 if given else 200)


def _done(request: SignedInRequest, form: forms.Form, action: Callable[..., object], **values: Any) -> bool:
    """Run the action with the form's values; False when the form or the action refuses."""
    if not form.is_valid():
        return False
    try:
        action(actor=request.actor, **values, **form.cleaned_data)
    except Invalid as error:
        refuse(form, error)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def video_add(request: SignedInRequest) -> HttpResponse:
    """A new video, to be approved later."""
    return _library_form(
        request, VideoForm, actions.add_video, _("Thêm video"), _("Đã thêm video, chờ duyệt."), "videos"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def list_publish(request: SignedInRequest) -> HttpResponse:
    """A new version of a list of procedures; it ends the version before."""
    done = _("Đã công bố. Phiên bản trước của cùng cấp hết hiệu lực từ ngày này.")
    return _library_form(request, ListForm, actions.publish_list, _("Công bố danh mục"), done, "lists")


def _library_form(  # noqa: PLR0917 - a private step
    request: SignedInRequest,
    form_class: type[forms.Form],
    action: Callable[..., object],
    title: str,
    done: str,
    back: str,
) -> HttpResponse:
    actions.require_keeper(request.actor)
    form = form_class(request.POST or None)
    if request.method == "POST" and _done(request, form, action):
        messages.success(request, done)
        return redirect(f"guidance:{back}")
    context = frame(request, form=form, title=title, back=reverse(f"guidance:{back}"), tab=back)
    return render(request, "guidance/library_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
def video_approve(request: SignedInRequest, video_id: int) -> HttpResponse:
    """Approve a video by a document."""
    actions.require_keeper(request.actor)
    form = ApproveForm(request.POST)
    if _done(request, form, actions.approve_video, video_id=video_id):
        messages.success(request, _("Đã duyệt video. Số liệu được tính lại trong giây lát."))
        return redirect("guidance:video", video_id)
    return _video_page(request, video_id, {"approve": form})


@require_http_methods(["POST"])
def video_expire(request: SignedInRequest, video_id: int) -> HttpResponse:
    """End the validity of a video."""
    actions.require_keeper(request.actor)
    form = ExpireForm(request.POST)
    if _done(request, form, actions.expire_video, video_id=video_id):
        messages.success(request, _("Đã ghi ngày hết hiệu lực. Số liệu được tính lại trong giây lát."))
        return redirect("guidance:video", video_id)
    return _video_page(request, video_id, {"expire": form})
