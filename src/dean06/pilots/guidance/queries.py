"""Every read of this pilot: what stands at a point, one record with its history, lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import NotFound
from dean06.core.photos.models import Photo
from dean06.core.units.models import Placement, Unit
from dean06.pilots.guidance.models import Record
from dean06.pilots.guidance.records import KINDS, POINTS, RecordKind
from dean06.plan import engine
from dean06.plan.periods import Period

_RELATED = {
    "video": ("video",),
    "kiem-tra-vat-pham": ("material",),
    "phan-cong": ("officer",),
    "tap-huan": ("officer",),
    "niem-yet": ("procedure_list",),
}


@dataclass(frozen=True, slots=True)
class RecordFact:
    """One record as shown in a list: its kind, day, words without personal data, photo and state."""

    kind: RecordKind
    id: int
    unit_id: int
    day: date
    title: str
    note: str
    photo: Photo | None
    recorded_at: datetime
    recorded_by: str
    revoked_at: datetime | None
    revoke_reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One indicator at one point: `met` of `of` rows."""

    code: str
    title: str
    met: int
    of: int


@dataclass(frozen=True, slots=True)
class HistoryFact:
    """One step in a record's life, from the audit."""

    at: datetime
    actor: str
    verb: str
    changes: Sequence[tuple[str, str, str]]  # field, before, after


def kind_of(slug: str) -> RecordKind:
    """The record kind with this name in addresses. Raises NotFound."""
    if slug not in KINDS:
        raise NotFound(_("Không có loại bản ghi này."))
    return KINDS[slug]


def records(kind: RecordKind) -> QuerySet[Any]:
    """All records of a kind inside the scope, newest day first."""
    related = ["unit", "recorded_by", *_RELATED.get(kind.slug, ())] + (["photo"] if kind.photo else [])
    rows: QuerySet[Any] = kind.model._default_manager.select_related(*related)
    return rows.order_by(f"-{kind.day_field}", "-id")


def record(kind: RecordKind, record_id: int) -> Record:
    """One record inside the scope. Raises NotFound."""
    found: Record | None = records(kind).filter(pk=record_id).first()
    if found is None:
        raise NotFound(_("Không tìm thấy bản ghi này, hoặc bản ghi nằm ngoài phạm vi của bạn."))
    return found


def point(unit_id: int) -> Unit:
    """A unit where guidance records are kept. Raises NotFound."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này."))
    return unit


def kinds_for(unit: Unit) -> list[RecordKind]:
    """The kinds of record that this unit may carry."""
    return [kind for kind in KINDS.values() if not kind.unit_kinds or unit.kind in kind.unit_kinds]


def points() -> QuerySet[Unit]:
    """Desks and police posts."""
    return Unit.objects.filter(kind__in=POINTS)


def points_with_counts() -> QuerySet[Any]:
    """Points with their parent's name, how many records stand and when the last was written."""
    today = clock.today()
    parent = (
        Placement.objects.filter(unit=OuterRef("pk"))
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .values("parent__name")[:1]
    )
    return (
        points()
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .annotate(
            parent_name=Subquery(parent),
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


def standing(unit: Unit) -> list[Standing]:
    """What each indicator of this pilot says of the point itself today, from the rows that figures count."""
    wanted = sorted({code for kind in kinds_for(unit) for code in kind.indicators})
    period = Period.containing(clock.today())
    found = []
    for code in wanted:
        indicator = engine.get(code)
        rows = engine.find_rows(code, period, unit.pk, engine.RowFilter(per_page=None)).rows
        if rows:
            met = sum(row.met for row in rows)
            found.append(Standing(code=code, title=str(indicator.title_vi), met=met, of=len(rows)))
    return found


def values(kind: RecordKind, row: Any) -> list[tuple[str, object]]:
    """(label, value) of each field of a record; an officer's name is left out (see the officer's page)."""
    shown = []
    for name in kind.fields:
        if name == "full_name":
            continue
        display = getattr(row, f"get_{name}_display", None)
        value = display() if display else getattr(row, name)
        if isinstance(value, bool):
            value = _("Có") if value else _("Không")
        shown.append((str(kind.model._meta.get_field(name).verbose_name).capitalize(), value))
    return shown


def facts_at(unit: Unit) -> dict[str, list[RecordFact]]:
    """The records of each kind at a point, newest first; one query a kind."""
    return {
        kind.slug: [fact(kind, row) for row in records(kind).filter(unit=unit)] for kind in kinds_for(unit)
    }


def fact(kind: RecordKind, row: Any) -> RecordFact:
    """A record as a list shows it."""
    title, note = words(kind, row)
    return RecordFact(
        kind=kind,
        id=row.pk,
        unit_id=row.unit_id,
        day=getattr(row, kind.day_field),
        title=title,
        note=note,
        photo=row.photo if kind.photo else None,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by.full_name if row.recorded_by else _("hệ thống"),
        revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason,
        version=row.version,
    )


def words(kind: RecordKind, row: Any) -> tuple[str, str]:  # noqa: PLR0911 - one line a kind
    """(title, note) of a record; people appear by staff code."""
    match kind.slug:
        case "video":
            return row.video.title, row.get_channel_display()
        case "vat-pham":
            return row.title, row.get_kind_display()
        case "kiem-tra-vat-pham":
            return row.material.title, _("còn nguyên, đúng chỗ") if row.present else _("không còn hoặc hỏng")
        case "can-bo":
            return row.staff_code, row.position
        case "phan-cong":
            return f"{row.officer.staff_code} · {row.officer.position}", row.document
        case "tap-huan":
            return f"{row.officer.staff_code} · {row.officer.position}", row.course
        case "thiet-bi":
            state = _("hoạt động tốt") if row.working else _("hỏng hoặc thiếu")
            return str(row.get_item_display()), f"{_('số lượng')} {row.quantity} · {state}"
        case _:
            return row.procedure_list.code, row.procedure_list.document


_VERBS = {
    "guidance.add": "Ghi mới",
    "guidance.revise": "Sửa",
    "guidance.revoke": "Thu hồi",
    "guidance.restore": "Khôi phục",
}


def history(kind: RecordKind, record_id: int) -> list[HistoryFact]:
    """What was done to a record, oldest first."""
    entries = AuditEntry.objects.filter(
        object_type=f"guidance.{kind.slug}", object_id=str(record_id)
    ).order_by("id")
    return [
        HistoryFact(
            at=entry.at,
            actor=entry.actor_name,
            verb=_(_VERBS.get(entry.action, entry.action)),
            changes=[
                (name, str(pair[0]), str(pair[1]))
                for name, pair in entry.detail.items()
                if isinstance(pair, list)
            ],
        )
        for entry in entries
    ]
