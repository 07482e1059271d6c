"""Every write to a person. Each one is audited by the person's key; names and numbers stay out of the log."""

from __future__ import annotations

import re
import unicodedata
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
from dean06.core.people import identity, numbers, seal
from dean06.core.people.models import Person, Sex
from dean06.core.usage.recording import number_like
from vnid.text import fold

OLDEST = date(1900, 1, 1)
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")


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
        _refuse_known(unit_id, people, keys)
        try:
            with transaction.atomic():
                Person.objects.bulk_create(made, batch_size=500)
        except IntegrityError as error:
            raise _known() from error
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
        sex=given.sex,
        key_id=keys.active_id,
        index_id=keys.index_id,
        recorded_at=clock.now(),
    )
    identity.write_name(person, _tidy(given.full_name), keys)
    identity.write_birth(person, given.birth_date, keys)
    identity.write_number(person, number, keys)
    return person


def _refuse_known(unit_id: int, people: Sequence[PersonInput], keys: vault.KeyRing) -> None:
    """While an index key is being changed, a row under the former one is not seen by the database's rule."""
    if len(keys.index_ids) == 1:
        return
    wanted = [
        index
        for one in people
        for index in vault.blind_indexes(numbers.checked(one.number), purpose="people", keys=keys)
    ]
    if Person.objects.filter(unit_id=unit_id, number_index__in=wanted).exists():
        raise _known()


def _known() -> Conflict:
    return Conflict(_("Đơn vị đã có người mang số định danh này."))


def _tidy(full_name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", full_name).split())


def name_fault(full_name: str) -> str:
    """What is wrong with a name, "" for nothing."""
    name = _tidy(full_name)
    if not 2 <= len(name) <= 120:
        return _("Họ tên phải có từ 2 đến 120 chữ.")
    return "" if _NAME.fullmatch(name) else _("Họ tên chỉ gồm chữ cái, dấu cách, dấu gạch nối.")


def _problems(full_name: str, birth_date: date, sex: str) -> list[Reason]:
    found = []
    if fault := name_fault(full_name):
        found.append(Reason(fault, field=_("Họ và tên")))
    if not OLDEST <= birth_date <= clock.today():
        found.append(Reason(_("Ngày sinh phải từ 01/01/1900 đến hôm nay."), field=_("Ngày sinh")))
    if sex not in Sex.values:
        found.append(Reason(_("Chọn nam hoặc nữ."), field=_("Giới tính")))
    return found


def correct(
    *, actor: Actor, person_id: int, version: int, full_name: str, birth_date: date, sex: str
) -> Person:
    """Put right what is written about a person. Raises Conflict when somebody else did meanwhile.

    The log keeps which fields changed, with the old and the new value masked; the same values change nothing.
    """
    with transaction.atomic():
        person = locked(actor, person_id)
        if person.version != version:
            raise Conflict(_("Người khác vừa sửa bản ghi này; hãy tải lại trang rồi sửa tiếp."))
        reasons = _problems(full_name, birth_date, sex)
        if reasons:
            raise Invalid(reasons)
        changed = _rewrite(person, _tidy(full_name), birth_date, sex, seal.hold())
        if changed:
            person.version += 1
            person.save()
            _audit(actor, "people.correct", person, fields=sorted(changed), changes=changed)
    return person


def _rewrite(
    person: Person, full_name: str, birth_date: date, sex: str, keys: vault.KeyRing
) -> dict[str, list[str]]:
    """Set what differs; gives the old and the new value of each field, masked as the log keeps them."""
    changed = {}
    if (old := person.full_name) != full_name:
        changed["full_name"] = [identity.masked_name(old), identity.masked_name(full_name)]
        identity.write_name(person, full_name, keys)
    if (born := person.birth_date) != birth_date:
        changed["birth_date"] = [identity.masked_day(born), identity.masked_day(birth_date)]
        identity.write_birth(person, birth_date, keys)
    if person.sex != sex:
        changed["sex"] = [person.sex, sex]
        person.sex = sex
    if changed:
        identity.reseal(person, keys)  # all sealed columns of a row are under one key
    return changed


def restrict(*, actor: Actor, person_id: int, on: date | None, why: str = "") -> None:
    """Processing of this person is restricted from a day on; None lifts the restriction.

    `why` goes to the log; a person's own request needs none. Raises Invalid when it names him.
    """
    with transaction.atomic():
        person = locked(actor, person_id)
        detail = {"why": _grounds(person, why)} if why else {}
        person.restricted_on = on
        _save(person, "restricted_on")
        _audit(actor, "people.restrict" if on else "people.unrestrict", person, **detail)


def mark_needed_until(*, actor: Actor, person_id: int, day: date | None) -> None:
    """The purpose of keeping this person's data ends on a day; the retention rule counts from it."""
    with transaction.atomic():
        person = locked(actor, person_id)
        person.needed_until = day
        _save(person, "needed_until")
        _audit(actor, "people.needed_until", person, day=day.isoformat() if day else None)


def keep_on_hold(*, actor: Actor, person_id: int, reason: str) -> None:
    """Forbid deletion for a legal reason: a case, an inspection, a dispute. Raises Invalid, Conflict."""
    with transaction.atomic():
        person = locked(actor, person_id)
        if person.hold_reason:
            raise Conflict(_("Dữ liệu đã được giữ theo luật; hãy tải lại trang."))
        person.hold_reason = _grounds(person, reason)
        _save(person, "hold_reason")
        _audit(actor, "people.hold", person, why=person.hold_reason)


def release(*, actor: Actor, person_id: int, why: str) -> None:
    """Lift the hold. Raises Invalid, Conflict when there is none."""
    with transaction.atomic():
        person = locked(actor, person_id)
        if not person.hold_reason:
            raise Conflict(_("Dữ liệu không còn được giữ; hãy tải lại trang."))
        detail = {"why": _grounds(person, why), "held": person.hold_reason}
        person.hold_reason = ""
        _save(person, "hold_reason")
        _audit(actor, "people.release", person, **detail)


def _grounds(person: Person, text: str) -> str:
    """What a step rests on, as it is kept in clear: it neither names the person nor holds a number."""
    text = " ".join(text.split())
    if not 10 <= len(text) <= 300:
        raise Invalid([Reason(_("Hãy ghi từ 10 đến 300 chữ."), field=_("Căn cứ"))])
    if number_like(text) or fold(person.full_name) in fold(text):
        told = _("Căn cứ được lưu lại nên không ghi họ tên hay số định danh.")
        raise Invalid([Reason(told, field=_("Căn cứ"))])
    return text


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
        raise NotFound(_("Không có người này trong phạm vi của anh/chị."))
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
