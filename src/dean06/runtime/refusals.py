"""A refused input of an operator's command, told in both languages."""

from __future__ import annotations

from dean06.core.errors import Invalid, Reason


def refused(vi: str, en: str) -> Invalid:
    """The error to raise; the command prints one sentence a line and ends with code 1."""
    return Invalid((Reason(vi), Reason(en)))
