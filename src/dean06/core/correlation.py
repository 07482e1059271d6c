"""One id for all lines that a request leaves in the logs, also by the jobs it starts; nothing about a person.

Whoever asks for a job adds `argument()` to what the job is given; the worker binds it again (runtime.worker).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# A run of digits could be an identity number: such an id is not taken over from outside.
_NUMBER = re.compile(r"\d{9}")
_current: ContextVar[str] = ContextVar("correlation", default="")
_job: ContextVar[int | None] = ContextVar("job", default=None)
ARGUMENT = "correlation"
"""Under this name a job is given the id of the request that asked for it."""


def current() -> str:
    """The id of what runs now; "" outside requests and jobs."""
    return _current.get()


def job() -> int | None:
    """The number of the job that runs now; None in a request."""
    return _job.get()


def argument() -> dict[str, str]:
    """What a job is given besides its own arguments; empty where nothing runs that has an id."""
    return {ARGUMENT: _current.get()} if _current.get() else {}


def accepted(offered: str | None) -> str:
    """`offered` when well-formed (8–64 letters, digits, `._-`; no long run of digits), else a new id."""
    if offered and _FORM.fullmatch(offered) and not _NUMBER.search(offered):
        return offered
    return new()


def new() -> str:
    """A fresh id; letters only, so that it is never taken for a number of a person."""
    return secrets.token_hex(8).translate(str.maketrans("0123456789", "ghijklmnop"))


@contextmanager
def bound(value: str, *, job: int | None = None) -> Iterator[str]:
    """`value` is the current id, and `job` the current job, for the time of the block."""
    token, number = _current.set(value), _job.set(job)
    try:
        yield value
    finally:
        _job.reset(number)
        _current.reset(token)


@contextmanager
def of_job(number: int, arguments: Mapping[str, object]) -> Iterator[str]:
    """A job's lines carry its number and the id of the request that asked for it, else an id of its own."""
    given = arguments.get(ARGUMENT)
    name = given if isinstance(given, str) and _FORM.fullmatch(given) else f"job-{number}"
    with bound(name, job=number):
        yield name
