"""A new key: made while no writer is under way, then every row moved to it, batch by batch.

The state of the work is the `key_id` of the rows, so that an interrupted rotation goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from dean06.core import audit, vault
from dean06.core.access import factors
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict
from dean06.core.people import seal
from dean06.core.people.models import KeySeal, Person
from dean06.core.vault import keyring

BATCH = 500


@dataclass(frozen=True, slots=True)
class KeyUse:
    """An encryption key and how many rows are under it."""

    id: str
    number: int
    active: bool
    rows: int


def key_uses() -> list[KeyUse]:
    """The keys of the folder, oldest first. Raises VaultError when they are not those of this database."""
    with transaction.atomic(), wide("the operator counts the rows of each key"):
        keys = seal.check()
        rows = dict(Person.objects.values_list("key_id").annotate(Count("pk")))
    return [KeyUse(fact.id, fact.number, fact.active, rows.get(fact.id, 0)) for fact in keys.facts]


def begin(*, actor: Actor) -> str:
    """Make a key and encrypt with it from now on; its id. Takes up the rotation that is under way, if any."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("keys serve every unit"):
        keys = seal.hold_alone()
        if not _waiting(keys.active_id).exists() and _sealed(keys):
            keyring.add_key()
            keys = vault.ring()
        seal.write(keys)
        _audit(actor, "keys.begin", keys.active_id, rows=_waiting(keys.active_id).count())
    return keys.active_id


def move_batch(*, actor: Actor, limit: int = BATCH) -> int:
    """Move up to `limit` rows to the active key in one transaction; 0 when none is left."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("keys serve every unit"):
        keys = seal.hold()
        rows = list(_waiting(keys.active_id).select_for_update(skip_locked=True).order_by("pk")[:limit])
        for person in rows:
            person.number_cipher = vault.rotate(
                bytes(person.number_cipher), context=person.context, keys=keys
            )
            person.key_id = keys.active_id
        Person.objects.bulk_update(rows, ["number_cipher", "key_id"])
        moved = len(rows) + factors.move_secrets(keys, limit)
        if moved:
            _audit(actor, "keys.move", keys.active_id, rows=moved)
    return moved


def rotate(*, actor: Actor, advance: Callable[[int], None] = lambda _moved: None) -> tuple[str, int]:
    """A new key for every row: (its id, rows moved). May be run again after an interruption."""
    key_id = begin(actor=actor)
    moved = 0
    while True:
        batch = move_batch(actor=actor)
        moved += batch
        advance(moved)
        if not batch:
            with transaction.atomic(), wide("keys serve every unit"):
                seal.hold_alone()  # whoever had rows locked has finished by now
                if not _waiting(key_id).exists():
                    _audit(actor, "keys.rotated", key_id, rows=moved)
                    return key_id, moved


def retire(*, actor: Actor, key_id: str) -> None:
    """Delete the file of an old key. Raises Conflict while rows are under it or it is the active one."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("keys serve every unit"):
        keys = seal.hold_alone()
        if key_id == keys.active_id:
            raise Conflict(_("Khóa %(id)s đang dùng để mã hóa; không xóa.") % {"id": key_id})
        left = Person.objects.filter(key_id=key_id).count() + factors.secrets_under(key_id)
        if left:
            raise Conflict(
                _("Khóa %(id)s còn %(n)d bản ghi; hãy chạy: dean06 keys rotate") % {"id": key_id, "n": left}
            )
        seal.remove(key_id)
        _audit(actor, "keys.retire", key_id)
    keyring.remove_key(key_id)


def _waiting(active_id: str) -> QuerySet[Person]:
    return Person.objects.exclude(key_id=active_id)


def _sealed(keys: vault.KeyRing) -> bool:
    return KeySeal.objects.filter(pk=keys.active_id).exists()


def _audit(actor: Actor, action: str, key_id: str, **detail: object) -> None:
    audit.record(actor=actor, action=action, object_type="key", object_id=key_id, unit_id=None, detail=detail)
