"""Reading numbers: shown once with a purpose and a reason, looked up blindly; every look is written down."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, usage, vault
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.errors import Invalid, Reason
from dean06.core.people import numbers, purposes, queries, seal
from dean06.core.people.models import Person
from dean06.core.usage.recording import nine_digits
from vnid.text import fold

SHORTEST, LONGEST = 10, 300


def reveal(*, actor: Actor, person_id: int, purpose: str, reason: str, route: str = "people:reveal") -> str:
    """The person's number in clear, once; a usage row and an audit row stand in the same transaction.

    `purpose`: a code of `purposes.REVEAL`. `reason`: 10 to 300 letters that neither name the person nor
    hold a number, since they are kept. Raises Denied, NotFound, Invalid, VaultError.
    """
    with transaction.atomic():
        person = queries.person(actor, person_id)
        require(actor, Action.VIEW_PERSONAL, unit_id=person.unit_id)
        keys = seal.check()
        reason = _checked(person, purpose, reason)
        number = vault.decrypt(bytes(person.number_cipher), context=person.context, keys=keys)
        note(actor, [person], purpose=purpose, unit_id=person.unit_id, route=route, reason=reason)
        audit.record(
            actor=actor,
            action="people.reveal",
            object_type="person",
            object_id=str(person.key),
            unit_id=person.unit_id,
            detail={"purpose": purpose, "reason": reason},
        )
    return number


def _checked(person: Person, purpose: str, reason: str) -> str:
    found = []
    if purpose not in purposes.CODES:
        found.append(Reason(_("Chọn một mục đích trong danh mục."), field=_("Mục đích")))
    try:
        reason = checked_reason(person, reason)
    except Invalid as error:
        found += error.reasons
    if found:
        raise Invalid(found)
    return reason


def checked_reason(person: Person, reason: str) -> str:
    """A reason for seeing a number in clear, as it is kept. Raises Invalid.

    10 to 300 letters, without the person's name and with at most eight digits.
    """
    reason, field = " ".join(reason.split()), _("Lý do")
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid([Reason(_("Lý do phải có từ 10 đến 300 chữ."), field=field)])
    if nine_digits(reason):
        told = _("Lý do chỉ được có nhiều nhất 8 chữ số, vì nhiều hơn có thể là số định danh.")
        raise Invalid([Reason(told, field=field)])
    if fold(person.full_name) in fold(reason):
        raise Invalid([Reason(_("Lý do được lưu lại nên không ghi họ tên."), field=field)])
    return reason


def find_by_number(*, actor: Actor, number: str, route: str = "people:find") -> Person | None:
    """The person with this number among those the actor may see. The look-up itself is written down."""
    with transaction.atomic():
        require(actor, Action.VIEW_PERSONAL)
        wanted = numbers.checked(number)
        keys = seal.check()
        indexes = vault.blind_indexes(wanted, purpose="people", keys=keys)
        found = queries.visible(actor).filter(number_index__in=indexes).first()
        top = found.unit_id if found else min(actor.unit_ids, default=None)
        usage.record_read(
            actor=actor,
            purpose=purposes.FIND,
            unit_id=top,
            subjects=1 if found else 0,
            route=route,
            subject_keys=[vault.blind_index(wanted, purpose="usage", keys=keys)],
        )
    return found


def note(
    actor: Actor,
    people: Sequence[Person],
    *,
    purpose: str,
    unit_id: int | None,
    route: str,
    reason: str = "",
) -> None:
    """Write down, in the caller's transaction, that these people's data are about to be shown."""
    usage.record_read(
        actor=actor,
        purpose=purpose,
        unit_id=unit_id,
        subjects=len(people),
        route=route,
        subject_keys=[bytes(person.usage_key) for person in people],
        reason=reason,
    )
