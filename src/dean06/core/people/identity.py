"""What identifies a person, as it stands in the database: sealed to be read, indexed to be found."""

from __future__ import annotations

from datetime import date

from dean06.core import vault
from dean06.core.people.models import TOKEN, Person
from vnid.text import fold

#: The columns that are encrypted; all of a row are under the key that it names.
SEALED = ("name_cipher", "birth_cipher", "number_cipher")
#: The columns made with the index key that the row names.
INDEXED = ("number_index", "usage_key", "name_index", "index_id")
MOST_WORDS = 8


def words(text: str) -> list[str]:
    """The different syllables of a name without marks and capitals: "Đỗ Đỗ Ân" → an, do."""
    return sorted(set(fold(text).split()))


def tokens(word: str, keys: vault.KeyRing) -> dict[str, bytes]:
    """The token of one syllable by the id of each index key in force."""
    found = vault.blind_indexes(word, purpose="people.name", keys=keys)
    return {key_id: token[:TOKEN] for key_id, token in zip(keys.index_ids, found, strict=True)}


def write_name(person: Person, full_name: str, keys: vault.KeyRing) -> None:
    """Seal and index a name; the row keeps its index key."""
    person.name_cipher = vault.encrypt(full_name, context=person.bound("name_cipher"), keys=keys)
    # Sorted, so that the order of tokens does not tell which of them is the surname.
    person.name_index = sorted(tokens(word, keys)[person.index_id] for word in words(full_name))


def write_birth(person: Person, day: date, keys: vault.KeyRing) -> None:
    """Seal a birth date."""
    person.birth_cipher = vault.encrypt(day.isoformat(), context=person.bound("birth_cipher"), keys=keys)


def write_number(person: Person, number: str, keys: vault.KeyRing) -> None:
    """Seal and index a number under the keys in use."""
    person.number_cipher = vault.encrypt(number, context=person.context, keys=keys)
    person.number_index = vault.blind_index(number, purpose="people", keys=keys)
    person.usage_key = vault.blind_index(number, purpose="usage", keys=keys)


def reseal(person: Person, keys: vault.KeyRing) -> None:
    """Bring every sealed column of the row under the active key. Raises VaultError."""
    for column in SEALED:
        envelope = bytes(getattr(person, column))
        setattr(person, column, vault.rotate(envelope, context=person.bound(column), keys=keys))
    person.key_id = keys.active_id


def reindex(person: Person, keys: vault.KeyRing) -> None:
    """Make the indexes of the row anew with the index key in use. Raises VaultError."""
    number = vault.decrypt(bytes(person.number_cipher), context=person.context, keys=keys)
    person.number_index = vault.blind_index(number, purpose="people", keys=keys)
    person.usage_key = vault.blind_index(number, purpose="usage", keys=keys)
    person.index_id = keys.index_id
    name = vault.decrypt(bytes(person.name_cipher), context=person.bound("name_cipher"), keys=keys)
    person.name_index = sorted(tokens(word, keys)[person.index_id] for word in words(name))


def masked_name(full_name: str) -> str:
    """ "N• V• A•": the first letter of each syllable, for the log of corrections."""
    return " ".join(f"{word[0]}•" for word in full_name.split())


def masked_day(day: date) -> str:
    """ "••/••/1988": the year alone, for the log of corrections."""
    return f"••/••/{day:%Y}"
