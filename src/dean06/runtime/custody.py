"""The keys of an installation as one file that a passphrase seals: they are in no backup.

scrypt (RFC 7914) with N = 2^17, r = 8, p = 1 (OWASP Password Storage Cheat Sheet: 128 MB for each guess),
then AES-256-GCM with the header authenticated. The file holds `keys/` and `backup.key`.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from dean06.core.errors import Conflict
from dean06.runtime.refusals import refused
from dean06.runtime.store import sync_folder

MAGIC = b"dean06-keys-1\n"
LEAST = 14  # characters of a passphrase, as of a password
BACKUP = "backup.key"
_SALT, _NONCE = 16, 12
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}\.(key|pem)")
_MOST = 1 << 20  # bytes of a file of keys


def gather(keys: Path, backup_key: Path) -> dict[str, bytes]:
    """The files of `keys`, by name, and the backup key. Raises Conflict where there is none."""
    found = {path.name: path.read_bytes() for path in _files(keys)}
    if backup_key.is_file():
        found[BACKUP] = backup_key.read_bytes()
    if not found:
        raise Conflict(f"Chưa có khóa nào để xuất ở {keys} (there are no keys yet).")
    return found


def seal(files: Mapping[str, bytes], passphrase: str, target: Path) -> None:
    """Write the sealed file, mode 0600, whole or not at all.

    Raises Invalid for a short passphrase, Conflict when `target` is there already.
    """
    _check(passphrase)
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    plain = json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()
    header = MAGIC + salt + nonce
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, plain, header)
    _put(target, header + sealed)


def open_sealed(source: Path, passphrase: str) -> dict[str, bytes]:
    """The files by name. Raises Invalid: another passphrase, changed, cut, no such file."""
    with source.open("rb") as file:
        data = file.read(_MOST)
    begin = len(MAGIC) + _SALT + _NONCE
    if not data.startswith(MAGIC) or len(data) <= begin:
        raise refused(
            f"Tệp {source} không phải tệp khóa do «dean06 keys export» tạo.",
            f"The file {source} was not made by `dean06 keys export`.",
        )
    header = data[:begin]
    salt, nonce = header[len(MAGIC) : -_NONCE], header[-_NONCE:]
    try:
        plain = AESGCM(_key(passphrase, salt)).decrypt(nonce, data[begin:], header)
        files = {name: base64.b64decode(text, validate=True) for name, text in json.loads(plain).items()}
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise refused(
            f"Không mở được {source}: sai cụm mật khẩu, hoặc tệp đã bị thay đổi hay cắt cụt.",
            f"{source} cannot be opened: another passphrase, or the file was changed or cut off.",
        ) from error
    return {name: data for name, data in files.items() if _NAME.fullmatch(name)}


def place(files: Mapping[str, bytes], keys: Path, backup_key: Path) -> list[str]:
    """Put the files where they belong; which were new. All or nothing, and never over another key.

    Raises Conflict when a key of another installation, or another content of the same name, is there.
    """
    targets = {name: backup_key if name == BACKUP else keys / name for name in files}
    fresh = [name for name, path in targets.items() if not path.exists()]
    for name in set(targets) - set(fresh):
        if targets[name].read_bytes().strip() != files[name].strip():
            raise _other(targets[name])
    strangers = [path for path in _files(keys) if path.name not in files]
    if strangers and any(name != BACKUP for name in fresh):
        raise _other(strangers[0])
    for name in fresh:
        targets[name].parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _put(targets[name], files[name])
    return sorted(fresh)


def _files(keys: Path) -> list[Path]:
    return [path for path in sorted(keys.glob("*")) if path.is_file() and _NAME.fullmatch(path.name)]


def _check(passphrase: str) -> None:
    if len(passphrase) < LEAST:
        raise refused(
            f"Cụm mật khẩu cần ít nhất {LEAST} ký tự.", f"The passphrase needs {LEAST} characters or more."
        )


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode())


def _put(target: Path, data: bytes) -> None:
    half = target.with_name(f".{target.name}.{secrets.token_hex(4)}.draft")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        target.hardlink_to(half)
    except FileExistsError as error:
        raise Conflict(f"Đã có tệp {target}; không ghi đè (it exists and is not replaced).") from error
    finally:
        half.unlink()
    sync_folder(target.parent)


def _other(path: Path) -> Conflict:
    return Conflict(
        f"Thư mục khóa đã có khóa khác: {path}; không ghi đè, chưa có gì thay đổi.\n"
        f"There is another key already: {path}; it is not replaced, nothing was changed."
    )
