"""How far the record of looks reaches, and the deletion of what is past the rule (retention.usage)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.usage.models import UsageRecord


def expire() -> int:
    """Delete every look past the rule, with its people; the count stands in the audit. How many went."""
    with transaction.atomic(), wide("retention concerns every unit"), connection.cursor() as cursor:
        cursor.execute("select usage_expire()")
        return int(cursor.fetchone()[0])


def cutoff() -> datetime | None:
    """The moment before which looks are over today; None when no rule is in force."""
    with connection.cursor() as cursor:
        cursor.execute("select usage_cutoff()")
        found: datetime | None = cursor.fetchone()[0]
        return found


def reach() -> tuple[datetime, datetime] | None:
    """From when to when this record can tell who looked: never before its oldest row. None while it is empty.

    What is past the rule does not count, also when the nightly job has not come yet.
    """
    with transaction.atomic(), wide("the reach of the record tells of nobody"):
        rows = UsageRecord.objects.order_by("at")
        if (limit := cutoff()) is not None:
            rows = rows.filter(at__gte=limit)
        first = rows.values_list("at", flat=True).first()
    return (first, clock.now()) if first else None
