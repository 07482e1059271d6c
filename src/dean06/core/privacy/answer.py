"""What is handed to a person who asks for his data: everything that the program keeps about him, as JSON."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock, vault
from dean06.core.access.actor import Actor
from dean06.core.errors import Conflict, NotFound
from dean06.core.people import actions as people
from dean06.core.people import purposes, reading, seal
from dean06.core.people.models import Person
from dean06.core.privacy.models import RequestKind, SubjectRequest

FORMAT = "dean06.subject-data/1"
_KINDS = (RequestKind.VIEW, RequestKind.PROVIDE, RequestKind.CORRECT)


def subject_data(*, actor: Actor, key: UUID) -> dict[str, object]:
    """The data of the person behind an open request to view, provide or correct, with the number in clear.

    Writes a usage and an audit row. Raises NotFound, Denied, Conflict for another kind or a closed request.
    """
    with transaction.atomic():
        request = SubjectRequest.objects.filter(key=key).first()
        if request is None or request.person_id is None:
            raise NotFound(_("Không có yêu cầu này trong phạm vi của bạn."))
        person = people.locked(actor, request.person_id)
        if not may_export(request):
            raise Conflict(_("Chỉ xuất dữ liệu khi đang xử lý yêu cầu xem, cung cấp hoặc chỉnh sửa."))
        number = vault.decrypt(bytes(person.number_cipher), context=person.context, keys=seal.check())
        reading.note(actor, [person], purpose=purposes.ANSWER, unit_id=person.unit_id, route="people:answer")
        audit.record(
            actor=actor,
            action="privacy.request.export",
            object_type="subject_request",
            object_id=str(request.key),
            unit_id=request.unit_id,
        )
        return _document(person, number)


def may_export(request: SubjectRequest) -> bool:
    """Whether the request, as it stands, opens the person's data."""
    return request.kind in _KINDS and request.is_open and request.person_id is not None


def _document(person: Person, number: str) -> dict[str, object]:
    requests = SubjectRequest.objects.filter(person_key=person.key).order_by("received_on", "id")
    return {
        "format": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "person": {
            "key": str(person.key),
            "number": number,
            "full_name": person.full_name,
            "birth_date": person.birth_date.isoformat(),
            "sex": person.sex,
            "kept_by": person.unit.name,
            "recorded_at": person.recorded_at.isoformat(timespec="seconds"),
            "restricted_on": person.restricted_on.isoformat() if person.restricted_on else None,
        },
        "requests": [
            {
                "kind": one.kind,
                "received_on": one.received_on.isoformat(),
                "state": one.state,
                "answer_due": one.answer_due.isoformat(),
                "outcome": one.outcome,
            }
            for one in requests
        ],
    }
