"""The key files: where they lie, who may read them, which one encrypts today.

`vault-0001-5f0c….key` holds an encryption key, numbered in the order of making; the highest one encrypts,
all of them decrypt. `index-8a41….key` holds the key of blind indexes and pseudonyms; it never changes,
because rows that nobody may change (the usage record) were written with it. The name of a file carries the
fingerprint of its key, so that a file from another installation is noticed at once.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from dean06.core.vault.errors import VaultError

ROOT_BYTES = 32
ID_BYTES = 4
_NAME = re.compile(r"(?:vault-(?P<number>\d{4})|index)-(?P<id>[0-9a-f]{8})\.key")
_MOST_KEYS = 9999
_SETTLED_NS = 1_000_000_000

_checks: list[Callable[[], None]] = []
_told: list[Callable[[KeyRing], None]] = []
_cached: tuple[str, int, KeyRing] | None = None


@dataclass(frozen=True, slots=True)
class KeyFact:
    """An encryption key without its secret, for the operator's eyes."""

    id: str
    number: int
    file: str
    active: bool


@dataclass(frozen=True, slots=True, repr=False)
class _Key:
    id: str
    number: int
    root: bytes
    file: str


class KeyRing:
    """The keys of one folder, as they were when it was read."""

    def __init__(self, keys: list[_Key], index: _Key) -> None:
        self._keys = {key.id: key for key in keys}
        self._active = max(keys, key=lambda key: key.number)
        self._index = index

    def __repr__(self) -> str:
        return f"KeyRing(active={self.active_id}, index={self.index_id})"

    @property
    def active_id(self) -> str:
        """Fingerprint of the key that encrypts."""
        return self._active.id

    @property
    def index_id(self) -> str:
        """Fingerprint of the key of blind indexes."""
        return self._index.id

    @property
    def facts(self) -> list[KeyFact]:
        """The encryption keys, oldest first."""
        return [
            KeyFact(key.id, key.number, key.file, key is self._active)
            for key in sorted(self._keys.values(), key=lambda key: key.number)
        ]

    def gcm_key(self, key_id: str) -> bytes:
        """32 bytes for AES-256-GCM. Raises VaultError when the ring has no such key."""
        return derive(self._root_of(key_id), "encrypt gcm", 32)

    def siv_key(self, key_id: str) -> bytes:
        """64 bytes for AES-256-SIV, to read envelopes of version 1. Raises VaultError as `gcm_key`."""
        return derive(self._root_of(key_id), "encrypt", 64)

    def _root_of(self, key_id: str) -> bytes:
        key = self._keys.get(key_id)
        if key is None:
            raise VaultError(
                _("Thiếu khóa mã hóa %(id)s; hãy đưa tệp khóa “vault-…-%(id)s.key” trở lại thư mục khóa.")
                % {"id": key_id}
            )
        return key.root

    def index_key(self, purpose: str) -> bytes:
        """32 bytes for the blind index or pseudonyms of one purpose."""
        return derive(self._index.root, purpose, 32)


def derive(root: bytes, purpose: str, length: int) -> bytes:
    """HKDF-SHA-256: a key of its own for each purpose."""
    info = b"dean06 vault 1|" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(root)


def guard_creation(check: Callable[[], None], then: Callable[[KeyRing], None]) -> None:
    """Ask `check` before the first keys are made; it raises VaultError where data under other keys exist.

    `then` is told of the keys that were made.
    """
    _checks.append(check)
    _told.append(then)


def folder() -> Path:
    """KEYS_DIR, else `keys` in the data directory."""
    return Path(os.environ.get("KEYS_DIR") or Path(settings.DATA_DIR) / "keys")


def ring() -> KeyRing:
    """The keys of this installation, read anew whenever a file came or went; made on the first start.

    Raises VaultError when a file is readable by others, damaged, foreign or missing.
    """
    global _cached  # noqa: PLW0603 - one small per-process cache
    place = folder()
    stamp = place.stat().st_mtime_ns if place.is_dir() else 0
    if _cached is not None and _cached[:2] == (str(place), stamp):
        return _cached[2]
    found = _load(place)
    # A folder that changed a moment ago may change again within the resolution of its clock.
    settled = stamp and time.time_ns() - stamp > _SETTLED_NS
    _cached = (str(place), stamp, found) if settled else None
    return found


def _load(place: Path) -> KeyRing:
    keys, index = _read(place)
    fresh = not keys and not index
    if fresh:
        keys, index = _first(place)
    if not keys:
        raise VaultError(
            _("Thư mục khóa không có khóa mã hóa nào (vault-….key); hãy đưa lại từ bản sao lưu.")
        )
    if len(index) != 1:
        raise VaultError(
            _("Thư mục khóa phải có đúng một tệp index-….key, hiện có %(n)d tệp.") % {"n": len(index)}
        )
    if len({key.number for key in keys}) != len(keys):
        raise VaultError(_("Hai tệp khóa mã hóa mang cùng số thứ tự; hãy bỏ tệp không thuộc hệ thống này."))
    made = KeyRing(keys, index[0])
    for tell in _told if fresh else ():
        tell(made)
    return made


def _first(place: Path) -> tuple[list[_Key], list[_Key]]:
    """Make the first keys; of several processes that start at once, one does."""
    for check in _checks:
        check()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (place / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not any(_read(place)):
            create(place, "index")
            create(place, "vault-0001")
        return _read(place)


def _read(place: Path) -> tuple[list[_Key], list[_Key]]:
    """(encryption keys, index keys) of the folder."""
    found = [_key(path) for path in sorted(place.glob("*.key"))] if place.is_dir() else []
    return [key for key in found if key.number], [key for key in found if not key.number]


def _key(path: Path) -> _Key:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise VaultError(_("Tệp khóa “%(file)s” có tên không đúng mẫu.") % {"file": path.name})
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(_("Không đọc được tệp khóa “%(file)s”.") % {"file": path.name}) from error
    if mode & 0o077:
        raise VaultError(
            _("Tệp khóa “%(file)s” đang cho tài khoản khác đọc (quyền %(mode)s); hãy đặt quyền 0600.")
            % {"file": path.name, "mode": f"{mode:04o}"}
        )
    return _Key(match["id"], int(match["number"] or 0), _root(path.name, text, match["id"]), path.name)


def _root(name: str, text: str, key_id: str) -> bytes:
    try:
        root = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != ROOT_BYTES:
        raise VaultError(_("Tệp khóa “%(file)s” bị hỏng.") % {"file": name})
    if fingerprint(root) != key_id:
        raise VaultError(
            _("Tệp khóa “%(file)s” chứa khóa khác (%(id)s).") % {"file": name, "id": fingerprint(root)}
        )
    return root


def fingerprint(root: bytes) -> str:
    """Eight hexadecimal digits that name a key and tell nothing about it."""
    return derive(root, "fingerprint", ID_BYTES).hex()


def create(place: Path, stem: str) -> str:
    """Make a key file `stem-FINGERPRINT.key`, readable by its owner only, whole or not at all; its id."""
    root = secrets.token_bytes(ROOT_BYTES)
    key_id = fingerprint(root)
    draft = place / f".{stem}-{key_id}.draft"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(root) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(place / f"{stem}-{key_id}.key")
    return key_id


def add_key() -> str:
    """Make the next encryption key, active from now on; its id. Raises VaultError."""
    number = max(fact.number for fact in ring().facts) + 1
    if number > _MOST_KEYS:
        raise VaultError(_("Không còn số thứ tự cho khóa mới."))
    return create(folder(), f"vault-{number:04d}")


def remove_key(key_id: str) -> None:
    """Delete the file of an encryption key that nothing uses any more. Raises VaultError."""
    fact = next((fact for fact in ring().facts if fact.id == key_id), None)
    if fact is None or fact.active:
        raise VaultError(
            _("Không xóa được khóa %(id)s: không có, hoặc đang dùng để mã hóa.") % {"id": key_id}
        )
    (folder() / fact.file).unlink()
