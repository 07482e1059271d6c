"""Reads about points: which there are, what stands at one, what its indicators say of it today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import below
from dean06.core.access.scope import wide
from dean06.core.errors import NotFound
from dean06.core.units.models import Placement, Unit
from dean06.pilots.guidance import indicators
from dean06.pilots.guidance.lacks import lacks, uncounted
from dean06.pilots.guidance.models import Record
from dean06.pilots.guidance.queries.records import RecordFact, fact, records
from dean06.pilots.guidance.records import KINDS, POINTS, RecordKind
from dean06.plan import engine
from dean06.plan.periods import Period
from dean06.ui.language import localized

# The kind of record that helps where several move an indicator.
_HELPS = {"guidance.point_guided": "phan-cong", "guidance.desk_staff_trained": "tap-huan"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One indicator at one point: `met` of `of` rows, and in words what it still misses."""

    code: str
    title: str
    met: int
    of: int
    lacks: Sequence[str]
    slug: str  # the kind of record that would help


def point(unit_id: int) -> Unit:
    """A unit where guidance records are kept. Raises NotFound."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này."))
    return unit


def kinds_for(unit: Unit) -> list[RecordKind]:
    """The kinds of record that this unit may carry."""
    return [kind for kind in KINDS.values() if not kind.unit_kinds or unit.kind in kind.unit_kinds]


def points(actor: Actor) -> QuerySet[Unit]:
    """Desks and police posts of the actor's units (the table of units itself is public to all)."""
    found = Unit.objects.filter(kind__in=POINTS)
    if actor.is_wide:
        return found
    return found.filter(pk__in=below(actor.unit_ids))


def points_with_counts(actor: Actor) -> QuerySet[Any]:
    """Points with their parent's name, how many records stand and when the last was written."""
    today = clock.today()
    parent = (
        Placement.objects.filter(unit=OuterRef("pk"))
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
    )
    return (
        points(actor)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .annotate(
            parent_name=Subquery(parent.values("parent__name")[:1]),
            parent_fold=Subquery(parent.values("parent__fold")[:1]),
            parent_sort=Subquery(parent.values("parent__sort_key")[:1]),
            record_count=sum((_live(kind) for kind in KINDS.values()), start=Value(0)),
            last_recorded=Greatest(*(_last(kind) for kind in KINDS.values())),
        )
    )


def _live(kind: RecordKind) -> Coalesce:
    rows = kind.model._default_manager.filter(unit=OuterRef("pk"), revoked_at=None).order_by().values("unit")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _last(kind: RecordKind) -> Subquery:
    rows = kind.model._default_manager.filter(unit=OuterRef("pk")).order_by().values("unit")
    return Subquery(rows.annotate(at=Max("recorded_at")).values("at"))


def progress() -> dict[int, tuple[int, int]]:
    """(indicators met, indicators asked) of every point at the cut-off of the running period."""
    period = Period.containing(clock.today())
    found: dict[int, tuple[int, int]] = {}
    for code in sorted({code for kind in KINDS.values() for code in kind.indicators}):
        rows = indicators.rows_now(code, period)
        for unit_id, met in rows.items():
            done, asked = found.get(unit_id, (0, 0))
            found[unit_id] = (done + met, asked + 1)
    return found


def standing(unit: Unit) -> list[Standing]:
    """What each indicator of this pilot says of the point itself, from the rows that its figure counts."""
    period = Period.containing(clock.today())
    found: list[Standing] = []
    for kind in kinds_for(unit):
        for code in kind.indicators:
            if any(item.code == code for item in found):
                continue
            with wide("an officer who guides here may belong to a unit outside the reader's scope"):
                rows = engine.find_rows(code, period, unit.pk, engine.RowFilter(per_page=None)).rows
            if rows:
                met = sum(row.met for row in rows)
                missing = [] if met == len(rows) else lacks(code, unit.pk, period.cutoff)
                title = localized(engine.get(code), "title")
                helps = _HELPS.get(code, kind.slug)
                found.append(Standing(code, title, met, len(rows), missing, helps))
    return found


def uncounted_now(kind: RecordKind, row: Record) -> str:
    """Why a record does not count in the running period, "" when it does or proves nothing by itself."""
    return uncounted(kind.slug, row, Period.containing(clock.today()).cutoff)


def facts_at(unit: Unit) -> dict[str, list[RecordFact]]:
    """The records of each kind at a point, newest first; one query a kind."""
    return {
        kind.slug: [fact(kind, row) for row in records(kind).filter(unit=unit)] for kind in kinds_for(unit)
    }
