"""Whom the provider means: issuer and subject stand for one account, and for no other ever after.

OpenID Connect Core 1.0, 5.7: only `iss` and `sub` together name a person for good. The number decides which
account it is; the subject then has to stay the same. Kept as a keyed index, not in clear.
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dean06.core import vault
from dean06.core.access.journal import note
from dean06.core.access.models import User
from dean06.core.errors import Denied

PURPOSE = "vneid.subject"


class Mismatch(Denied):
    """The provider names another person than before."""


def bind(user: User, issuer: str, subject: str, request: HttpRequest | None = None) -> None:
    """Tie the account to this subject of this issuer, in the caller's transaction.

    A provider that was replaced by another (one is configured at a time) is left behind, as is an index whose
    key is gone: the account is tied anew, and that is noted. Raises Mismatch when this issuer named another
    subject for the account before, or the subject belongs to another account.
    """
    keys = vault.ring()
    text = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
    indexes = vault.blind_indexes(text, purpose=PURPOSE, keys=keys)
    held = User.objects.select_for_update().get(pk=user.pk)
    known = held.identity_issuer == issuer and held.identity_index in keys.index_ids
    if known and bytes(held.identity_key or b"") not in indexes:
        raise _mismatch()
    if User.objects.filter(identity_key__in=indexes).exclude(pk=user.pk).exists():
        raise _mismatch()
    if known and held.identity_index == keys.index_ids[0]:
        return
    held.identity_issuer, held.identity_key, held.identity_index = issuer, indexes[0], keys.index_ids[0]
    held.save(update_fields=["identity_issuer", "identity_key", "identity_index"])
    if not known:
        note("citizen_bound", held, request, issuer=issuer)


def _mismatch() -> Mismatch:
    return Mismatch(
        _("VNeID trả lời về một người khác với lần trước. Hãy liên hệ quản trị hệ thống của tỉnh.")
    )
