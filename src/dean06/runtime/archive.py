"""What a backup holds: an uncompressed tar with a manifest first, the database dump and the photos.

The dump is compressed by pg_dump and photos are JPEG already. The manifest names every file with its
size and SHA-256; nothing is restored before all of them have been compared. The tar is sealed (sealed.py).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, cast

from dean06.core.errors import Invalid
from dean06.runtime.sealed import BackupKey, Sealer

FORMAT = 2
_READABLE = (1, 2)  # the first had neither migrations nor counts, and was not sealed
MANIFEST = "manifest.json"
DUMP = "database.dump"
MEDIA = "media"
_MANIFEST_LIMIT = 512 * 1024 * 1024  # bytes; a larger one is not ours


@dataclass(frozen=True)
class Entry:
    """One file of a backup; `path` is relative with slashes, `size` in bytes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Facts:
    """What was true in the moment of the dump; see Manifest."""

    migrations: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    heads: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a backup holds and where it comes from; `created` is an ISO instant.

    `migrations` are the applied steps of the schema, `counts` the rows of each table, `heads` those of the
    log's chains, all of the moment of the dump.
    """

    created: str
    program: str
    server: int
    files: tuple[Entry, ...]
    format: int = FORMAT
    migrations: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    heads: tuple[tuple[str, ...], ...] = ()

    def to_json(self) -> bytes:
        """The manifest as it stands in the file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """Raises Invalid when this is not a manifest of a known format."""
        try:
            raw = json.loads(data)
            if raw["format"] not in _READABLE:
                raise Invalid(f"Bản sao lưu thuộc định dạng {raw['format']}, chương trình này đọc {FORMAT}.")
            files = tuple(Entry(str(f["path"]), int(f["size"]), str(f["sha256"])) for f in raw["files"])
            return cls(
                created=str(raw["created"]),
                program=str(raw["program"]),
                server=int(raw["server"]),
                files=files,
                format=int(raw["format"]),
                migrations=tuple(str(step) for step in raw.get("migrations", ())),
                counts={str(table): int(rows) for table, rows in raw.get("counts", {}).items()},
                heads=tuple(tuple(str(part) for part in head) for head in raw.get("heads", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(
                "Tệp không phải bản sao lưu của dean06: bản kê (manifest) không đọc được."
            ) from error


def write(
    target: Path,
    dump: Path,
    media: Path,
    *,
    created: str,
    program: str,
    server: int,
    facts: Facts | None = None,
    key: BackupKey | None = None,
) -> Manifest:
    """Write a backup to `target`, whole or not at all, sealed with `key`; returns its manifest."""
    found = [(DUMP, dump), *((f"{MEDIA}/{path.relative_to(media)}", path) for path in _files(media))]
    entries = tuple(Entry(name, path.stat().st_size, digest(path)) for name, path in found)
    told = facts or Facts()
    manifest = Manifest(
        created, program, server, entries, FORMAT, told.migrations, dict(told.counts), told.heads
    )
    half = target.with_name(f".{target.name}.partial")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
            sealer = Sealer(sink, key) if key else None
            with tarfile.open(
                fileobj=cast(IO[bytes], sealer or sink), mode="w|", format=tarfile.PAX_FORMAT
            ) as archive:
                _add(archive, MANIFEST, io.BytesIO(manifest.to_json()), len(manifest.to_json()))
                for entry, (_, path) in zip(entries, found, strict=True):
                    with path.open("rb") as source:
                        _add(archive, entry.path, source, entry.size)
            if sealer:
                sealer.close()
            sink.flush()
            os.fsync(sink.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return manifest


def verify(source: Path) -> Manifest:
    """Read the whole backup and compare every file with the manifest.

    Raises Invalid naming the first file that is missing, changed, extra or badly named.
    """
    try:
        with tarfile.open(source, mode="r:") as archive:
            manifest = _manifest(archive)
            expected = {entry.path: entry for entry in manifest.files}
            for member in archive:
                if member.name != MANIFEST:
                    _compare(archive, member, expected.pop(member.name, None))
    except tarfile.TarError as error:
        raise Invalid(f"Tệp {source} không phải bản sao lưu của dean06 hoặc bị cắt cụt: {error}") from error
    if expected:
        raise Invalid(f"Bản sao lưu thiếu tệp {next(iter(expected))}.")
    if not any(entry.path == DUMP for entry in manifest.files):
        raise Invalid("Bản sao lưu không có dữ liệu của cơ sở dữ liệu.")
    return manifest


def extract_dump(source: Path, target: Path) -> None:
    """Copy the database dump to `target`."""
    with tarfile.open(source, mode="r:") as archive, target.open("wb") as sink:
        _copy(archive, archive.getmember(DUMP), sink)


def extract_media(source: Path, media: Path) -> int:
    """Put the photos in place, each whole; returns how many. Call after `verify`."""
    count = 0
    with tarfile.open(source, mode="r:") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if path.parts[0] != MEDIA:
                continue
            target = media.joinpath(*path.parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = target.with_name(f".{target.name}.partial")
            with half.open("wb") as sink:
                _copy(archive, member, sink)
            half.replace(target)
            count += 1
    return count


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as source:
        return _digest(source)


def _digest(source: IO[bytes]) -> str:
    sum_ = hashlib.sha256()
    while block := source.read(1 << 20):
        sum_.update(block)
    return sum_.hexdigest()


def _files(media: Path) -> Iterator[Path]:
    if media.is_dir():
        yield from sorted(path for path in media.rglob("*") if path.is_file() and path.suffix != ".partial")


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    archive.addfile(info, source)


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST or first.size > _MANIFEST_LIMIT:
        raise Invalid("Tệp không phải bản sao lưu của dean06: không có bản kê (manifest).")
    content = archive.extractfile(first)
    return Manifest.from_json(content.read() if content else b"")


def _compare(archive: tarfile.TarFile, member: tarfile.TarInfo, entry: Entry | None) -> None:
    path = PurePosixPath(member.name)
    ours = path.parts[:1] == (MEDIA,) or member.name == DUMP
    if entry is None or not member.isreg() or path.is_absolute() or ".." in path.parts or not ours:
        raise Invalid(f"Bản sao lưu có tệp lạ: {member.name}.")
    content = archive.extractfile(member)
    found = _digest(content) if content else ""
    if member.size != entry.size or found != entry.sha256:
        raise Invalid(f"Tệp {member.name} trong bản sao lưu đã bị thay đổi (sai mã SHA-256).")


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, sink: IO[bytes]) -> None:
    content = archive.extractfile(member)
    while content and (block := content.read(1 << 20)):
        sink.write(block)
    sink.flush()
    os.fsync(sink.fileno())
