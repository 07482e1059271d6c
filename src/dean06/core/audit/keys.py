"""The key that signs exports of the logs: it tells where a file came from; no proof against its holder."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.utils.translation import gettext as _

from dean06.core.errors import Conflict
from dean06.core.vault.keyring import folder

FILE = "log-export.pem"


def signing_key() -> Ed25519PrivateKey:
    """The key in KEYS_DIR (else DATA_DIR/keys), made the first time with mode 0600.

    Raises Conflict when the file is damaged or readable by others.
    """
    path = folder() / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return _make(path)
    if path.stat().st_mode & 0o077:
        raise Conflict(
            _("Tệp khóa “%(file)s” đang cho tài khoản khác đọc; hãy đặt quyền 0600.") % {"file": FILE}
        )
    try:
        key = load_pem_private_key(data, password=None)
    except ValueError as error:
        raise Conflict(_("Tệp khóa “%(file)s” bị hỏng.") % {"file": FILE}) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Conflict(_("Tệp khóa “%(file)s” bị hỏng.") % {"file": FILE})
    return key


def public_hex() -> str:
    """What a verifier pins: 64 hexadecimal digits."""
    return signing_key().public_key().public_bytes_raw().hex()


def _make(path: Path) -> Ed25519PrivateKey:
    """A new key, whole or not at all; of several processes that make one, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    fresh = path.with_name(f".{FILE}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        return signing_key()
    finally:
        fresh.unlink()
    return key
