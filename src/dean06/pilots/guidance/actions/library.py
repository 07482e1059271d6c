"""The library that every desk draws on: videos approved by the lead of the pilot, lists of procedures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.models import Role
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Denied, Invalid, NotFound, Reason
from dean06.core.units.models import Kind
from dean06.pilots.guidance.models import ProcedureList, Video
from dean06.pilots.guidance.records import PILOT
from dean06.plan.engine import touch_all
from dean06.plan.models import Pilot

_WHY = "the library belongs to no unit's scope; the lead's right was asked before"


_LEADING = frozenset({Kind.PROVINCE, Kind.DEPARTMENT})


def may_keep_library(actor: Actor) -> bool:
    """Whether the actor leads this pilot for the province: what he approves holds at every desk."""
    return actor.system or any(
        grant.role == Role.PILOT_LEAD
        and grant.unit_kind in _LEADING
        and (not grant.pilots or PILOT in grant.pilots)
        for grant in actor.grants
    )


def require_keeper(actor: Actor) -> None:
    """Raise Denied unless `may_keep_library`."""
    if not may_keep_library(actor):
        raise Denied(_("Chỉ cơ quan chủ trì mô hình được cập nhật thư viện video và danh mục thủ tục."))


def add_video(*, actor: Actor, title: str, procedure: str) -> Video:
    """Put a video into the library, not yet approved: desks may show it, it proves nothing until then.

    Raises Denied, Invalid (empty, too long, there already).
    """
    require_keeper(actor)
    values = {"title": title.strip(), "procedure": procedure.strip()}
    empty = [Reason(_("Hãy điền mục này."), field=name) for name, value in values.items() if not value]
    long = [Reason(_("Tối đa 200 ký tự."), field=n) for n, value in values.items() if len(value) > 200]
    if empty or long:
        raise Invalid(empty + long)
    with transaction.atomic(), wide(_WHY):
        try:
            with transaction.atomic():
                video = Video.objects.create(unit_id=_keeper(actor), **values)
        except IntegrityError as error:
            text = _("Thư viện đã có video cùng tên cho thủ tục này.")
            raise Invalid([Reason(text, field="title")]) from error
        _tell(actor, "add_video", video, {"title": video.title, "procedure": video.procedure})
        return video


def approve_video(*, actor: Actor, video_id: int, approved_on: date, approval: str) -> Video:
    """Approve a video by a document: from that day on, desks that show it are counted.

    Raises Denied, NotFound, Conflict (approved already), Invalid.
    """
    require_keeper(actor)
    if not approval.strip():
        raise Invalid([Reason(_("Hãy ghi số, ngày văn bản duyệt."), field="approval")])
    if approved_on > clock.today():
        raise Invalid([Reason(_("Ngày này ở tương lai."), field="approved_on")])
    with transaction.atomic(), wide(_WHY):
        video = _locked_video(video_id)
        if video.approved_on is not None:
            text = _("Video này đã được duyệt ngày %(day)s.") % {"day": f"{video.approved_on:%d/%m/%Y}"}
            raise Conflict(text)
        video.approved_on, video.approval = approved_on, approval.strip()[:200]
        video.save()
        detail = {"approved_on": str(approved_on), "approval": video.approval}
        _tell(actor, "approve_video", video, detail)
        touch_all(("guidance.desk_video",))
        return video


def expire_video(*, actor: Actor, video_id: int, valid_to: date) -> Video:
    """From `valid_to` on the video is out of date: showing it proves nothing any more.

    Raises Denied, NotFound, Conflict (not approved, or ended already), Invalid (before its approval).
    """
    require_keeper(actor)
    with transaction.atomic(), wide(_WHY):
        video = _locked_video(video_id)
        if video.approved_on is None or video.valid_to is not None:
            raise Conflict(_("Video này chưa được duyệt hoặc đã có ngày hết hiệu lực."))
        if valid_to <= video.approved_on:
            text = _("Ngày hết hiệu lực phải sau ngày duyệt %(day)s.") % {
                "day": f"{video.approved_on:%d/%m/%Y}"
            }
            raise Invalid([Reason(text, field="valid_to")])
        video.valid_to = valid_to
        video.save()
        _tell(actor, "expire_video", video, {"valid_to": str(valid_to)})
        touch_all(("guidance.desk_video",))
        return video


def publish_list(*, actor: Actor, level: str, code: str, document: str, valid_from: date) -> ProcedureList:
    """Publish a version of the list of one level; the version before it ends on the day this one begins.

    Raises Denied, Invalid (code used already, not after the version in force, missing document).
    """
    require_keeper(actor)
    with transaction.atomic(), wide(_WHY):
        before = ProcedureList.objects.select_for_update().filter(level=level, valid_to=None).first()
        reasons = _list_faults(level, code, document, valid_from, before)
        if reasons:
            raise Invalid(reasons)
        if before is not None:
            before.valid_to = valid_from
            before.save()
        values = {"level": level, "code": code.strip(), "document": document.strip()}
        try:
            with transaction.atomic():
                made = ProcedureList.objects.create(**values, valid_from=valid_from)
        except IntegrityError as error:
            text = _("Mã phiên bản đã có, hoặc hiệu lực chồng lên phiên bản khác của cùng cấp.")
            raise Invalid([Reason(text, field="code")]) from error
        _tell(actor, "publish_list", made, values | {"valid_from": str(valid_from)})
        touch_all(("guidance.desk_posted",))
        return made


def _list_faults(
    level: str, code: str, document: str, valid_from: date, before: ProcedureList | None
) -> list[Reason]:
    found = []
    if level not in ProcedureList.Level.values:
        found.append(Reason(_("Không có cấp này."), field="level"))
    for name, value, most in (("code", code, 60), ("document", document, 200)):
        if not value.strip():
            found.append(Reason(_("Hãy điền mục này."), field=name))
        elif len(value.strip()) > most:
            found.append(Reason(_("Tối đa %(most)s ký tự.") % {"most": most}, field=name))
    if before is not None and valid_from <= before.valid_from:
        day = {"code": before.code, "day": f"{before.valid_from:%d/%m/%Y}"}
        text = _("Phải sau ngày phiên bản “%(code)s” có hiệu lực (%(day)s).") % day
        found.append(Reason(text, field="valid_from"))
    return found


def _keeper(actor: Actor) -> int:
    """The unit that keeps the library: the lead of the pilot in the plan, else the lead's own unit."""
    lead = Pilot.objects.filter(code=PILOT, lead__isnull=False).values_list("lead_id", flat=True).first()
    own = next((grant.unit_id for grant in actor.grants if grant.role == Role.PILOT_LEAD), None)
    keeper = lead or own
    if keeper is None:
        raise Conflict(_("Kế hoạch chưa ghi cơ quan chủ trì mô hình."))
    return keeper


def _locked_video(video_id: int) -> Video:
    video = Video.objects.select_for_update().filter(pk=video_id).first()
    if video is None:
        raise NotFound(_("Không tìm thấy video này."))
    return video


def _tell(actor: Actor, verb: str, made: Video | ProcedureList, detail: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        action=f"guidance.{verb}",
        object_type="guidance.library",
        object_id=f"{made._meta.model_name}:{made.pk}",
        unit_id=made.unit_id if isinstance(made, Video) else None,
        detail=detail,
    )
