"""Housekeeping of the rate limits."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core import clock
from dean06.core.limits import ADDRESS, PERSON
from dean06.core.limits.models import Bucket


@app.periodic(cron="40 * * * *")
@app.task(name="limits.forget_full_buckets")
def forget_full_buckets(timestamp: int) -> int:
    """Delete buckets that have long been full again; gives how many went. Once an hour."""
    del timestamp
    longest = max(limit.full_after for table in (PERSON, ADDRESS) for limit in table.values())
    return Bucket.objects.filter(at__lt=clock.machine_now() - longest).delete()[0]
