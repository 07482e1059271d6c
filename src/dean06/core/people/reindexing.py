"""A new index key: what can be indexed anew is, batch by batch; what may not be changed stays findable.

People (numbers, name tokens, usage keys), accounts of citizens and representations move to the new key. The
looks in the record of usage cannot: the hash chain holds them fast. Their old key stays in the folder and
leads to the new one (`usage_keys`), until the last look made with it is past its days and `retire` drops it.
The state of the work is the index key that each row names: an interruption is taken up where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from dean06.core import audit, clock, vault
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict
from dean06.core.people import identity, seal, usage_keys
from dean06.core.people.models import FormerKey, KeySeal, Person
from dean06.core.people.rotation import BATCH, GRACE, KeyUse
from dean06.core.usage.models import Representation, UsageSubject
from dean06.core.vault import keyring

_WHY = "index keys serve every unit"


def index_uses() -> list[KeyUse]:
    """The index keys of the folder, oldest first, and how many people are under each. Raises VaultError."""
    with transaction.atomic(), wide("the operator counts the rows of each key"):
        keys = seal.check()
        rows = dict(Person.objects.values_list("index_id").annotate(Count("pk")).order_by())
    return [KeyUse(fact.id, fact.number, fact.active, rows.get(fact.id, 0)) for fact in keys.index_facts]


def begin(*, actor: Actor) -> str:
    """Make an index key and write with it from now on; its id. Takes up the change that is under way."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        keys = seal.hold_alone()
        if not _waiting(keys) and KeySeal.objects.filter(pk=keys.index_id).exists():
            keyring.add_key("index")
            keys = vault.ring()
        seal.write(keys)
        _audit(actor, "keys.index.begin", keys.index_id, rows=_waiting(keys))
    return keys.index_id


def move_batch(*, actor: Actor, limit: int = BATCH) -> int:
    """Index up to `limit` people anew in one transaction, with their accounts; 0 when none is left."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        keys = seal.hold()
        waiting = Person.objects.exclude(index_id=keys.index_id).order_by("pk")
        rows = list(waiting.select_for_update(skip_locked=True)[:limit])
        for person in rows:
            former, index_id = bytes(person.usage_key), person.index_id
            identity.reindex(person, keys)
            usage_keys.follow(former, bytes(person.usage_key), index_id)
        Person.objects.bulk_update(rows, identity.INDEXED)
        if rows:
            _audit(actor, "keys.index.move", keys.index_id, rows=len(rows))
    return len(rows)


def rotate(*, actor: Actor, advance: Callable[[int], None] = lambda _moved: None) -> tuple[str, int]:
    """A new index key for everybody: (its id, people moved). May be run again after an interruption."""
    key_id = begin(actor=actor)
    moved = 0
    while True:
        batch = move_batch(actor=actor)
        moved += batch
        advance(moved)
        if not batch and _finish(actor, key_id, moved):
            return key_id, moved


def _finish(actor: Actor, key_id: str, moved: int) -> bool:
    with transaction.atomic(), wide(_WHY):
        if _waiting(seal.hold_alone()):  # whoever had rows locked has finished by now
            return False
        ended = usage_keys.sign_out_the_others()
        _audit(actor, "keys.index.rotated", key_id, rows=moved, sessions_ended=ended)
    return True


def retire(*, actor: Actor, key_id: str) -> None:
    """Delete the file of an old index key. Raises Conflict while anything can still be found by it alone."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        keys = seal.hold_alone()
        _refuse_in_use(keys, key_id)
        FormerKey.objects.filter(index_id=key_id).delete()
        seal.remove(key_id)
        _audit(actor, "keys.index.retire", key_id)
    keyring.remove_key(key_id)


def _refuse_in_use(keys: vault.KeyRing, key_id: str) -> None:
    if key_id == keys.index_id:
        raise Conflict(_("Khóa chỉ mục %(id)s đang dùng để ghi; không xóa.") % {"id": key_id})
    left = Person.objects.filter(index_id=key_id).count()
    if left:
        raise Conflict(
            _("Khóa chỉ mục %(id)s còn %(n)d bản ghi; hãy chạy: dean06 keys rotate --index")
            % {"id": key_id, "n": left}
        )
    ids = [fact.id for fact in keys.index_facts]
    until = KeySeal.objects.get(pk=ids[ids.index(key_id) + 1]).sealed_at + GRACE
    if until > clock.machine_now():
        raise Conflict(_("Khóa mới vừa tạo; hãy đợi 10 phút để các yêu cầu đang chạy kết thúc."))
    looks = UsageSubject.objects.filter(at__lte=until).count()
    rights = Representation.objects.filter(recorded_at__lte=until, valid_to__gt=clock.today()).count()
    if looks or rights:
        raise Conflict(
            _(
                "Khóa chỉ mục %(id)s còn dùng để tìm %(looks)d lượt xem trong thời hạn lưu và %(rights)d "
                "quyền đại diện; không xóa."
            )
            % {"id": key_id, "looks": looks, "rights": rights}
        )


def _waiting(keys: vault.KeyRing) -> int:
    return Person.objects.exclude(index_id=keys.index_id).count()


def _audit(actor: Actor, action: str, key_id: str, **detail: object) -> None:
    audit.record(actor=actor, action=action, object_type="key", object_id=key_id, unit_id=None, detail=detail)
