"""Reads of people: only where a grant that opens personal data stands."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dean06.core import vault
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, which
from dean06.core.errors import NotFound
from dean06.core.people import identity
from dean06.core.people.models import Person


def visible(actor: Actor) -> QuerySet[Person]:
    """The people whose data the actor may see, with their unit.

    Narrower than row security: of several grants, those without personal data or for one pilot do not count.
    """
    return which(actor, Action.VIEW_PERSONAL, Person).select_related("unit")


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


def person(actor: Actor, person_id: int) -> Person:
    """One of them. Raises NotFound."""
    found = visible(actor).filter(pk=person_id).first()
    if found is None:
        raise NotFound(_("Không có người này trong phạm vi của anh/chị."))
    return found


def by_key(actor: Actor, key: UUID | str) -> Person:
    """One of them by the key that addresses carry. Raises NotFound."""
    found = visible(actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("Không có người này trong phạm vi của anh/chị."))
    return found
