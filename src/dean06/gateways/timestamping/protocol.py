"""What the program asks of a time-stamp authority, whoever answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class TimestampError(Exception):
    """No time stamp that holds; the text is for the operator and names no content."""


class Unreachable(TimestampError):
    """The authority did not answer in time: trying again later may help."""


class Refused(TimestampError):
    """The authority answered, but not with a time stamp that holds for what was asked."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A checked answer. `token`: the whole TimeStampResp as DER; `at`: the authority's time, aware."""

    token: bytes
    at: datetime
    authority: str


class Timestamper(Protocol):
    def stamp(self, message: bytes) -> Stamp:
        """A time stamp over SHA-256 of `message`, checked. Raises Unreachable or Refused."""
