"""Reads of people: only where a grant that opens personal data stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dean06.core import vault
from dean06.core.access.actor import Actor
from dean06.core.errors import NotFound
from dean06.core.people import identity
from dean06.core.people.models import Person
from dean06.core.units.models import Closure


def visible(actor: Actor) -> QuerySet[Person]:
    """The people whose data the actor may see, with their unit.

    Narrower than row security: of several grants, those without personal data or for one pilot do not count.
    """
    rows = Person.objects.select_related("unit")
    if actor.system:
        return rows
    return rows.filter(unit_id__in=personal_units(actor))


def named(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those whose name holds every word of a text: whole words, marks and capitals do not matter.

    A keyed token of each syllable is compared, so that a part of a word finds nothing. Raises VaultError.
    """
    wanted = identity.words(text)[: identity.MOST_WORDS]
    if not wanted:
        return rows
    keys = vault.ring()
    for word in wanted:
        rows = rows.filter(name_index__overlap=list(identity.tokens(word, keys).values()))
    return rows


def personal_units(actor: Actor) -> QuerySet[Closure, Any]:
    """The units whose personal data the actor may see, as a sub-select."""
    tops = [grant.unit_id for grant in actor.grants if grant.personal_data and not grant.pilots]
    return Closure.objects.filter(ancestor_id__in=tops).values("descendant_id")


def person(actor: Actor, person_id: int) -> Person:
    """One of them. Raises NotFound."""
    found = visible(actor).filter(pk=person_id).first()
    if found is None:
        raise NotFound(_("Không có người này trong phạm vi của bạn."))
    return found


def by_key(actor: Actor, key: UUID | str) -> Person:
    """One of them by the key that addresses carry. Raises NotFound."""
    found = visible(actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("Không có người này trong phạm vi của bạn."))
    return found
