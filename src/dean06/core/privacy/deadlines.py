"""When a request must be acknowledged and answered, by the rules in force on the day it came.

The day of receipt does not count (Bộ luật Dân sự 2015, Điều 147). A last day that falls on a weekend is not
moved: the earlier day is kept on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dean06.core.privacy import workdays
from dean06.core.privacy.models import RequestKind
from dean06.core.rules import rule

ACKNOWLEDGE = "privacy.request.acknowledge"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The two due days and how many days one extension adds."""

    acknowledge: date
    answer: date
    extension_days: int


def deadlines(kind: str, received: date, *, via_processor: bool) -> Deadlines:
    """The clocks of a request. Raises NotFound when no rule is in force on that day."""
    first = rule(ACKNOWLEDGE, received)
    law = rule(f"privacy.request.{RequestKind(kind).value}", received)
    days = law["processor_days" if via_processor else "days"]
    early = (
        workdays.add(received, first["days"], workdays.holidays())
        if first["working"]
        else received + timedelta(days=first["days"])
    )
    return Deadlines(early, received + timedelta(days=days), law["extension"])
