"""The files behind photos: named by the hash of their content, complete or absent, never half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from dean06.core.photos.prepare import PreparedPhoto, thumbnail

_THUMBNAIL = ".320.jpg"


def root() -> Path:
    """The folder of all photos."""
    return Path(settings.MEDIA_ROOT) / "photos"


def photo_path(sha256: str) -> Path:
    """Where the kept JPEG with this hash lies."""
    return root() / sha256[:2] / f"{sha256}.jpg"


def thumbnail_path(sha256: str) -> Path:
    """Where its 320 px variant lies."""
    return root() / sha256[:2] / f"{sha256}{_THUMBNAIL}"


def write(prepared: PreparedPhoto) -> None:
    """Put the photo and its thumbnail on disk, durably; a photo already there is only marked as fresh.

    Raises OSError (disk full, no permission); then neither file is left half-written.
    """
    photo, small = photo_path(prepared.sha256), thumbnail_path(prepared.sha256)
    photo.parent.mkdir(parents=True, exist_ok=True)
    for path in (small, photo):
        if path.exists():
            os.utime(path)
        else:
            _write_file(path, prepared.jpeg if path is photo else thumbnail(prepared.jpeg))


def _write_file(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, then rename: a reader sees the whole file or none."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def stored(older_than: float) -> Iterator[tuple[str, Path]]:
    """(hash or "" for a left-over temporary file, path) of the files last written before that Unix time."""
    for path in sorted(root().glob("*/*")):
        if path.is_file() and path.stat().st_mtime < older_than:
            yield ("" if path.name.startswith(".new-") else path.name.split(".", 1)[0]), path
