"""The record of actions. Only this package writes it; the database roles cannot change or delete a row.

At commit the database links every row into a hash chain (triggers.py, docs/audit.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import connection

from dean06.core import clock

if TYPE_CHECKING:
    from dean06.core.access.actor import Actor

# Without RETURNING: a row about another unit, or about none, may be written though it may not be read.
_INSERT = """
insert into audit_entry (at, actor_id, actor_name, action, object_type, object_id, unit_id, detail)
values (%s, %s, %s, %s, %s, %s, %s, %s::jsonb)
"""


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
    name = actor.username if actor.user_id else actor.full_name
    more = json.dumps(dict(detail or {}), ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, [clock.now(), actor.user_id, name, action, object_type, str(object_id), unit_id, more]
        )
