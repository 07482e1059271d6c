"""Every write to a person. Each one is audited by the person's key; names and numbers stay out of the log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock, vault
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.people import numbers, seal
from dean06.core.people.models import TAIL, Person, Sex

OLDEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class PersonInput:
    """What is written about a person; the number as typed."""

    full_name: str
    birth_date: date
    sex: str
    number: str


def register(*, actor: Actor, unit_id: int, people: Sequence[PersonInput]) -> list[Person]:
    """Write people of a unit, all or none. Raises Denied, Invalid, Conflict for a number kept there already,
    VaultError when the keys are not those of this database."""
    with transaction.atomic():
        _require(actor, unit_id)
        keys = seal.hold()
        made = [_person(unit_id, one, keys) for one in people]
        try:
            with transaction.atomic():
                Person.objects.bulk_create(made, batch_size=500)
        except IntegrityError as error:
            raise Conflict(_("Đơn vị đã có người mang số định danh này.")) from error
        for person in made:
            _audit(actor, "people.register", person)
    return made


def _person(unit_id: int, given: PersonInput, keys: vault.KeyRing) -> Person:
    reasons = list(_problems(given.full_name, given.birth_date, given.sex))
    if reasons:
        raise Invalid(reasons)
    number = numbers.checked(given.number)
    person = Person(
        unit_id=unit_id,
        key=uuid.uuid4(),
        full_name=given.full_name.strip(),
        birth_date=given.birth_date,
        sex=given.sex,
        number_index=vault.blind_index(number, purpose="people", keys=keys),
        usage_key=vault.blind_index(number, purpose="usage", keys=keys),
        number_tail=number[-TAIL:],
        key_id=keys.active_id,
        recorded_at=clock.now(),
    )
    person.number_cipher = vault.encrypt(number, context=person.context, keys=keys)
    return person


def _problems(full_name: str, birth_date: date, sex: str) -> list[Reason]:
    found = []
    if not 2 <= len(full_name.strip()) <= 120:
        found.append(Reason(_("Họ tên phải có từ 2 đến 120 chữ."), field=_("Họ và tên")))
    if not OLDEST <= birth_date <= clock.today():
        found.append(Reason(_("Ngày sinh phải từ 01/01/1900 đến hôm nay."), field=_("Ngày sinh")))
    if sex not in Sex.values:
        found.append(Reason(_("Chọn nam hoặc nữ."), field=_("Giới tính")))
    return found


def correct(
    *, actor: Actor, person_id: int, version: int, full_name: str, birth_date: date, sex: str
) -> Person:
    """Put right what is written about a person. Raises Conflict when somebody else did meanwhile."""
    with transaction.atomic():
        person = locked(actor, person_id)
        if person.version != version:
            raise Conflict(_("Người khác vừa sửa bản ghi này; hãy tải lại trang rồi sửa tiếp."))
        reasons = _problems(full_name, birth_date, sex)
        if reasons:
            raise Invalid(reasons)
        given: dict[str, object] = {"full_name": full_name.strip(), "birth_date": birth_date, "sex": sex}
        changed = [name for name, value in given.items() if getattr(person, name) != value]
        for name, value in given.items():
            setattr(person, name, value)
        _save(person, *changed)
        _audit(actor, "people.correct", person, fields=changed)
    return person


def restrict(*, actor: Actor, person_id: int, on: date | None) -> None:
    """Processing of this person is restricted from a day on; None lifts the restriction."""
    with transaction.atomic():
        person = locked(actor, person_id)
        person.restricted_on = on
        _save(person, "restricted_on")
        _audit(actor, "people.restrict" if on else "people.unrestrict", person)


def mark_needed_until(*, actor: Actor, person_id: int, day: date | None) -> None:
    """The purpose of keeping this person's data ends on a day; the retention rule counts from it."""
    with transaction.atomic():
        person = locked(actor, person_id)
        person.needed_until = day
        _save(person, "needed_until")
        _audit(actor, "people.needed_until", person, day=day.isoformat() if day else None)


def keep_on_hold(*, actor: Actor, person_id: int, reason: str) -> None:
    """Forbid deletion for a legal reason ("" lifts it): a case, an inspection, a dispute."""
    with transaction.atomic():
        person = locked(actor, person_id)
        person.hold_reason = reason.strip()[:300]
        _save(person, "hold_reason")
        _audit(actor, "people.hold" if person.hold_reason else "people.release", person)


def delete(*, actor: Actor, person_id: int, why: str) -> None:
    """Delete a person for good. `why` is a code for the audit. Raises Conflict while a legal hold stands."""
    with transaction.atomic():
        person = locked(actor, person_id)
        if person.hold_reason:
            raise Conflict(
                _("Không xóa được: dữ liệu đang được giữ vì “%(why)s”.") % {"why": person.hold_reason}
            )
        _audit(actor, "people.delete", person, why=why)
        person.delete()


def locked(actor: Actor, person_id: int) -> Person:
    """The person, locked until the transaction ends. Raises NotFound outside the scope, or Denied."""
    person = Person.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound(_("Không có người này trong phạm vi của bạn."))
    _require(actor, person.unit_id)
    return person


def _require(actor: Actor, unit_id: int) -> None:
    require(actor, Action.VIEW_PERSONAL, unit_id=unit_id)
    require(actor, Action.RECORD, unit_id=unit_id)


def _save(person: Person, *fields: str) -> None:
    person.version += 1
    person.save(update_fields=[*fields, "version"])


def _audit(actor: Actor, action: str, person: Person, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="person",
        object_id=str(person.key),
        unit_id=person.unit_id,
        detail=detail,
    )
