"""The logs of the kept processes: appended to, set aside when large, made anew when deleted."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from dean06.runtime.failures import from_os_error

_LIMIT = 10_000_000  # bytes; a larger log is set aside at the next start of its process


def open_log(path: Path) -> IO[bytes]:
    """The log at `path`, opened for appending; its folder is made where it was deleted.

    Raises StartError when the disk is full, the file may not be written, or something else is in its place.
    """
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if path.exists() and path.stat().st_size > _LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")
    except OSError as error:
        known = from_os_error(error, path)
        if known is None:
            raise
        raise known from error
