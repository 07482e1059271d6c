"""The register of breaches: two clocks with two recipients run from the moment of detection."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.privacy.lawdata import DATA
from dean06.core.privacy.models import Breach, BreachKind
from dean06.core.rules import rule

#: Clock → (the rule with its hours, the columns of its due moment and of its fulfilment, which kinds run it).
CLOCKS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "notify": (
        "privacy.breach.notify_hours",
        "notify_due",
        "notified_at",
        (BreachKind.DATA, BreachKind.BOTH),
    ),
    "report": (
        "privacy.incident.report_hours",
        "report_due",
        "reported_at",
        (BreachKind.INCIDENT, BreachKind.BOTH),
    ),
    "cause": (
        "privacy.incident.cause_hours",
        "cause_due",
        "cause_at",
        (BreachKind.INCIDENT, BreachKind.BOTH),
    ),
}


FORM = "08"  # Mẫu 08 of the decree


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a breach: until when, when it was met, and what is left (negative: overdue)."""

    name: str
    due: datetime
    met_at: datetime | None
    left: timedelta

    @property
    def overdue(self) -> bool:
        """Past its moment, or met after it."""
        return (self.met_at or clock.now()) > self.due


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the notification form; `verified` says whether it was compared with the official form."""

    key: str
    label: str
    verified: bool
    source: str
    taken: str = ""  # the field of the notification whose answer the minutes take over


def form_fields(part: str = "field") -> list[FormField]:
    """The fields of the notification form ("field") or of the minutes ("minutes"), as data."""
    with (DATA / "breach_form.toml").open("rb") as file:
        rows = tomllib.load(file)[part]
    return [FormField(taken=row.pop("from", ""), **row) for row in rows]


def open_breach(
    *,
    actor: Actor,
    unit_id: int,
    kind: str,
    title: str,
    detected_at: datetime,
    subjects: int = 0,
    biometric: bool = False,
) -> Breach:
    """Write down a breach; its clocks start at the moment of detection. Raises Denied, Invalid."""
    require(actor, Action.RECORD, unit_id=unit_id)
    _check(kind, title, detected_at)
    with transaction.atomic():
        breach = Breach(
            unit_id=unit_id,
            kind=kind,
            title=title.strip(),
            detected_at=detected_at,
            subjects=subjects,
            biometric=biometric,
        )
        for code, due, _met, kinds in CLOCKS.values():
            if kind in kinds:
                setattr(
                    breach,
                    due,
                    detected_at + timedelta(hours=rule(code, detected_at.astimezone(clock.VIETNAM).date())),
                )
        breach.save()
        _audit(actor, "privacy.breach.open", breach, kind=kind)
    return breach


def _check(kind: str, title: str, detected_at: datetime) -> None:
    reasons = []
    if kind not in BreachKind.values:
        reasons.append(Reason(_("Chọn loại trong danh sách."), field=_("Loại")))
    if not 5 <= len(title.strip()) <= 200:
        reasons.append(Reason(_("Hãy ghi từ 5 đến 200 chữ."), field=_("Tóm tắt")))
    if detected_at > clock.now():
        reasons.append(Reason(_("Thời điểm phát hiện không được sau bây giờ."), field=_("Phát hiện lúc")))
    if reasons:
        raise Invalid(reasons)


def clocks(breach: Breach) -> list[Clock]:
    """The clocks that run for a breach, soonest first."""
    now = clock.now()
    found = [
        Clock(name, due, met, due - (met or now))
        for name, (_code, due_field, met_field, _kinds) in CLOCKS.items()
        if (due := getattr(breach, due_field)) is not None
        for met in [getattr(breach, met_field)]
    ]
    return sorted(found, key=lambda one: one.due)


def fill_form(*, actor: Actor, key: UUID, version: int, answers: Mapping[str, str]) -> Breach:
    """Keep the answers to the form's fields; unknown fields are refused."""
    known = {field.key for field in form_fields()}
    strange = sorted(set(answers) - known)
    if strange:
        raise Invalid([Reason(_("Biểu mẫu không có mục này."), field=name) for name in strange])
    with transaction.atomic():
        breach = locked(actor, key, version)
        breach.form = {name: text.strip()[:4000] for name, text in answers.items() if text.strip()}
        save(actor, "privacy.breach.form", breach, fields=sorted(breach.form))
    return breach


def document(breach: Breach) -> dict[str, Any]:
    """The notification as data: every field of the form with its answer, and the clocks."""
    return {
        "format": "dean06.breach/1",
        "form": FORM,
        "key": str(breach.key),
        "unit": breach.unit.name,
        "kind": breach.kind,
        "kind_label": breach.get_kind_display(),
        "title": breach.title,
        "detected_at": _moment(breach.detected_at),
        "subjects": breach.subjects,
        "biometric_or_location": breach.biometric,
        "clocks": [
            {
                "name": one.name,
                "label": clock_label(one.name),
                "due": _moment(one.due),
                "met_at": _moment(one.met_at),
                "document": breach.papers.get(one.name, {}).get("document", ""),
            }
            for one in clocks(breach)
        ],
        "fields": [_filled(breach, field, field.key) for field in form_fields()],
        "minutes": [_filled(breach, field, field.taken) for field in form_fields("minutes")],
    }


def _filled(breach: Breach, field: FormField, answer: str) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": field.label,
        "verified": field.verified,
        "answer": breach.form.get(answer, ""),
    }


def pressing(rows: Iterable[Breach], hours: int = 24) -> list[tuple[Breach, Clock]]:
    """The clocks not met yet that are overdue or run out within `hours`, the soonest first."""
    found = [
        (breach, one)
        for breach in rows
        if breach.closed_on is None
        for one in clocks(breach)
        if one.met_at is None and one.left <= timedelta(hours=hours)
    ]
    return sorted(found, key=lambda pair: pair[1].due)


def clock_label(name: str) -> str:
    """Whom a clock tells what."""
    return {
        "notify": _("Thông báo vi phạm dữ liệu cho A05"),
        "report": _("Báo cáo ban đầu về sự cố"),
        "cause": _("Báo cáo nguyên nhân sự cố"),
    }[name]


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(clock.VIETNAM).isoformat(timespec="minutes") if at else None


def locked(actor: Actor, key: UUID, version: int, *, closed: bool = False) -> Breach:
    """A breach held for a change. Raises NotFound, Denied, Conflict (also unless it is `closed` or open)."""
    breach = Breach.objects.select_for_update(of=("self",)).filter(key=key).first()
    if breach is None:
        raise NotFound(_("Không có vụ việc này trong phạm vi của anh/chị."))
    require(actor, Action.RECORD, unit_id=breach.unit_id)
    if breach.version != version:
        raise Conflict(_("Người khác vừa sửa vụ việc này; hãy tải lại trang."))
    if closed and breach.closed_on is None:
        raise Conflict(_("Vụ việc đang mở."))
    if breach.closed_on and not closed:
        raise Conflict(_("Vụ việc đã đóng."))
    return breach


def save(actor: Actor, action: str, breach: Breach, **detail: object) -> None:
    """Write a changed breach and its line in the audit."""
    breach.version += 1
    breach.save()
    _audit(actor, action, breach, **detail)


def _audit(actor: Actor, action: str, breach: Breach, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="breach",
        object_id=str(breach.key),
        unit_id=breach.unit_id,
        detail=detail,
    )
