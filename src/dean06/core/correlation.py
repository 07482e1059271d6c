"""One id for all lines that a request or a job leaves in the logs; it says nothing about a person."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# A run of digits could be an identity number: such an id is not taken over from outside.
_NUMBER = re.compile(r"\d{9}")
_current: ContextVar[str] = ContextVar("correlation", default="")


def current() -> str:
    """The id of what runs now; "" outside requests and jobs."""
    return _current.get()


def accepted(offered: str | None) -> str:
    """`offered` when well-formed (8–64 letters, digits, `._-`; no long run of digits), else a new id."""
    if offered and _FORM.fullmatch(offered) and not _NUMBER.search(offered):
        return offered
    return new()


def new() -> str:
    """A fresh id; letters only, so that it is never taken for a number of a person."""
    return secrets.token_hex(8).translate(str.maketrans("0123456789", "ghijklmnop"))


@contextmanager
def bound(value: str) -> Iterator[str]:
    """`value` is the current id for the time of the block."""
    token = _current.set(value)
    try:
        yield value
    finally:
        _current.reset(token)
