"""Under which keys the record of looks knows a person, once the index key was changed.

A look keeps the key that it was written with: the hash chain of the log holds it fast (core.usage.recording,
`commitment`), so it cannot be indexed anew. What was one key becomes several that belong together.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from dean06.core import vault
from dean06.core.access import sessions
from dean06.core.access.models import User
from dean06.core.access.scope import wide
from dean06.core.people.models import FormerKey, Person
from dean06.core.usage.models import Representation

_WHY = "the keys of one person belong together in every unit"


def same(key: bytes) -> list[bytes]:
    """Every key of the person who has this one: the key itself, his present one, his former ones."""
    current = FormerKey.objects.filter(former=key).values_list("current", flat=True).first()
    own = bytes(current) if current is not None else bytes(key)
    formers = FormerKey.objects.filter(current=own).values_list("former", flat=True)
    return list(dict.fromkeys([bytes(key), own, *(bytes(each) for each in formers)]))


def of_number(number: str) -> list[bytes]:
    """Every key under which looks at the person with this number stand, the present one first."""
    return list(vault.blind_indexes(number, purpose="usage"))


def link(former: bytes, current: bytes, index_id: str) -> None:
    """From now on `former` leads to `current`, and so does whatever led to `former`."""
    with wide(_WHY):
        FormerKey.objects.filter(current=former).update(current=current)
        FormerKey.objects.update_or_create(former=former, defaults={"current": current, "index_id": index_id})


def follow(former: bytes, current: bytes, index_id: str) -> None:
    """`link`, and whatever may be changed goes along: the citizen's account, whom he represents and who him.

    A session under way goes on.
    """
    if former == current:
        return
    link(former, current, index_id)
    User.objects.filter(subject_key=former).update(subject_key=current)
    with wide(_WHY):
        for column in ("representative_key", "subject_key"):
            Representation.objects.filter(**{column: former}).update(**{column: current})


def present(number: str) -> bytes:
    """The key of a citizen who just proved his number; an account under a former key moves to it.

    All keys that his number has are linked, so that he finds the looks of every time.
    """
    keys = vault.ring()
    current, *formers = vault.blind_indexes(number, purpose="usage", keys=keys)
    with transaction.atomic():
        for index_id, former in zip(keys.index_ids[1:], formers, strict=True):
            follow(former, current, index_id)
    return current


def sign_out_the_others() -> int:
    """End the sessions of citizens whom no unit keeps a record of; how many.

    Their accounts hold no number, so their key moves when they next sign in; until then a session would not
    find looks under the new key.
    """
    known = Person.objects.values("usage_key")
    lone = User.objects.filter(~Q(subject_key=None)).exclude(subject_key__in=known)
    return sum(sessions.end_all(user.pk) for user in lone)
