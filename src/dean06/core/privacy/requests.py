"""Requests of people about their data: received, acknowledged, fulfilled or refused; extended once."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require, which
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.people import actions as people
from dean06.core.people.models import Person
from dean06.core.privacy.deadlines import deadlines
from dean06.core.privacy.models import RequestKind, RequestState, SubjectRequest

SHORTEST = 10


def open_request(
    *,
    actor: Actor,
    person_id: int,
    kind: str,
    received_on: date,
    asked: str,
    via_processor: bool = False,
) -> SubjectRequest:
    """Write down a request; its clocks run from the day it was received. Raises Denied, NotFound, Invalid."""
    with transaction.atomic():
        person = people.locked(actor, person_id)
        if kind not in RequestKind.values:
            raise _invalid(_("Loại yêu cầu"), _("Chọn loại yêu cầu trong danh sách."))
        if received_on > clock.today():
            raise _invalid(_("Ngày nhận"), _("Ngày nhận không được sau hôm nay."))
        due = deadlines(kind, received_on, via_processor=via_processor)
        request = SubjectRequest.objects.create(
            unit_id=person.unit_id,
            kind=kind,
            person=person,
            person_key=person.key,
            via_processor=via_processor,
            received_on=received_on,
            asked=asked.strip()[:2000],
            acknowledge_due=due.acknowledge,
            answer_due=due.answer,
        )
        _audit(actor, "privacy.request.open", request, kind=kind, answer_due=due.answer.isoformat())
    return request


def acknowledge(*, actor: Actor, key: UUID, version: int) -> SubjectRequest:
    """The person was told that the request came in. Raises Conflict unless it is newly received."""
    with transaction.atomic():
        request = _locked(actor, key, version)
        if request.state != RequestState.RECEIVED:
            raise Conflict(_("Yêu cầu đã được phản hồi tiếp nhận."))
        request.state, request.acknowledged_on = RequestState.ACKNOWLEDGED, clock.today()
        _save(actor, "privacy.request.acknowledge", request)
    return request


def extend(*, actor: Actor, key: UUID, version: int, reason: str) -> SubjectRequest:
    """Give the answer more time, once, before its day has passed, with a reason told to the person."""
    with transaction.atomic():
        request = _locked(actor, key, version)
        if request.state != RequestState.ACKNOWLEDGED:
            raise Conflict(_("Chỉ gia hạn được yêu cầu đã phản hồi và chưa trả lời."))
        if request.extended_on is not None:
            raise Conflict(_("Yêu cầu đã được gia hạn; luật chỉ cho gia hạn một lần."))
        if clock.today() > request.answer_due:
            raise Conflict(_("Đã quá hạn trả lời; không gia hạn được nữa."))
        law = deadlines(request.kind, request.received_on, via_processor=request.via_processor)
        if not law.extension_days:
            raise Conflict(_("Luật áp dụng cho ngày nhận yêu cầu không cho gia hạn."))
        request.extension_reason = _said(reason, _("Lý do gia hạn"))
        request.extended_on = clock.today()
        request.answer_due += timedelta(days=law.extension_days)
        _save(actor, "privacy.request.extend", request, answer_due=request.answer_due.isoformat())
    return request


def fulfil(*, actor: Actor, key: UUID, version: int, outcome: str) -> SubjectRequest:
    """Do what was asked, as far as the program can, and close the request.

    Restriction, objection and withdrawal restrict the processing; deletion deletes the person for good and
    raises Conflict while a legal hold stands. Viewing, providing, correcting and protecting are done beside
    and told in `outcome`.
    """
    with transaction.atomic():
        request = _locked(actor, key, version)
        _must_be_acknowledged(request)
        request.outcome = _said(outcome, _("Kết quả"))
        _carry_out(actor, request)
        _close(actor, request, RequestState.FULFILLED)
    return request


def refuse(*, actor: Actor, key: UUID, version: int, reason: str) -> SubjectRequest:
    """Close a request with the reason why it is not done (for deletion: the legal hold)."""
    with transaction.atomic():
        request = _locked(actor, key, version)
        _must_be_acknowledged(request)
        request.outcome = _said(reason, _("Lý do từ chối"))
        _close(actor, request, RequestState.REFUSED)
    return request


def may_extend(request: SubjectRequest) -> bool:
    """Whether one extension is still open to a request."""
    if request.state != RequestState.ACKNOWLEDGED or request.extended_on is not None:
        return False
    law = deadlines(request.kind, request.received_on, via_processor=request.via_processor)
    return law.extension_days > 0 and clock.today() <= request.answer_due


def _carry_out(actor: Actor, request: SubjectRequest) -> None:
    person_id = request.person_id
    if person_id is None:
        raise Conflict(_("Dữ liệu của người này đã được xóa; hãy từ chối với lý do đó."))
    match request.kind:
        case RequestKind.RESTRICT | RequestKind.OBJECT | RequestKind.WITHDRAW:
            people.restrict(actor=actor, person_id=person_id, on=clock.today())
        case RequestKind.DELETE:
            people.delete(actor=actor, person_id=person_id, why="request")
            request.person = None


def _must_be_acknowledged(request: SubjectRequest) -> None:
    if request.state == RequestState.RECEIVED:
        raise Conflict(_("Hãy phản hồi tiếp nhận trước khi trả lời yêu cầu."))
    if not request.is_open:
        raise Conflict(_("Yêu cầu đã được trả lời."))


def _close(actor: Actor, request: SubjectRequest, state: RequestState) -> None:
    request.state, request.closed_on = state, clock.today()
    late = (request.closed_on - request.answer_due).days
    _save(actor, f"privacy.request.{state.value}", request, days_late=max(0, late))


def _locked(actor: Actor, key: UUID, version: int) -> SubjectRequest:
    request = SubjectRequest.objects.select_for_update(of=("self",)).filter(key=key).first()
    if request is None:
        raise NotFound(_("Không có yêu cầu này trong phạm vi của anh/chị."))
    require(actor, Action.VIEW_PERSONAL, unit_id=request.unit_id)
    require(actor, Action.RECORD, unit_id=request.unit_id)
    if request.version != version:
        raise Conflict(_("Người khác vừa xử lý yêu cầu này; hãy tải lại trang."))
    return request


def _said(text: str, field: str) -> str:
    text = text.strip()
    if not SHORTEST <= len(text) <= 500:
        raise _invalid(field, _("Hãy ghi từ 10 đến 500 chữ."))
    return text


def _invalid(field: str, message: str) -> Invalid:
    return Invalid([Reason(message, field=field)])


def _save(actor: Actor, action: str, request: SubjectRequest, **detail: object) -> None:
    request.version += 1
    request.save()
    _audit(actor, action, request, **detail)


def _audit(actor: Actor, action: str, request: SubjectRequest, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="subject_request",
        object_id=str(request.key),
        unit_id=request.unit_id,
        detail=detail,
    )


def for_person(person: Person) -> list[SubjectRequest]:
    """The requests of a person, newest first."""
    return list(SubjectRequest.objects.filter(person_key=person.key).order_by("-received_on", "-id"))


def visible(actor: Actor) -> QuerySet[SubjectRequest]:
    """The requests of the units whose personal data the actor may see."""
    return which(actor, Action.VIEW_PERSONAL, SubjectRequest).select_related("unit", "person")
