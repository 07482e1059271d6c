"""Who may see what was read about somebody else: recorded by an officer, checked at each use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock, vault
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Denied, Invalid, NotFound, Reason
from dean06.core.people import usage_keys
from dean06.core.usage import record_read
from dean06.core.usage.models import Representation, RepresentationKind

PURPOSE = "usage.representative"
_WHY = "a citizen's own rights, found by his key alone"


@dataclass(frozen=True, slots=True)
class Document:
    """On what a representation rests and how long (`valid_to` exclusive)."""

    kind: str
    text: str
    valid_from: date
    valid_to: date


def register(
    *, actor: Actor, unit_id: int, representative: str, subject: str, document: Document
) -> Representation:
    """Record that one person represents another, both by their numbers, which are not kept.

    Raises Denied, Invalid.
    """
    with transaction.atomic():
        require(actor, Action.VIEW_PERSONAL, unit_id=unit_id)
        require(actor, Action.RECORD, unit_id=unit_id)
        if actor.user_id is None:
            raise Denied(_("Việc này phải do một người thực hiện."))
        _check(representative, subject, document)
        made = Representation.objects.create(
            unit_id=unit_id,
            representative_key=vault.blind_index(vault.normalise(representative), purpose="usage"),
            subject_key=vault.blind_index(vault.normalise(subject), purpose="usage"),
            kind=document.kind,
            document=document.text.strip(),
            valid_from=document.valid_from,
            valid_to=document.valid_to,
            recorded_at=clock.now(),
            recorded_by=actor.user_id,
        )
        _note(actor, "usage.representation.register", made, kind=made.kind, document=made.document)
    return made


def _check(representative: str, subject: str, document: Document) -> None:
    from dean06.core.usage.recording import number_like

    numbers = [vault.normalise(text) for text in (representative, subject)]
    found = [
        Reason(_("Số định danh cá nhân phải có đúng 12 chữ số."), field=name)
        for number, name in zip(numbers, (_("Người đại diện"), _("Người được đại diện")), strict=True)
        if not (len(number) == 12 and number.isascii() and number.isdigit())
    ]
    if numbers[0] == numbers[1]:
        found.append(Reason(_("Không ai đại diện cho chính mình.")))
    if document.kind not in RepresentationKind.values:
        found.append(Reason(_("Chọn cha mẹ, người giám hộ hoặc người được ủy quyền."), field=_("Tư cách")))
    if not 5 <= len(document.text.strip()) <= 120 or number_like(document.text):
        text = _("Ghi tên, số, ngày của giấy tờ (5–120 chữ), không ghi số định danh.")
        found.append(Reason(text, field=_("Giấy tờ")))
    if document.valid_to <= max(document.valid_from, clock.today()):
        found.append(Reason(_("Ngày hết hạn phải sau ngày bắt đầu và sau hôm nay."), field=_("Đến ngày")))
    if found:
        raise Invalid(found)


def revoke(*, actor: Actor, representation_id: int) -> None:
    """End a representation now. Raises NotFound, Denied."""
    with transaction.atomic():
        row = Representation.objects.select_for_update(of=("self",)).filter(pk=representation_id).first()
        if row is None:
            raise NotFound(_("Không có yêu cầu này trong phạm vi của anh/chị."))
        require(actor, Action.VIEW_PERSONAL, unit_id=row.unit_id)
        require(actor, Action.RECORD, unit_id=row.unit_id)
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
            _note(actor, "usage.representation.revoke", row)


def of(representative_key: bytes) -> list[Representation]:
    """Whom a citizen represents today, the oldest first."""
    today = clock.today()
    with transaction.atomic(), wide(_WHY):
        return list(
            Representation.objects.filter(
                representative_key__in=usage_keys.same(representative_key),
                revoked_at__isnull=True,
                valid_from__lte=today,
                valid_to__gt=today,
            ).order_by("id")
        )


def use(*, actor: Actor, representative_key: bytes, representation_id: int, route: str) -> bytes:
    """The key of the person represented; the use itself becomes a look that this person sees.

    Call in the transaction that shows the rows. Raises Denied when there is no such right today.
    """
    row = next((one for one in of(representative_key) if one.pk == representation_id), None)
    if row is None:
        raise Denied(_("Anh/chị không có quyền đại diện này, hoặc quyền đã hết hạn."))
    with wide(_WHY):
        record_read(
            actor=actor,
            purpose=PURPOSE,
            unit_id=row.unit_id,
            subjects=1,
            route=route,
            subject_keys=[bytes(row.subject_key)],
            on_behalf_of=row.pk,
        )
        _note(actor, "usage.representation.use", row, route=route)
    return bytes(row.subject_key)


def _note(actor: Actor, action: str, row: Representation, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="usage_representation",
        object_id=row.pk,
        unit_id=row.unit_id,
        detail=detail,
    )
