"""AES-SIV envelopes, blind indexes and pseudonyms.

Envelope: version byte 0x01, fingerprint of the key (4 bytes), AES-256-SIV ciphertext (RFC 5297). The context
(table, column and row) is authenticated: a ciphertext copied to another row does not decrypt there.
"""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.utils.translation import gettext as _

from dean06.core.vault.errors import VaultError
from dean06.core.vault.keyring import ID_BYTES, KeyRing, ring

_VERSION = b"\x01"
_HEAD = 1 + ID_BYTES
_PURPOSE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_SEPARATORS = re.compile(r"[\s.\-‐-―]+")


def normalise(number: str) -> str:
    """A number as it is stored and looked up: NFKC, without spaces, dots and dashes."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", number))


def encrypt(text: str, *, context: str, keys: KeyRing | None = None) -> bytes:
    """The envelope of `text` under the active key. `context`: "table.column:row". Raises VaultError."""
    keys = keys or ring()
    cipher = AESSIV(keys.encryption_key(keys.active_id))
    # A byte before the text: AES-SIV of the library refuses to encrypt nothing.
    sealed = cipher.encrypt(b"\x00" + text.encode(), [_context(context)])
    return _VERSION + bytes.fromhex(keys.active_id) + sealed


def decrypt(envelope: bytes, *, context: str, keys: KeyRing | None = None) -> str:
    """The text of an envelope. Raises VaultError: unknown key, damaged bytes, or another row's envelope."""
    envelope = bytes(envelope)
    key_id = key_id_of(envelope)
    cipher = AESSIV((keys or ring()).encryption_key(key_id))
    try:
        return cipher.decrypt(envelope[_HEAD:], [_context(context)])[1:].decode()
    except (InvalidTag, ValueError) as error:
        raise VaultError(
            _("Dữ liệu mã hóa bằng khóa %(id)s đã bị sửa hoặc thuộc bản ghi khác; không giải mã.")
            % {"id": key_id}
        ) from error


def key_id_of(envelope: bytes) -> str:
    """The fingerprint of the key that made an envelope. Raises VaultError when it is none."""
    if envelope[:1] != _VERSION or len(envelope) <= _HEAD:
        raise VaultError(_("Dữ liệu mã hóa không đúng định dạng; không giải mã."))
    return bytes(envelope[1:_HEAD]).hex()


def rotate(envelope: bytes, *, context: str, keys: KeyRing | None = None) -> bytes:
    """The same text under the active key; the envelope itself when it is under that key already."""
    keys = keys or ring()
    if key_id_of(envelope) == keys.active_id:
        return bytes(envelope)
    return encrypt(decrypt(envelope, context=context, keys=keys), context=context, keys=keys)


def blind_index(number: str, *, purpose: str, keys: KeyRing | None = None) -> bytes:
    """32 bytes that are equal for equal numbers of one purpose and tell nothing without the key file."""
    key = (keys or ring()).index_key(f"index|{_purpose(purpose)}")
    return hmac.digest(key, normalise(number).encode(), sha256)


def pseudonym(person_key: str, *, purpose: str, keys: KeyRing | None = None) -> str:
    """26 letters and digits that stand for a person in one purpose; another purpose knows him by another."""
    key = (keys or ring()).index_key(f"pseudonym|{_purpose(purpose)}")
    digest = hmac.digest(key, person_key.encode(), sha256)[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _context(context: str) -> bytes:
    if ":" not in context or "." not in context:
        raise ValueError("a context names table, column and row: table.column:row")
    return context.encode()


def _purpose(purpose: str) -> str:
    if not _PURPOSE.fullmatch(purpose):
        raise ValueError("a purpose is a short code of small letters, digits, dots and dashes")
    return purpose
