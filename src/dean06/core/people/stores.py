"""Where ciphertexts lie. A change of keys must move all of them: a new kind of secret is added here."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from django.db.models import Count

from dean06.core import vault
from dean06.core.access import factors
from dean06.core.people import identity
from dean06.core.people.models import Person


class Store(Protocol):
    """A table with ciphertexts."""

    def counts(self, keys: vault.KeyRing) -> Counter[str]:
        """Rows by the key they are under."""
        ...

    def move(self, keys: vault.KeyRing, limit: int) -> int:
        """Move up to `limit` rows to the active key; how many moved. Raises VaultError."""
        ...


class Identities:
    """Names, birth dates and numbers of people."""

    def counts(self, keys: vault.KeyRing) -> Counter[str]:  # noqa: ARG002 - the rows name their key
        """Rows by key, also by one that the ring has not."""
        return Counter(dict(Person.objects.values_list("key_id").annotate(Count("pk")).order_by()))

    def move(self, keys: vault.KeyRing, limit: int) -> int:
        """Re-encrypt up to `limit` people."""
        waiting = Person.objects.exclude(key_id=keys.active_id).order_by("pk")
        rows = list(waiting.select_for_update(skip_locked=True)[:limit])
        for person in rows:
            identity.reseal(person, keys)
        Person.objects.bulk_update(rows, [*identity.SEALED, "key_id"])
        return len(rows)


class SecondFactors:
    """The secrets of second factors."""

    def counts(self, keys: vault.KeyRing) -> Counter[str]:
        """Factors by key, for the keys of the ring."""
        return Counter({fact.id: factors.secrets_under(fact.id) for fact in keys.facts})

    def move(self, keys: vault.KeyRing, limit: int) -> int:
        """Re-encrypt up to `limit` secrets."""
        return factors.move_secrets(keys, limit)


STORES: tuple[Store, ...] = (Identities(), SecondFactors())


def counts(keys: vault.KeyRing) -> Counter[str]:
    """Rows of every store by key."""
    return sum((store.counts(keys) for store in STORES), Counter())


def waiting(keys: vault.KeyRing) -> int:
    """How many rows are not under the active key."""
    return sum(rows for key_id, rows in counts(keys).items() if key_id != keys.active_id)
