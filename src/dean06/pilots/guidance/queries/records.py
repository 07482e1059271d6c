"""Reads of records: lists of a kind, one record in words, its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dean06.core import clock
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import NotFound
from dean06.core.photos.models import Photo
from dean06.pilots.guidance.models import Officer, ProcedureList, Record
from dean06.pilots.guidance.records import KINDS, RecordKind

_LABELS = {
    "unit": gettext_lazy("Đơn vị"),
    "officer": gettext_lazy("Cán bộ"),
    "video": gettext_lazy("Video"),
    "material": gettext_lazy("Vật phẩm"),
    "procedure_list": gettext_lazy("Danh mục thủ tục"),
    "photo": gettext_lazy("Ảnh minh chứng"),
}
_RELATED = {
    "video": ("video",),
    "kiem-tra-vat-pham": ("material",),
    "niem-yet": ("procedure_list",),
}


@dataclass(frozen=True, slots=True)
class RecordFact:
    """One record as shown in a list: its kind, day, words without personal data, photo and state."""

    kind: RecordKind
    id: int
    unit_id: int
    unit_name: str
    day: date
    ended_on: date | None
    title: str
    note: str
    photo: Photo | None
    lacks_photo: bool  # a photo would prove it and there is none
    recorded_at: datetime
    recorded_by: str
    revoked_at: datetime | None
    revoke_reason: str
    version: int


@dataclass(frozen=True, slots=True)
class HistoryFact:
    """One step in a record's life, from the audit."""

    at: datetime
    actor: str
    verb: str
    changes: Sequence[tuple[str, str, str]]  # field, before, after


def has_photos(code: str) -> bool:
    """Whether records behind an indicator may carry a photo."""
    return any(kind.photo and code in kind.indicators for kind in KINDS.values())


def photo_pages(code: str, unit_ids: Sequence[int]) -> dict[int, str]:
    """Point → the page of the latest photo of a record behind an indicator there; one query a kind."""
    found: dict[int, str] = {}
    for slug, kind in KINDS.items():
        if not kind.photo or code not in kind.indicators:
            continue
        manager: Any = kind.model._default_manager
        rows = manager.filter(unit_id__in=unit_ids, revoked_at=None, photo__isnull=False)
        for unit_id, pk in rows.order_by(kind.day_field, "pk").values_list("unit_id", "pk"):
            found[unit_id] = reverse("guidance:photo", args=[slug, pk])
    return found


def _by_nobody() -> str:
    """Who wrote a record that no account wrote; in the demo, the filling of it."""
    return _("nạp dữ liệu mô phỏng") if clock.shift() else _("hệ thống")


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
        raise NotFound(_("Không tìm thấy bản ghi này, hoặc bản ghi nằm ngoài phạm vi của anh/chị."))
    return found


def label(kind: RecordKind, name: str) -> str:
    """What people call a field."""
    if name in _LABELS:
        return str(_LABELS[name])
    return str(getattr(kind.model._meta.get_field(name), "verbose_name", name))


def values(kind: RecordKind, row: Any) -> list[tuple[str, str]]:
    """(label, value) of each field of a record; an officer's name is left out (see the officer's page)."""
    return [(label(kind, name), _shown(row, name)) for name in kind.fields if name != "full_name"]


def _shown(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = row.officer_label if name == "officer" else display() if display else getattr(row, name)
    if isinstance(value, ProcedureList):
        return f"{value.title} ({value.code})"
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "–" if value in (None, "") else str(value)


def facts_of(officer: Officer, slug: str) -> list[RecordFact]:
    """An officer's assignments ("phan-cong") or courses ("tap-huan"), newest first."""
    return [fact(KINDS[slug], row) for row in records(KINDS[slug]).filter(officer=officer)]


def looks(material_id: int) -> list[RecordFact]:
    """The looks at a material, newest first."""
    kind = KINDS["kiem-tra-vat-pham"]
    return [fact(kind, row) for row in records(kind).filter(material_id=material_id)]


def fact(kind: RecordKind, row: Any) -> RecordFact:
    """A record as a list shows it."""
    title, note = words(kind, row)
    return RecordFact(
        kind=kind,
        id=row.pk,
        unit_id=row.unit_id,
        unit_name=row.unit.name,
        day=getattr(row, kind.day_field),
        ended_on=getattr(row, kind.end_field) if kind.end_field else None,
        title=title,
        note=note,
        photo=row.photo if kind.photo else None,
        lacks_photo=kind.proved_by_photo and row.photo_id is None,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by.full_name if row.recorded_by else _by_nobody(),
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
            return row.officer_label, row.document
        case "tap-huan":
            return row.officer_label, row.course
        case "thiet-bi":
            state = _("hoạt động tốt") if row.working else _("hỏng hoặc thiếu")
            return str(row.get_item_display()), f"{_('số lượng')} {row.quantity} · {state}"
        case _:
            return row.procedure_list.title, _("phiên bản %(code)s") % {"code": row.procedure_list.code}


_VERBS = {
    "guidance.add": gettext_lazy("Ghi mới"),
    "guidance.revise": gettext_lazy("Sửa"),
    "guidance.end": gettext_lazy("Kết thúc"),
    "guidance.revoke": gettext_lazy("Thu hồi"),
    "guidance.restore": gettext_lazy("Khôi phục"),
}


def history(kind: RecordKind, record_id: int) -> list[HistoryFact]:
    """What was done to a record, oldest first; of a person's name only that it changed."""
    entries = AuditEntry.objects.filter(
        object_type=f"guidance.{kind.slug}", object_id=str(record_id)
    ).order_by("id")
    return [
        HistoryFact(
            at=entry.at,
            actor=entry.actor_name,
            verb=str(_VERBS.get(entry.action, entry.action)),
            changes=list(_changes(kind, entry.detail)),
        )
        for entry in entries
    ]


def _changes(kind: RecordKind, detail: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, pair in detail.items():
        if name == "personal":
            yield _("Họ và tên"), _("(không ghi)"), _("(không ghi)")
        elif isinstance(pair, list):
            yield label(kind, name), str(pair[0]), str(pair[1])
