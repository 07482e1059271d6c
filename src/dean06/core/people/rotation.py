"""A new key: made while no writer is under way, then every row moved to it, batch by batch.

The state of the work is the key that each row names: an interrupted rotation goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, vault
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict
from dean06.core.people import seal, stores
from dean06.core.people.models import KeySeal
from dean06.core.vault import keyring

BATCH = 500
GRACE = timedelta(minutes=10)


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
        rows = stores.counts(keys)
    return [KeyUse(fact.id, fact.number, fact.active, rows[fact.id]) for fact in keys.facts]


def begin(*, actor: Actor) -> str:
    """Make a key and encrypt with it from now on; its id. Takes up the rotation that is under way, if any."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("keys serve every unit"):
        keys = seal.hold_alone()
        if not stores.waiting(keys) and _sealed(keys):
            keyring.add_key()
            keys = vault.ring()
        seal.write(keys)
        _audit(actor, "keys.begin", keys.active_id, rows=stores.waiting(keys))
    return keys.active_id


def move_batch(*, actor: Actor, limit: int = BATCH) -> int:
    """Move up to `limit` rows of each store to the active key in one transaction; 0 when none is left."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("keys serve every unit"):
        keys = seal.hold()
        moved = sum(store.move(keys, limit) for store in stores.STORES)
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
                # whoever had rows locked has finished by now
                if not stores.waiting(seal.hold_alone()):
                    _audit(actor, "keys.rotated", key_id, rows=moved)
                    return key_id, moved


def retire(*, actor: Actor, key_id: str) -> None:
    """Delete the file of an old key. Raises Conflict while rows are under it or it is the active one.

    Also while the active key is younger than `GRACE`: a request that began before it may still write.
    """
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide("keys serve every unit"):
        keys = seal.hold_alone()
        if key_id == keys.active_id:
            raise Conflict(_("Khóa %(id)s đang dùng để mã hóa; không xóa.") % {"id": key_id})
        left = stores.counts(keys)[key_id]
        if left:
            raise Conflict(
                _("Khóa %(id)s còn %(n)d bản ghi; hãy chạy: dean06 keys rotate") % {"id": key_id, "n": left}
            )
        if seal.age(keys.active_id) < GRACE:
            raise Conflict(_("Khóa mới vừa tạo; hãy đợi 10 phút để các yêu cầu đang chạy kết thúc."))
        seal.remove(key_id)
        _audit(actor, "keys.retire", key_id)
    keyring.remove_key(key_id)


def _sealed(keys: vault.KeyRing) -> bool:
    return KeySeal.objects.filter(pk=keys.active_id).exists()


def _audit(actor: Actor, action: str, key_id: str, **detail: object) -> None:
    audit.record(actor=actor, action=action, object_type="key", object_id=key_id, unit_id=None, detail=detail)
