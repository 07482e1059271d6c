"""The key files: where they lie, who may read them, which one encrypts today.

`vault-0001-5f0c….key` holds an encryption key, numbered in the order of making; the highest one encrypts,
all of them decrypt. `index-8a41….key` holds the key of blind indexes and pseudonyms, `index-0002-….key` the
next one; the highest one writes, all of them find, because rows that nobody may change (the usage record)
were written with the older ones. The name of a file carries the fingerprint of its key, so that a file from
another installation is noticed at once.
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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from dean06.core.vault.errors import VaultError

ROOT_BYTES = 32
ID_BYTES = 4
_NAME = re.compile(r"(?P<kind>vault|index)(?:-(?P<number>\d{4}))?-(?P<id>[0-9a-f]{8})\.key")
_KINDS = {"vault", "index"}
_MOST_KEYS = 9999
_SETTLED_NS = 1_000_000_000

_checks: list[Callable[[], None]] = []
_told: list[Callable[[KeyRing], None]] = []
_cached: tuple[str, int, KeyRing] | None = None


@dataclass(frozen=True, slots=True)
class KeyFact:
    """A key without its secret, for the operator's eyes."""

    id: str
    number: int
    file: str
    active: bool


@dataclass(frozen=True, slots=True, repr=False)
class _Key:
    id: str
    kind: str  # "vault" or "index"
    number: int
    root: bytes
    file: str


class KeyRing:
    """The keys of one folder, as they were when it was read."""

    def __init__(self, keys: list[_Key]) -> None:
        ranked = sorted(keys, key=lambda key: key.number, reverse=True)
        self._keys = {key.id: key for key in ranked if key.kind == "vault"}
        self._indexes = {key.id: key for key in ranked if key.kind == "index"}
        self._derived: dict[tuple[str, str, int], bytes] = {}

    def __repr__(self) -> str:
        return f"KeyRing(active={self.active_id}, index={self.index_id})"

    @property
    def active_id(self) -> str:
        """Fingerprint of the key that encrypts."""
        return next(iter(self._keys))

    @property
    def index_id(self) -> str:
        """Fingerprint of the key that blind indexes are written with."""
        return next(iter(self._indexes))

    @property
    def index_ids(self) -> list[str]:
        """Fingerprints of every key of blind indexes, the one that writes first."""
        return list(self._indexes)

    @property
    def facts(self) -> list[KeyFact]:
        """The encryption keys, oldest first."""
        return _facts(self._keys)

    @property
    def index_facts(self) -> list[KeyFact]:
        """The keys of blind indexes, oldest first."""
        return _facts(self._indexes)

    def gcm_key(self, key_id: str) -> bytes:
        """32 bytes for AES-256-GCM. Raises VaultError when the ring has no such key."""
        return self._derive(self._held(key_id), "encrypt gcm", 32)

    def siv_key(self, key_id: str) -> bytes:
        """64 bytes for AES-256-SIV, to read envelopes of version 1. Raises VaultError as `gcm_key`."""
        return self._derive(self._held(key_id), "encrypt", 64)

    def _held(self, key_id: str) -> _Key:
        key = self._keys.get(key_id)
        if key is None:
            raise VaultError(
                _("Thiếu khóa mã hóa %(id)s; hãy đưa tệp khóa “vault-…-%(id)s.key” trở lại thư mục khóa.")
                % {"id": key_id}
            )
        return key

    def index_key(self, purpose: str, key_id: str = "") -> bytes:
        """32 bytes for the blind index or pseudonyms of one purpose; `key_id` "": the key that writes."""
        return self._derive(self._indexes[key_id or self.index_id], purpose, 32)

    def _derive(self, key: _Key, purpose: str, length: int) -> bytes:
        wanted = (key.id, purpose, length)
        if wanted not in self._derived:
            self._derived[wanted] = derive(key.root, purpose, length)
        return self._derived[wanted]


def _facts(keys: Mapping[str, _Key]) -> list[KeyFact]:
    active = next(iter(keys))
    return [KeyFact(key.id, key.number, key.file, key.id == active) for key in reversed(list(keys.values()))]


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
    keys = _read(place)
    fresh = not keys
    if fresh:
        keys = _first(place)
    elif {key.kind for key in keys} != _KINDS:
        keys = _waited(place)
    kinds = {key.kind for key in keys}
    if "vault" not in kinds:
        raise VaultError(
            _("Thư mục khóa không có khóa mã hóa nào (vault-….key); hãy đưa lại từ bản sao lưu.")
        )
    if "index" not in kinds:
        raise VaultError(
            _("Thư mục khóa không có khóa chỉ mục nào (index-….key); hãy đưa lại từ bản sao lưu.")
        )
    if len({(key.kind, key.number) for key in keys}) != len(keys):
        raise VaultError(_("Hai tệp khóa mang cùng số thứ tự; hãy bỏ tệp không thuộc hệ thống này."))
    made = KeyRing(keys)
    for tell in _told if fresh else ():
        tell(made)
    return made


def _waited(place: Path) -> list[_Key]:
    """What is there once whoever makes the first two keys at this moment is done."""
    try:
        lock = (place / ".lock").open("a")
    except OSError:  # nobody of this account is making any
        return _read(place)
    with lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        return _read(place)


def _first(place: Path) -> list[_Key]:
    """Make the first keys; of several processes that start at once, one does."""
    for check in _checks:
        check()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (place / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _read(place):
            create(place, "index")
            create(place, "vault-0001")
        return _read(place)


def _read(place: Path) -> list[_Key]:
    return [_key(path) for path in sorted(place.glob("*.key"))] if place.is_dir() else []


def _key(path: Path) -> _Key:
    match = _NAME.fullmatch(path.name)
    if match is None or (match["kind"] == "vault" and not match["number"]):
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
    root = _root(path.name, text, match["id"])
    return _Key(match["id"], match["kind"], int(match["number"] or 1), root, path.name)


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


def add_key(kind: str = "vault") -> str:
    """Make the next key of a kind ("vault" encrypts, "index" indexes), in use from now on; its id.

    Raises VaultError.
    """
    keys = ring()
    facts = keys.facts if kind == "vault" else keys.index_facts
    number = max(fact.number for fact in facts) + 1
    if number > _MOST_KEYS:
        raise VaultError(_("Không còn số thứ tự cho khóa mới."))
    return create(folder(), f"{kind}-{number:04d}")


def remove_key(key_id: str) -> None:
    """Delete the file of a key that nothing uses any more. Raises VaultError."""
    keys = ring()
    fact = next((fact for fact in keys.facts + keys.index_facts if fact.id == key_id), None)
    if fact is None or fact.active:
        raise VaultError(_("Không xóa được khóa %(id)s: không có, hoặc đang dùng để ghi.") % {"id": key_id})
    (folder() / fact.file).unlink()
