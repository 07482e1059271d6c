"""The encrypted secrets of second factors, for the rotation of keys."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from allauth.mfa.models import Authenticator

from dean06.core import vault

PLACE = "mfa_authenticator.data:any"  # allauth does not tell which row it encrypts for
_FIELDS = ("secret",)


def seal(text: str) -> str:
    """A secret as it is kept."""
    return base64.b64encode(vault.encrypt(text, context=PLACE)).decode()


def unseal(kept: str) -> str:
    """The secret again. Raises VaultError when its key is missing or it was changed."""
    return vault.decrypt(base64.b64decode(kept), context=PLACE)


def secrets_under(key_id: str) -> int:
    """How many factors are encrypted with this key."""
    return sum(1 for _row, _name, kept in _kept() if vault.key_id_of(kept) == key_id)


def move_secrets(keys: vault.KeyRing, limit: int) -> int:
    """Encrypt up to `limit` factors anew with the active key, in the caller's transaction; gives how many."""
    moved = 0
    for row, name, kept in _kept():
        if moved < limit and vault.key_id_of(kept) != keys.active_id:
            row.data[name] = base64.b64encode(vault.rotate(kept, context=PLACE, keys=keys)).decode()
            row.save(update_fields=["data"])
            moved += 1
    return moved


def _kept() -> Iterator[tuple[Authenticator, str, bytes]]:
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    for row in rows.select_for_update(of=("self",)):
        for name in _FIELDS:
            if name in row.data:
                yield row, name, base64.b64decode(row.data[name])
