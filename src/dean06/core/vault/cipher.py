"""Envelopes, blind indexes and pseudonyms.

Envelope: version byte 0x02, fingerprint of the key (4 bytes), random nonce (12 bytes), AES-256-GCM ciphertext
and tag (NIST SP 800-38D). The context (table, column and row) and the head are authenticated: a ciphertext
copied to another row does not decrypt there. Envelopes of version 0x01 (AES-256-SIV, RFC 5297, which is on no
list of approved modes) are still read and become version 0x02 when they are rotated.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import unicodedata
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from django.utils.translation import gettext as _

from dean06.core.vault.errors import VaultError
from dean06.core.vault.keyring import ID_BYTES, KeyRing, ring

_SIV = b"\x01"
_GCM = b"\x02"
_HEAD = 1 + ID_BYTES
_NONCE = 12  # bytes; SP 800-38D, section 8.2.2: random, so at most 2^32 envelopes to a key
_PURPOSE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_SEPARATORS = re.compile(r"[\s.\-‐-―]+")


def normalise(number: str) -> str:
    """A number as it is stored and looked up: NFKC, without spaces, dots and dashes."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", number))


def encrypt(text: str, *, context: str, keys: KeyRing | None = None) -> bytes:
    """The envelope of `text` under the active key. `context`: "table.column:row". Raises VaultError."""
    keys = keys or ring()
    head, nonce = _GCM + bytes.fromhex(keys.active_id), secrets.token_bytes(_NONCE)
    cipher = AESGCM(keys.gcm_key(keys.active_id))
    return head + nonce + cipher.encrypt(nonce, text.encode(), head + _context(context))


def decrypt(envelope: bytes, *, context: str, keys: KeyRing | None = None) -> str:
    """The text of an envelope. Raises VaultError: unknown key, damaged bytes, or another row's envelope."""
    envelope = bytes(envelope)
    key_id = key_id_of(envelope)
    keys, bound = keys or ring(), _context(context)
    try:
        return _open(envelope, key_id, bound, keys).decode()
    except (InvalidTag, ValueError) as error:
        raise VaultError(
            _("Dữ liệu mã hóa bằng khóa %(id)s đã bị sửa hoặc thuộc bản ghi khác; không giải mã.")
            % {"id": key_id}
        ) from error


def _open(envelope: bytes, key_id: str, bound: bytes, keys: KeyRing) -> bytes:
    """The plain bytes. Raises InvalidTag or ValueError when anything was changed."""
    head, sealed = envelope[:_HEAD], envelope[_HEAD:]
    if head[:1] == _SIV:  # a byte stands before the text: the library encrypts no empty text by SIV
        return AESSIV(keys.siv_key(key_id)).decrypt(sealed, [bound])[1:]
    return AESGCM(keys.gcm_key(key_id)).decrypt(sealed[:_NONCE], sealed[_NONCE:], head + bound)


def key_id_of(envelope: bytes) -> str:
    """The fingerprint of the key that made an envelope. Raises VaultError when it is none."""
    if envelope[:1] not in (_SIV, _GCM) or len(envelope) <= _HEAD:
        raise VaultError(_("Dữ liệu mã hóa không đúng định dạng; không giải mã."))
    return bytes(envelope[1:_HEAD]).hex()


def rotate(envelope: bytes, *, context: str, keys: KeyRing | None = None) -> bytes:
    """The same text under the active key; the envelope itself when it is under that key already."""
    keys = keys or ring()
    if key_id_of(envelope) == keys.active_id and envelope[:1] == _GCM:
        return bytes(envelope)
    return encrypt(decrypt(envelope, context=context, keys=keys), context=context, keys=keys)


def blind_index(number: str, *, purpose: str, keys: KeyRing | None = None) -> bytes:
    """32 bytes that are equal for equal numbers of one purpose and tell nothing without the key file."""
    return blind_indexes(number, purpose=purpose, keys=keys)[0]


def blind_indexes(number: str, *, purpose: str, keys: KeyRing | None = None) -> tuple[bytes, ...]:
    """The blind index under every index key in force: the one that is written first, then older ones."""
    keys = keys or ring()
    text, use = normalise(number).encode(), f"index|{_purpose(purpose)}"
    return tuple(hmac.digest(keys.index_key(use, each), text, sha256) for each in keys.index_ids)


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
