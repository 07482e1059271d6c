"""Retention by dated rules: what is past its days is deleted on the day, and the run leaves counts behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import NotFound
from dean06.core.people.models import Person
from dean06.core.privacy.lawdata import citation
from dean06.core.privacy.models import Breach, DeletionReport, SubjectRequest
from dean06.core.rules import rule

Rows = QuerySet[Person] | QuerySet[SubjectRequest] | QuerySet[Breach]


@dataclass(frozen=True, slots=True)
class Kept:
    """A table with a retention rule: which rows are over, counted from which date, and which are held."""

    rule: str
    table: str
    label: str | Promise
    since: str | Promise
    past: Callable[[date], Rows]
    held: Callable[[date], int] = lambda _cutoff: 0


KEPT: tuple[Kept, ...] = (
    Kept(
        "retention.person",
        "people_person",
        _("Người dân"),
        _("ngày hết mục đích xử lý"),
        lambda cutoff: Person.objects.filter(needed_until__lte=cutoff, hold_reason=""),
        lambda cutoff: Person.objects.filter(needed_until__lte=cutoff).exclude(hold_reason="").count(),
    ),
    Kept(
        "retention.request",
        "privacy_request",
        _("Hồ sơ yêu cầu của chủ thể dữ liệu"),
        _("ngày trả lời"),
        lambda cutoff: SubjectRequest.objects.filter(closed_on__lte=cutoff),
    ),
    Kept(
        "retention.breach",
        "privacy_breach",
        _("Hồ sơ vụ vi phạm"),
        _("ngày đóng hồ sơ"),
        lambda cutoff: Breach.objects.filter(closed_on__lte=cutoff),
    ),
)


@dataclass(frozen=True, slots=True)
class Due:
    """What one rule would delete today; `days` None where no rule is in force, and then nothing goes."""

    kept: Kept
    days: int | None
    cutoff: date | None
    rows: int
    held: int
    citation: str


def plan(on: date) -> list[Due]:
    """What each rule deletes on a day, without deleting. Call inside a scope that sees every row."""
    return [_due(kept, on) for kept in KEPT]


def _due(kept: Kept, on: date) -> Due:
    try:
        days = int(rule(kept.rule, on))
    except NotFound:
        return Due(kept, None, None, 0, 0, "")
    cutoff = on - timedelta(days=days)
    return Due(kept, days, cutoff, kept.past(cutoff).count(), kept.held(cutoff), citation(kept.rule, on))


def run(*, actor: Actor, dry_run: bool = False) -> list[Due]:
    """Delete what is past its days and write a report for each rule that deleted or held something.

    A row whose date plus the days of the rule is today or earlier goes today. Raises Denied.
    """
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("retention concerns every unit"):
        due = plan(clock.today())
        if dry_run:
            return due
        for one in due:
            if one.cutoff is not None and one.days is not None and (one.rows or one.held):
                _delete(actor, one, one.cutoff, one.days)
    return due


def _delete(actor: Actor, one: Due, cutoff: date, days: int) -> None:
    gone = one.kept.past(cutoff).delete()[1]
    deleted = sum(count for label, count in gone.items() if _is_own(label, one.kept.table))
    DeletionReport.objects.create(
        ran_at=clock.now(),
        rule=one.kept.rule,
        table=one.kept.table,
        days=days,
        cutoff=cutoff,
        deleted=deleted,
        held=one.held,
        citation=one.citation,
    )
    audit.record(
        actor=actor,
        action="privacy.retention",
        object_type="table",
        object_id=one.kept.table,
        unit_id=None,
        detail={"rule": one.kept.rule, "deleted": deleted, "held": one.held, "cutoff": cutoff.isoformat()},
    )


def _is_own(label: str, table: str) -> bool:
    """Whether a count of Django's collector ("people.Person") is of the table itself."""
    from django.apps import apps

    return bool(apps.get_model(label)._meta.db_table == table)
