"""The register of hidings: what stands in it, how each one stands now, who may still decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import Denied
from dean06.core.people import usage_keys
from dean06.core.usage import hiding as room
from dean06.core.usage.models import HiddenUsage, Hiding, HidingApproval, UsageRecord, UsageSubject


class State(StrEnum):
    """How a hiding stands."""

    WAITING = "waiting"  # fewer than two people agreed
    HIDING = "hiding"
    REFUSED = "refused"
    ENDED = "ended"
    EXPIRED = "expired"  # was in force until its day
    LAPSED = "lapsed"  # its day came before two people agreed


@dataclass(frozen=True, slots=True)
class Steps:
    """What the reader may do with a hiding now."""

    decide: bool
    end: bool


def may_read(actor: Actor) -> bool:
    """Open to those who see people's data and to those who inspect the log; it names no citizen."""
    return may(actor, Action.VIEW_PERSONAL) or may(actor, Action.VIEW_LOG)


def hidings(actor: Actor) -> QuerySet[Hiding]:
    """Those of the reader's units (row-level security), each with `given`, the people who agreed.

    Raises Denied.
    """
    if not may_read(actor):
        require(actor, Action.VIEW_PERSONAL)
    rows = Hiding.objects.select_related("unit")
    return rows.annotate(given=Count("approvals", distinct=True), looked=Count("looks", distinct=True))


def condition(state: str, now: datetime) -> Q:
    """What rows of `hidings` in a state fulfil."""
    alone = Q(refused_at__isnull=True, ended_at__isnull=True)
    enough, over = Q(given__gte=room.APPROVALS), Q(expires_at__lte=now)
    return {
        State.WAITING: alone & ~enough & ~over,
        State.HIDING: alone & enough & ~over,
        State.REFUSED: Q(refused_at__isnull=False),
        State.ENDED: Q(ended_at__isnull=False),
        State.EXPIRED: alone & enough & over,
        State.LAPSED: alone & ~enough & over,
    }[State(state)]


def state(row: Hiding, now: datetime) -> State:
    """How a row of `hidings` stands."""
    given = int(row.given)  # type: ignore[attr-defined]  # annotated by `hidings`
    if row.refused_at:
        return State.REFUSED
    if row.ended_at:
        return State.ENDED
    if row.expires_at <= now:
        return State.EXPIRED if given >= room.APPROVALS else State.LAPSED
    return State.HIDING if given >= room.APPROVALS else State.WAITING


def steps(actor: Actor, row: Hiding, now: datetime) -> Steps:
    """What is offered of that which the actions of core.usage.hiding would take from the reader."""
    now_is = state(row, now)
    own = may(actor, Action.VIEW_PERSONAL, unit_id=row.unit_id)
    if now_is not in {State.WAITING, State.HIDING} or actor.user_id is None or not own:
        return Steps(decide=False, end=False)
    agreed = HidingApproval.objects.filter(hiding=row, approver_id=actor.user_id).exists()
    decides = now_is is State.WAITING and not agreed and _passes(actor, row)
    ends = now_is is State.HIDING and room.may_end(actor, row)  # what waits is refused, or withdrawn
    return Steps(decide=decides, end=ends or row.requested_by == actor.user_id)


def _passes(actor: Actor, row: Hiding) -> bool:
    try:
        room.require_decider(actor, row)
    except Denied:
        return False
    return True


def looks_at(subject_key: bytes, unit_id: int, limit: int) -> list[UsageRecord]:
    """The newest looks of a unit at one person that nothing hides yet, for choosing; inside the scope."""
    hidden = HiddenUsage.objects.filter(hiding__in=room.in_force(clock.now()).values("pk"))
    people = UsageSubject.objects.filter(subject_key__in=usage_keys.same(subject_key))
    people = people.exclude(usage_id__in=hidden.values("usage_id"))
    rows = UsageRecord.objects.filter(pk__in=people.values("usage_id"), unit_id=unit_id)
    return list(rows.order_by("-at", "-id")[:limit])


def looks_of(row: Hiding) -> list[UsageRecord]:
    """The looks that a hiding is about, the newest first; not whom they were at."""
    return list(UsageRecord.objects.filter(hidings__hiding=row).order_by("-at", "-id"))


def names(row: Hiding) -> dict[int, str]:
    """Account id → name, of the people who decided on a hiding, as the log wrote them."""
    from dean06.core.audit.models import AuditEntry

    rows = AuditEntry.objects.filter(
        object_type="usage_hiding", object_id=str(row.pk), actor_id__isnull=False
    )
    return {int(who or 0): name for who, name in rows.values_list("actor_id", "actor_name")}
