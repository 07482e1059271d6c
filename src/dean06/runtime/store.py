"""The store of the continuous archive: sealed WAL segments, base backups and photos of one server.

`ARCHIVE_DIR/SYSTEM/wal|base|media`, where SYSTEM is the number initdb gave the server, so that two servers
never share names. Every file is compressed, carries its own name inside the seal (files cannot be swapped),
is on the disk (fsync of file and folder) before it is called stored, and is never replaced by another.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol, cast

from dean06.core.errors import Invalid
from dean06.runtime.refusals import refused
from dean06.runtime.sealed import BackupKey, Sealer, unseal_into

SUFFIX = ".sealed"
WAL, BASE, MEDIA = "wal", "base", "media"
#: Names PostgreSQL asks to have archived or restored: segments, halves of them, histories, marks of backups.
WAL_NAME = re.compile(r"[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")
_BASE_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6})Z-([0-9A-F]{24})")
_BASE_TIME = "%Y%m%dT%H%M%S.%f"
_BLOCK = 1 << 20
_ABANDONED = 6 * 3600.0  # seconds; no base backup takes as long between two blocks


class Sink(Protocol):
    """Whatever takes bytes."""

    def write(self, data: bytes, /) -> int: ...


@dataclass(frozen=True, slots=True, order=True)
class Base:
    """A base backup: consistent from `at` on, needing the WAL from segment `start` on."""

    at: datetime
    start: str

    @property
    def name(self) -> str:
        """Its file's name without the suffix."""
        return f"{self.at.astimezone(UTC).strftime(_BASE_TIME)}Z-{self.start}"

    @property
    def timeline(self) -> int:
        """The timeline it was made on."""
        return int(self.start[:8], 16)


class Store:
    """The sealed files of one server below `folder`."""

    def __init__(self, folder: Path, system: int, key: BackupKey) -> None:
        self.folder = folder / str(system)
        self.system, self.key = system, key

    def path(self, kind: str, name: str) -> Path:
        """Where a file lies, sealed."""
        return self.folder / kind / f"{name}{SUFFIX}"

    def has(self, kind: str, name: str) -> bool:
        """Whether it is stored."""
        return self.path(kind, name).is_file()

    def size(self, kind: str, name: str) -> int:
        """Bytes it takes, sealed."""
        return self.path(kind, name).stat().st_size

    def put(self, kind: str, name: str, source: Path) -> bool:
        """Store a copy of a file; False when exactly this one is stored already.

        Raises Invalid when another file is stored under this name, or under another key; OSError of the disk.
        """
        if self.has(kind, name):
            self._compare(kind, name, source)
            return False
        with _no_link(source) as plain, self.writing(kind, lambda: name) as sink:
            while block := plain.read(_BLOCK):
                sink.write(block)
        return True

    @contextlib.contextmanager
    def writing(self, kind: str, named: Callable[[], str]) -> Iterator[Sink]:
        """Take bytes for the time of the block; `named` is asked for the file's name at its end.

        The name stands at the end of the sealed text, because a base backup is named after its moment.
        """
        folder = self.folder / kind
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = folder / f".{secrets.token_hex(8)}.partial"
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                sealer = Sealer(file, self.key)
                packed = _Packed(sealer)
                yield packed
                name = named()
                packed.finish(f"{kind}/{name}")
                sealer.close()
                file.flush()
                os.fsync(file.fileno())
            target = self.path(kind, name)
            _make_folders(target.parent, self.folder)
            target.hardlink_to(half)  # never over another
            sync_folder(target.parent)
        finally:
            half.unlink(missing_ok=True)

    def get(self, kind: str, name: str, target: Path) -> None:
        """Write the plain file to `target`, which must not exist and is removed again on any failure.

        Raises Invalid: another key, changed, cut off, a different file under this name.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(target, flags, 0o600), "wb") as sink:
            try:
                self.read(kind, name, sink)
                sink.flush()
                os.fsync(sink.fileno())
            except BaseException:
                target.unlink(missing_ok=True)
                raise

    def read(self, kind: str, name: str, sink: Sink) -> None:
        """Write the plain bytes to `sink`; they are genuine only when this returns. Raises as `get` does."""
        path = self.path(kind, name)
        plain = _Plain(sink, path)
        unseal_into(path, cast(IO[bytes], plain), self.key)
        if plain.name() != f"{kind}/{name}":
            raise _other_name(path, plain.name())

    def names(self, kind: str) -> list[str]:
        """What is stored of a kind, sorted; paths with slashes below the kind's folder."""
        folder = self.folder / kind
        found = (path.relative_to(folder).as_posix() for path in folder.rglob(f"*{SUFFIX}"))
        return sorted(name.removesuffix(SUFFIX) for name in found)

    def bases(self) -> list[Base]:
        """The base backups, oldest first."""
        matches = (_BASE_NAME.fullmatch(name) for name in self.names(BASE))
        return sorted(
            Base(datetime.strptime(match[1], _BASE_TIME).replace(tzinfo=UTC), match[2])
            for match in matches
            if match
        )

    def remove(self, kind: str, name: str) -> None:
        """Delete a stored file."""
        self.path(kind, name).unlink(missing_ok=True)

    def sweep(self, older_than: float = _ABANDONED) -> None:
        """Delete what writers that were killed left half-written, untouched for so many seconds."""
        for half in self.folder.glob("*/.*.partial"):
            if time.time() - half.stat().st_mtime > older_than:
                half.unlink(missing_ok=True)

    def _compare(self, kind: str, name: str, source: Path) -> None:
        stored, given = _Digest(), _Digest()
        self.read(kind, name, stored)
        with _no_link(source) as plain:
            while block := plain.read(_BLOCK):
                given.write(block)
        if stored.sum.digest() != given.sum.digest():
            path = self.path(kind, name)
            raise refused(
                f"Kho lưu đã có {path} với nội dung khác; không ghi đè (hai máy chủ cùng ghi vào một kho?).",
                f"The archive holds another {path}; it is not replaced. Two servers may share one archive.",
            )


class _Packed:
    """Compresses on the way into the seal; the name follows the compressed text."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer, self._pack = sealer, zlib.compressobj(1)

    def write(self, data: bytes, /) -> int:
        self._sealer.write(self._pack.compress(data))
        return len(data)

    def finish(self, name: str) -> None:
        self._sealer.write(self._pack.flush() + name.encode())


class _Plain:
    """Unpacks on the way out of the seal, and keeps the name behind the compressed text."""

    def __init__(self, sink: Sink, path: Path) -> None:
        self._sink, self._path, self._unpack, self._after = sink, path, zlib.decompressobj(), b""

    def write(self, data: bytes, /) -> int:
        try:
            self._sink.write(self._unpack.decompress(data))
        except zlib.error as error:
            raise _other_name(self._path, "?") from error
        return len(data)

    def name(self) -> str:
        return self._unpack.unused_data.decode("utf-8", "replace")


class _Digest:
    def __init__(self) -> None:
        self.sum = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.sum.update(data)
        return len(data)


def sync_folder(folder: Path) -> None:
    """A new name in `folder` outlives the machine's fall."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folders(folder: Path, top: Path) -> None:
    """Folders below `top`, each entered durably into the one above."""
    if folder != top and not folder.is_dir():
        _make_folders(folder.parent, top)
        folder.mkdir(exist_ok=True, mode=0o700)
        sync_folder(folder.parent)


def _no_link(path: Path) -> IO[bytes]:
    """The source lies where another account may write: it must be the file itself."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def _other_name(path: Path, found: str) -> Invalid:
    return refused(
        f"Tệp {path} trong kho lưu không mang đúng tên của nó (bên trong: {found}); tệp đã bị đổi chỗ.",
        f"The archived file {path} does not carry its own name (inside: {found}); files were swapped.",
    )
