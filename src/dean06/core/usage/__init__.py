"""The record of reading personal data (Luật 91/2025/QH15; see docs/glossary.md): one row a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dean06.core import clock

if TYPE_CHECKING:
    from dean06.core.access.actor import Actor


def record_read(*, actor: Actor, purpose: str, unit_id: int | None, subjects: int, route: str) -> None:
    """Write that `actor` saw data of `subjects` people, in the caller's transaction."""
    from dean06.core.usage.models import UsageRecord

    UsageRecord.objects.bulk_create(
        [
            UsageRecord(
                at=clock.now(),
                actor_id=actor.user_id,
                actor_name=actor.username if actor.user_id else actor.full_name,
                purpose=purpose,
                route=route,
                unit_id=unit_id,
                subjects=subjects,
            )
        ]
    )
