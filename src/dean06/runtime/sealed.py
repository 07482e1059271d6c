"""Encryption of a backup in pieces, so that a file of any size needs little memory.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM: the nonce of each
piece holds its number and whether it is the last one, so that pieces cannot be dropped, swapped, repeated or
cut off without notice. Every file has a key of its own, derived from the backup key and a random salt; the
header is authenticated with every piece. The key file is none of the keys of the data: who reads backups need
not be who runs the system.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dean06.core.errors import Invalid
from dean06.runtime.refusals import refused
from dean06.runtime.secret_files import SecretError, read_secret

MAGIC = b"dean06-sealed-1\n"
PIECE = 1 << 20  # bytes of plain text
_TAG = 16
_ID = 4
_SALT = 32
_HEADER = len(MAGIC) + _ID + _SALT
_KEY_BYTES = 32
_LAST = b"\x01"
_MORE = b"\x00"


class BackupKey:
    """The key that seals backups; `id` names it in files and tells nothing about it."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self.id = self._derive(b"fingerprint", b"", _ID)

    def __repr__(self) -> str:
        return f"BackupKey({self.id.hex()})"

    def cipher(self, salt: bytes) -> AESGCM:
        """The cipher of one file."""
        return AESGCM(self._derive(b"seal", salt, 32))

    def _derive(self, purpose: bytes, salt: bytes, length: int) -> bytes:
        info = b"dean06 backup 1|" + purpose
        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(self._root)


def load_key(path: Path) -> BackupKey:
    """The key in a file. Raises Invalid: missing, readable by others, damaged."""
    try:
        root = base64.b64decode(read_secret("BACKUP_KEY_FILE", path), validate=True)
    except SecretError as error:
        raise Invalid(f"Khóa sao lưu: {error.vi}") from error
    except (binascii.Error, ValueError) as error:
        raise Invalid(f"Khóa sao lưu {path} bị hỏng.") from error
    if len(root) != _KEY_BYTES:
        raise Invalid(f"Khóa sao lưu {path} bị hỏng: cần {_KEY_BYTES} byte.")
    if path.stat().st_mode & 0o077:
        raise Invalid(f"Khóa sao lưu {path} đang cho tài khoản khác đọc; hãy chạy: chmod 600 {path}")
    return BackupKey(root)


def make_key(path: Path) -> BackupKey:
    """Make the key file, mode 0600, whole or not at all. Raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    finally:
        draft.unlink()
    return load_key(path)


class Sealer:
    """A file to write to; `close` writes the last piece, without which the file is refused."""

    def __init__(self, sink: IO[bytes], key: BackupKey) -> None:
        salt = secrets.token_bytes(_SALT)
        self._sink, self._cipher = sink, key.cipher(salt)
        self._header = MAGIC + key.id + salt
        self._pending, self._number = bytearray(), 0
        sink.write(self._header)

    def write(self, data: bytes) -> int:
        """Take more plain text."""
        self._pending += data
        while len(self._pending) > PIECE:  # a full piece is kept back: it may be the last one
            self._put(bytes(self._pending[:PIECE]), _MORE)
            del self._pending[:PIECE]
        return len(data)

    def close(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._pending), _LAST)

    def _put(self, plain: bytes, last: bytes) -> None:
        self._sink.write(self._cipher.encrypt(_nonce(self._number, last), plain, self._header))
        self._number += 1


def is_sealed(source: Path) -> bool:
    """Whether the file begins as a sealed one."""
    with source.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def unseal(source: Path, target: Path, key: BackupKey) -> None:
    """Decrypt into `target` (mode 0600), which is removed again unless the whole file is genuine.

    Raises Invalid: sealed with another key, changed at a piece, cut off.
    """
    try:
        with (
            source.open("rb") as sealed,
            os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as plain,
        ):
            _unseal(source, sealed, plain, key)
            plain.flush()
            os.fsync(plain.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def unseal_into(source: Path, sink: IO[bytes], key: BackupKey) -> None:
    """Decrypt into an open sink; what it took is genuine only when this returns. Raises as `unseal` does."""
    with source.open("rb") as sealed:
        _unseal(source, sealed, sink, key)


def _unseal(source: Path, sealed: IO[bytes], plain: IO[bytes], key: BackupKey) -> None:
    header = sealed.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(MAGIC):
        raise refused(
            f"Tệp {source} bị cắt cụt hoặc không phải bản sao lưu mã hóa của dean06.",
            f"The file {source} is cut off or no sealed backup of dean06.",
        )
    found = header[len(MAGIC) : len(MAGIC) + _ID]
    if found != key.id:
        raise refused(
            f"Tệp {source} được mã hóa bằng khóa {found.hex()}, khóa đang dùng là {key.id.hex()}; "
            "hãy chỉ đúng tệp khóa bằng --key.",
            f"The file {source} is sealed with the key {found.hex()}, the key in use is {key.id.hex()}; "
            "name the right key file with --key.",
        )
    cipher = key.cipher(header[len(MAGIC) + _ID :])
    number, piece = 0, sealed.read(PIECE + _TAG)
    while True:
        following = sealed.read(PIECE + _TAG)
        last = _MORE if following else _LAST
        try:
            plain.write(cipher.decrypt(_nonce(number, last), piece, header))
        except (InvalidTag, ValueError) as error:
            sure = last == _LAST and _is_genuine(cipher, _nonce(number, _MORE), piece, header)
            raise _refused(source, number, last == _LAST, whole=sure) from error
        if not following:
            return
        number, piece = number + 1, following


def _is_genuine(cipher: AESGCM, nonce: bytes, piece: bytes, header: bytes) -> bool:
    try:
        cipher.decrypt(nonce, piece, header)
    except (InvalidTag, ValueError):
        return False
    return True


def _refused(source: Path, number: int, at_end: bool, *, whole: bool) -> Invalid:
    """`whole`: genuine, but not the last piece. A cut inside a piece cannot be told from a change."""
    if whole:
        return refused(
            f"Tệp {source} bị cắt cụt sau đoạn {number + 1}.",
            f"The file {source} is cut off after piece {number + 1}.",
        )
    if at_end:
        return refused(
            f"Tệp {source} bị cắt cụt hoặc bị thay đổi ở cuối (đoạn {number + 1}).",
            f"The file {source} is cut off or changed at its end (piece {number + 1}).",
        )
    return refused(
        f"Tệp {source} bị thay đổi ở đoạn {number + 1}.",
        f"The file {source} is changed at piece {number + 1}.",
    )


def _nonce(number: int, last: bytes) -> bytes:
    return number.to_bytes(11, "big") + last
