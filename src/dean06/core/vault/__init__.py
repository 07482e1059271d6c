"""Secrets of people: numbers encrypted, looked up blindly, replaced by pseudonyms. Knows no tables.

The keys are files beside the data (`keyring`), never in the database. A stolen dump tells nothing of the
numbers, and a number cannot be tried against it without the key files.
"""

from dean06.core.vault.cipher import (
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    key_id_of,
    normalise,
    pseudonym,
    rotate,
)
from dean06.core.vault.errors import VaultError
from dean06.core.vault.keyring import KeyFact, KeyRing, guard_creation, ring

__all__ = [
    "KeyFact",
    "KeyRing",
    "VaultError",
    "blind_index",
    "blind_indexes",
    "decrypt",
    "encrypt",
    "guard_creation",
    "key_id_of",
    "normalise",
    "pseudonym",
    "ring",
    "rotate",
]
