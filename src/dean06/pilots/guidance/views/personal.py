"""Names of officers: who may read them, and the record of each reading."""

from __future__ import annotations

from dean06.core import usage
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.pilots.guidance.records import PILOT

PURPOSE = "p0.staff"


def may_name(request: SignedInRequest, unit_id: int) -> bool:
    """Whether the reader may see names of this unit's officers."""
    return may(request.actor, Action.VIEW_PERSONAL, unit_id=unit_id, pilot=PILOT)


def note_reading(request: SignedInRequest, unit_id: int, route: str, subjects: int = 1) -> None:
    """Write down, in the request's transaction, that the page about to be sent shows names."""
    usage.record_read(actor=request.actor, purpose=PURPOSE, unit_id=unit_id, subjects=subjects, route=route)
