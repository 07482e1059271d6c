"""The fingerprint of a plan folder: the same files give the same hash, and loading can be skipped."""

from __future__ import annotations

import hashlib
from pathlib import Path

# Raised when the same files are to be written to the database in another way.
_FORM = b"2"
_PATTERNS = ("*.yaml", "items/*.yaml", "source/*", "units/*.csv")


def content_hash(folder: Path) -> str:
    """SHA-256 over the names and bytes of every file that a plan is read from. Raises OSError."""
    digest = hashlib.sha256(_FORM)
    for path in sorted({path for pattern in _PATTERNS for path in folder.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
