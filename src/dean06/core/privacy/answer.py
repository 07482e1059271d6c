"""What is handed to a person who asks for his data: all that is kept about him and who looked at it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock, vault
from dean06.core.access.actor import Actor
from dean06.core.errors import Conflict, NotFound
from dean06.core.people import actions as people
from dean06.core.people import purposes, reading, seal
from dean06.core.people.models import Person, Sex
from dean06.core.privacy import documents
from dean06.core.privacy.models import RequestKind, RequestState, SubjectRequest
from dean06.core.usage import queries as looks
from dean06.core.usage import words

FORMAT = "dean06.subject-data/2"
MOST_LOOKS = 10_000
_KINDS = (RequestKind.VIEW, RequestKind.PROVIDE, RequestKind.CORRECT)


def subject_data(*, actor: Actor, key: UUID, reason: str) -> dict[str, Any]:
    """The data of the person behind an acknowledged request to view, provide or correct, the number in clear.

    `reason`: how the person proved who he is and how he gets the file, as `reading.checked_reason` takes it;
    it stands in the usage and the audit row. Whoever can write a request himself gets the number no easier by
    it than by `reading.reveal`. Raises NotFound, Denied, Invalid, Conflict for another kind or state.
    """
    with transaction.atomic():
        request = SubjectRequest.objects.filter(key=key).first()
        if request is None or request.person_id is None:
            raise NotFound(_("Không có yêu cầu này trong phạm vi của anh/chị."))
        person = people.locked(actor, request.person_id)
        if not may_export(request):
            raise Conflict(not_now())
        reason = reading.checked_reason(person, reason)
        number = vault.decrypt(bytes(person.number_cipher), context=person.context, keys=seal.check())
        told = {"purpose": purposes.ANSWER, "route": "people:answer", "reason": reason}
        reading.note(actor, [person], unit_id=person.unit_id, **told)
        audit.record(
            actor=actor,
            action="privacy.request.export",
            object_type="subject_request",
            object_id=str(request.key),
            unit_id=request.unit_id,
            detail={"reason": reason},
        )
        return _document(person, number) | {"looks": _looks(person)}


def _looks(person: Person) -> dict[str, object]:
    """Who looked, as the person would see it himself: agencies, no officer; nothing that is hidden now."""
    found = looks.find(bytes(person.usage_key), limit=MOST_LOOKS)
    return {
        "total": found.total,
        "told": len(found.looks),
        "rows": [
            {
                "at": look.at.isoformat(timespec="seconds"),
                "who": words.who(look),
                "what": words.action(look),
                "basis": words.basis(look),
            }
            for look in found.looks
        ],
    }


def paper(made: dict[str, Any]) -> bytes:
    """The same as a DOCX, in words. `made`: of `subject_data`."""
    kinds, states = dict(RequestKind.choices), dict(RequestState.choices)
    person = made["person"] | {
        "birth_date": _day(made["person"]["birth_date"]),
        "sex": str(dict(Sex.choices)[made["person"]["sex"]]),
        "recorded_at": _hour(made["person"]["recorded_at"]),
        "restricted_on": _day(made["person"]["restricted_on"] or ""),
    }
    requests = [
        one
        | {
            "kind": str(kinds[one["kind"]]),
            "state": str(states[one["state"]]),
            "received_on": _day(one["received_on"]),
            "answer_due": _day(one["answer_due"]),
        }
        for one in made["requests"]
    ]
    rows = [(_hour(one["at"]), one["who"], one["what"], one["basis"]) for one in made["looks"]["rows"]]
    return documents.personal(made | {"person": person, "requests": requests}, rows)


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""


def _hour(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"


def may_export(request: SubjectRequest) -> bool:
    """Whether the request, as it stands, opens the person's data."""
    acknowledged = request.state == RequestState.ACKNOWLEDGED
    return request.kind in _KINDS and acknowledged and request.person_id is not None


def not_now() -> str:
    """The sentence for whom `may_export` refuses."""
    return _("Chỉ xuất dữ liệu khi yêu cầu xem, cung cấp hoặc chỉnh sửa đã được phản hồi và chưa trả lời.")


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
