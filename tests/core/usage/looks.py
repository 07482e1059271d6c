"""People nobody is, and looks at them."""

from __future__ import annotations

from dean06.core import clock, usage, vault
from dean06.core.access.actor import Actor
from tests.pilots.guidance.world import World

NUMBER = "000188777345"
CHILD = "000299888456"
STRANGER = "000377666555"
PURPOSE = "people.read"
REVEAL = "people.reveal.verify"
REASON = "Đối chiếu khi công dân nộp hồ sơ cư trú"


def key(number: str = NUMBER) -> bytes:
    """The key under which looks at the person with this number are found."""
    return vault.blind_index(number, purpose="usage")


def look(
    actor: Actor,
    unit_id: int | None,
    *,
    number: str = NUMBER,
    purpose: str = PURPOSE,
    reason: str = "",
    hiding: int | None = None,
) -> None:
    """One look at one person, in the caller's transaction."""
    usage.record_read(
        actor=actor,
        purpose=purpose,
        unit_id=unit_id,
        subjects=1,
        route="people:person",
        subject_keys=[key(number)],
        reason=reason,
        hiding=hiding,
    )


def looks(world: World, count: int, number: str = NUMBER) -> None:
    """Some looks by the officer of the commune."""
    for _ in range(count):
        look(world.actor("officer"), world.commune.pk, number=number)


def set_day(world: World, text: str) -> None:
    """Make a day the business date."""
    from datetime import date

    clock.set_business_date(date.fromisoformat(text))
