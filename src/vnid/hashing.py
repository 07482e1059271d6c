"""The hash functions of ICAO 9303 and ISO/IEC 9796-2, SHA-1 among them: keys of chips are derived with it.

What depends on it is the standard's and not ours; a signature that uses it is told as weak (`vnid.trust`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial


def hasher(name: str) -> Callable[[bytes], hashlib._Hash]:
    """The function itself, for several data one after the other; `name` as in `digest`."""
    if name == "sha256":
        return hashlib.sha256
    return partial(hashlib.new, name, usedforsecurity=False)


def digest(name: str, data: bytes) -> bytes:
    """The hash of data; `name` as hashlib knows it: "sha1", "sha224", "sha256", "sha384", "sha512"."""
    if name == "sha256":  # the usual one, found faster by its own name
        return hashlib.sha256(data).digest()
    return hashlib.new(name, data, usedforsecurity=False).digest()
