"""The record of reading personal data (Luật 91/2025/QH15; see docs/glossary.md): one row a look.

Write it with `record_read` in the transaction that shows the data: what is rolled back leaves no row, and a
row that is refused shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dean06.core.access.actor import Actor


def record_read(
    *,
    actor: Actor,
    purpose: str,
    unit_id: int | None,
    subjects: int,
    route: str,
    subject_keys: Sequence[bytes] = (),
    recipient: str | None = None,
    on_behalf_of: int | None = None,
    reason: str = "",
    hiding: int | None = None,
) -> None:
    """Write that `actor` saw data of `subjects` people, in the caller's transaction.

    `purpose`: a code of the catalogue (data/purposes.toml). `subject_keys`: blind indexes of the people's
    numbers (purpose "usage"); kept for up to recording.SINGLE_PEOPLE people, more are counted only.
    `recipient`: who got the data when that is nobody of this tree. `on_behalf_of`: a Representation.
    `reason`: only where the purpose asks for one. `hiding`: an approved Hiding under which the look is made.

    Raises Invalid for an unknown purpose, a reason missing or holding a number; nothing may be shown then.
    """
    from dean06.core.usage.recording import Look, write

    look = Look(
        actor=actor,
        purpose=purpose,
        unit_id=unit_id,
        subjects=subjects,
        route=route,
        keys=tuple(sorted(set(subject_keys))),
        recipient=recipient or "",
        on_behalf_of=on_behalf_of,
        reason=" ".join(reason.split()),
        hiding=hiding,
    )
    write(look)
