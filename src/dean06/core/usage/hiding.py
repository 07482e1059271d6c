"""Hiding looks from their subject for a time: asked by one, agreed to by two others, and it always ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.audit.anchoring import require_fresh
from dean06.core.errors import Conflict, Denied, Invalid, NotFound, Reason
from dean06.core.rules import rule
from dean06.core.usage.models import HiddenUsage, Hiding, HidingApproval, UsageRecord

APPROVALS = 2


def in_force(now: datetime) -> QuerySet[Hiding]:
    """The hidings that hide: agreed to by two people, neither refused nor ended nor over."""
    return (
        Hiding.objects.filter(expires_at__gt=now, refused_at__isnull=True, ended_at__isnull=True)
        .annotate(given=Count("approvals__approver_id", distinct=True))
        .filter(given__gte=APPROVALS)
    )


def require_in_force(hiding_id: int, now: datetime, *, actor: Actor, unit_id: int | None) -> None:
    """Raises Invalid unless this person's look at data of a unit may be hidden under this hiding now.

    Who asked may look under it, since two others have agreed; who agreed may not: nobody hides his own look.
    """
    found = in_force(now).filter(pk=hiding_id).first()
    if found is None:
        raise Invalid(_("Việc ẩn nhật ký này chưa đủ hai người duyệt hoặc đã hết hạn."))
    if unit_id != found.unit_id:
        raise Invalid(_("Việc ẩn nhật ký này được duyệt cho đơn vị khác."))
    if actor.user_id in found.approvals.values_list("approver_id", flat=True):
        raise Invalid(_("Người đã duyệt việc ẩn không được ẩn lần xem của chính mình."))


def request(
    *,
    actor: Actor,
    unit_id: int,
    reason: str,
    document: str,
    last_day: date,
    usage_ids: Sequence[int] = (),
) -> Hiding:
    """Ask to hide looks of a unit (those of `usage_ids`, and later ones made under it) through `last_day`.

    `reason`: a code of the rule usage.hiding_reasons; `document`: the decision. Raises Denied, Invalid beyond
    the days of the rule usage.hidden_days, NotFound for a look that is not of the unit.
    """
    with transaction.atomic():
        require(actor, Action.VIEW_PERSONAL, unit_id=unit_id)
        require_fresh()
        _check(reason, document, last_day)
        looks = list(UsageRecord.objects.filter(pk__in=usage_ids, unit_id=unit_id))
        if len(looks) != len(set(usage_ids)):
            raise NotFound(_("Có lần xem không thuộc đơn vị này."))
        hiding = Hiding.objects.create(
            unit_id=unit_id,
            reason=reason,
            document=document.strip(),
            expires_at=clock.local_midnight(last_day + timedelta(days=1)),
            requested_at=clock.now(),
            requested_by=_person(actor),
        )
        HiddenUsage.objects.bulk_create(
            [HiddenUsage(hiding=hiding, usage=look, unit_id=unit_id, at=look.at) for look in looks]
        )
        _note(actor, "usage.hiding.request", hiding, looks=len(looks), until=last_day.isoformat())
    return hiding


def _check(reason: str, document: str, last_day: date) -> None:
    from dean06.core.usage.recording import number_like

    today = clock.today()
    days = int(rule("usage.hidden_days", today))
    found = []
    if reason not in rule("usage.hiding_reasons", today):
        found.append(Reason(_("Chọn một lý do trong danh mục."), field=_("Lý do")))
    if not 5 <= len(document.strip()) <= 120 or number_like(document):
        text = _("Ghi số, ngày của quyết định (5–120 chữ), không ghi số định danh.")
        found.append(Reason(text, field=_("Văn bản")))
    if not today <= last_day < today + timedelta(days=days):
        text = _("Ngày cuối phải từ hôm nay và trong %(days)s ngày.") % {"days": days}
        found.append(Reason(text, field=_("Đến hết ngày")))
    if found:
        raise Invalid(found)


def approve(*, actor: Actor, hiding_id: int) -> int:
    """Agree to a hiding; gives how many people have now. Two are needed, neither being who asked or looked.

    Raises Denied, NotFound, Conflict for a second yes of the same person or one that came too late.
    """
    with transaction.atomic():
        hiding = _open(actor, hiding_id)
        require_fresh()
        try:
            with transaction.atomic():
                HidingApproval.objects.bulk_create(
                    [
                        HidingApproval(
                            hiding=hiding, unit_id=hiding.unit_id, approver_id=_person(actor), at=clock.now()
                        )
                    ]
                )
        except IntegrityError as error:
            raise Conflict(_("Anh/chị đã duyệt yêu cầu này; cần một người khác duyệt.")) from error
        given = hiding.approvals.count()
        _note(actor, "usage.hiding.approve", hiding, approvals=given)
    return given


def refuse(*, actor: Actor, hiding_id: int) -> None:
    """Say no, as one who might agree, before two have agreed: the request is over and hid nothing.

    Raises as `approve` does.
    """
    with transaction.atomic():
        hiding = _open(actor, hiding_id)
        if hiding.approvals.count() >= APPROVALS:
            raise Conflict(_("Đã đủ hai người duyệt; chỉ còn có thể kết thúc sớm."))
        hiding.refused_at, hiding.refused_by = clock.now(), _person(actor)
        hiding.save(update_fields=["refused_at", "refused_by"])
        _note(actor, "usage.hiding.refuse", hiding)


def end(*, actor: Actor, hiding_id: int) -> None:
    """Make the looks visible before the day: by who asked, or by anybody of the roles that agree.

    Raises Denied, NotFound, Conflict when the hiding is over already.
    """
    with transaction.atomic():
        hiding = _locked(hiding_id)
        require(actor, Action.VIEW_PERSONAL, unit_id=hiding.unit_id)
        if not may_end(actor, hiding):
            raise Denied(_("Vai trò của anh/chị không được duyệt việc ẩn nhật ký."))
        _still_open(hiding)
        hiding.ended_at, hiding.ended_by = clock.now(), _person(actor)
        hiding.save(update_fields=["ended_at", "ended_by"])
        _note(actor, "usage.hiding.end", hiding)


def _open(actor: Actor, hiding_id: int) -> Hiding:
    """The hiding, locked, on which this person may decide. Raises Denied, NotFound, Conflict."""
    hiding = _locked(hiding_id)
    require_decider(actor, hiding)
    _still_open(hiding)
    return hiding


def _locked(hiding_id: int) -> Hiding:
    hiding = Hiding.objects.select_for_update(of=("self",)).filter(pk=hiding_id).first()
    if hiding is None:
        raise NotFound(_("Không có yêu cầu này trong phạm vi của anh/chị."))
    return hiding


def _still_open(hiding: Hiding) -> None:
    if hiding.refused_at is not None:
        raise Conflict(_("Yêu cầu ẩn đã bị từ chối."))
    if hiding.ended_at is not None:
        raise Conflict(_("Việc ẩn đã được kết thúc sớm."))
    if hiding.expires_at <= clock.now():
        raise Conflict(_("Yêu cầu ẩn đã hết hạn."))


def may_end(actor: Actor, hiding: Hiding) -> bool:
    """Whether this person may make the looks visible again."""
    return actor.user_id == hiding.requested_by or _has_role(actor)


def _has_role(actor: Actor) -> bool:
    roles = set(rule("usage.hiding_roles", clock.today()))
    return any(grant.role in roles and grant.personal_data for grant in actor.grants)


def require_decider(actor: Actor, hiding: Hiding) -> None:
    """Raise Denied unless this person may agree to the hiding or refuse it."""
    require(actor, Action.VIEW_PERSONAL, unit_id=hiding.unit_id)
    person = _person(actor)
    if not _has_role(actor):
        raise Denied(_("Vai trò của anh/chị không được duyệt việc ẩn nhật ký."))
    if person == hiding.requested_by or hiding.looks.filter(usage__actor_id=person).exists():
        raise Denied(_("Người yêu cầu và người đã xem không được tự duyệt việc ẩn."))


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied(_("Việc này phải do một người thực hiện."))
    return actor.user_id


def _note(actor: Actor, action: str, hiding: Hiding, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="usage_hiding",
        object_id=hiding.pk,
        unit_id=hiding.unit_id,
        detail={"reason": hiding.reason, "document": hiding.document, **detail},
    )
