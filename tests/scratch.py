"""Temporary folders of test runs that go away even when their run is killed: the next run removes them.

A folder belongs to the process that made it as long as that process holds the lock on the file `owner` in it;
the kernel releases the lock however the process ends, and never gives it to an unrelated one, as a number of
a process may be.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "dean06-"
_UNFINISHED = f"{PREFIX}new-"  # not locked yet
_LONG_AGO = 3600.0  # seconds
_LOCK = "owner"


class Scratch:
    """A folder of this process, until `remove` or the end of the process."""

    def __init__(self, kind: str) -> None:
        new = Path(tempfile.mkdtemp(prefix=_UNFINISHED))
        self._lock = (new / _LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        # Only now does it get the name under which others look for folders without an owner.
        self.path = new.rename(new.with_name(new.name.replace(_UNFINISHED, f"{PREFIX}{kind}-")))

    def remove(self) -> None:
        """Delete it with all it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


@contextmanager
def scratch(kind: str) -> Iterator[Path]:
    """A folder for the time of the block."""
    mine = Scratch(kind)
    try:
        yield mine.path
    finally:
        mine.remove()


def sweep() -> list[Path]:
    """Remove the folders whose owners are dead; which ones. Those of living runs and other accounts stay."""
    return [path for path in _candidates() if _abandoned(path) and _removed(path)]


def _candidates() -> list[Path]:
    here = Path(tempfile.gettempdir())
    return [path for path in here.glob(f"{PREFIX}*") if path.is_dir() and not path.is_symlink()]


def _abandoned(path: Path) -> bool:
    try:
        if path.name.startswith(_UNFINISHED):
            return path.stat().st_uid == os.getuid() and time.time() - path.stat().st_mtime > _LONG_AGO
        with (path / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, gone meanwhile, of another account, or no folder of ours
        return False
    return True


def _removed(path: Path) -> bool:
    shutil.rmtree(path, ignore_errors=True)
    return not path.exists()
