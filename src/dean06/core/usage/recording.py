"""Writing a look: the purpose is known, nothing in it is a number, the row and its people stand together."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.errors import Invalid, Reason
from dean06.core.usage import hiding, purposes
from dean06.core.usage.models import NINE_DIGITS, NUMBER_LIKE, UsageRecord, UsageSubject

#: Up to so many people each finds the look under his own key; more are counted (see docs/usage.md, the same
#: line as in the guide of the Estonian data tracker: "up to about a hundred").
SINGLE_PEOPLE = 100
KEY_LENGTHS = (16, 64)
_SALT = 16
_UNSEEN = {"Cc", "Cf", "Mn", "Me"}  # controls, zero-width and soft hyphens, marks without a letter
_NUMBER = re.compile(NUMBER_LIKE)
_NINE = re.compile(NINE_DIGITS)


@dataclass(frozen=True, slots=True)
class Look:
    """What record_read was told."""

    actor: Actor
    purpose: str
    unit_id: int | None
    subjects: int
    route: str
    keys: tuple[bytes, ...]
    recipient: str
    on_behalf_of: int | None
    reason: str
    hiding: int | None


# Without RETURNING: a narrow scope may write rows of units that it cannot read.
_RECORD = """
insert into usage_record (at, actor_id, actor_name, purpose, route, unit_id, subjects, reason, recipient,
                          recipient_unit_id, on_behalf_of_id, commitment)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_SUBJECTS = """
insert into usage_subject (usage_id, unit_id, subject_key, at)
select currval(pg_get_serial_sequence('usage_record', 'id')), %s, key, %s from unnest(%s::bytea[]) key
"""
_HIDDEN = """
insert into usage_hidden (hiding_id, usage_id, unit_id, at)
values (%s, currval(pg_get_serial_sequence('usage_record', 'id')), %s, %s)
"""


def write(look: Look) -> None:
    """The look with its people, in the caller's transaction. Raises Invalid."""
    if not connection.in_atomic_block:
        raise RuntimeError("a look is written in the transaction that shows the data")
    reasons = list(_faults(look))
    if reasons:
        raise Invalid(reasons)
    now = clock.now()
    if look.hiding is not None:
        hiding.require_in_force(look.hiding, now, actor=look.actor, unit_id=look.unit_id)
    single = list(look.keys) if len(look.keys) <= SINGLE_PEOPLE else []
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, _values(look, single, now))
        if single:
            cursor.execute(_SUBJECTS, [look.unit_id, now, single])
        if look.hiding is not None:
            cursor.execute(_HIDDEN, [look.hiding, look.unit_id, now])


def _values(look: Look, single: list[bytes], now: datetime) -> list[Any]:
    actor = look.actor
    return [
        now,
        actor.user_id,
        actor.username if actor.user_id else actor.full_name,
        look.purpose,
        look.route,
        look.unit_id,
        look.subjects,
        look.reason,
        look.recipient,
        None if look.recipient else _agency(actor, look.unit_id),
        look.on_behalf_of,
        commitment(single) if single else None,
    ]


def _faults(look: Look) -> list[Reason]:
    found = []
    purpose = purposes.in_force(look.purpose, clock.today())
    if purpose is None:
        text = _("Mục đích “%(code)s” không có trong danh mục hoặc chưa có hiệu lực.")
        found.append(Reason(text % {"code": look.purpose}, field=_("Mục đích")))
    elif purpose.needs_reason and not look.reason:
        found.append(Reason(_("Mục đích này phải ghi lý do."), field=_("Lý do")))
    found += _texts(look)
    if look.subjects < 0:
        found.append(Reason(_("Số người không được âm.")))
    if any(not KEY_LENGTHS[0] <= len(key) <= KEY_LENGTHS[1] for key in look.keys):
        found.append(Reason(_("Chỉ mục của người được xem không đúng dạng.")))
    return found


def _texts(look: Look) -> Iterator[Reason]:
    """What is wrong with the words of a look, which are kept in clear."""
    if len(look.reason) > 300:
        yield Reason(_("Lý do dài quá 300 chữ."), field=_("Lý do"))
    if nine_digits(look.reason):
        told = _("Lý do chỉ được có nhiều nhất 8 chữ số, vì nhiều hơn có thể là số định danh.")
        yield Reason(told, field=_("Lý do"))
    for text, name in ((look.recipient, _("Bên nhận")), (look.route, _("Địa chỉ"))):
        if number_like(text):
            yield Reason(_("Nhật ký không được chứa dãy số giống số định danh."), field=name)


def number_like(text: str) -> bool:
    """Whether a text holds a run of digits that could be somebody's number, whatever parts them."""
    return _NUMBER.search(_plain(text)) is not None


def nine_digits(text: str) -> bool:
    """Whether a text holds nine digits in all: enough for somebody's number, however it is spread."""
    return _NINE.search(_plain(text)) is not None


def _plain(text: str) -> str:
    """The text with every digit as 0 to 9 and without characters that are not seen."""
    seen = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) not in _UNSEEN)
    return "".join(str(unicodedata.digit(one, one)) for one in seen)


def _agency(actor: Actor, unit_id: int | None) -> int | None:
    """The unit whose officer looks: that of the grant which opens personal data of `unit_id`."""
    tops = list(dict.fromkeys(g.unit_id for g in actor.grants if g.personal_data)) or list(actor.unit_ids)
    if len(tops) <= 1 or unit_id is None:
        return tops[0] if tops else None
    from dean06.core.units.models import Closure

    near = (
        Closure.objects.filter(ancestor_id__in=tops, descendant_id=unit_id)
        .order_by("depth")
        .values_list("ancestor_id", flat=True)
        .first()
    )
    return near or tops[0]


def commitment(keys: Sequence[bytes], salt: bytes | None = None) -> bytes:
    """Salt and hash over whom a look is about: the chain of links then holds the people fast, too.

    The salt keeps two looks at the same person from looking alike to whoever reads an export of the log.
    """
    salt = secrets.token_bytes(_SALT) if salt is None else salt
    body = b"".join(hashlib.sha256(key).digest() for key in sorted(keys))
    return salt + hashlib.sha256(b"dean06-subjects-1" + salt + body).digest()


def mismatches() -> list[int]:
    """Numbers of the looks whose people are not those that were written, in a wide scope."""
    wrong = []
    known: dict[int, list[bytes]] = {}
    for usage_id, key in UsageSubject.objects.values_list("usage_id", "subject_key").iterator():
        known.setdefault(usage_id, []).append(bytes(key))
    for row, given in UsageRecord.objects.order_by("id").values_list("id", "commitment").iterator():
        keys = known.get(row, [])
        if given is None:
            if keys:
                wrong.append(row)
        elif commitment(keys, bytes(given)[:_SALT]) != bytes(given):
            wrong.append(row)
    return wrong
