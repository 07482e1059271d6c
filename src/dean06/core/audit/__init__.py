"""The record of actions. Only this package writes it; the database roles cannot change or delete a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dean06.core import clock

if TYPE_CHECKING:
    from dean06.core.access.actor import Actor


def record(
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: str | int,
    unit_id: int | None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one audit row in the caller's transaction. `detail` holds no personal data."""
    from dean06.core.audit.models import AuditEntry

    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=clock.now(),
                actor_id=actor.user_id,
                actor_name=actor.username if actor.user_id else actor.full_name,
                action=action,
                object_type=object_type,
                object_id=str(object_id),
                unit_id=unit_id,
                detail=dict(detail or {}),
            )
        ]
    )
