"""The nightly end of looks whose time is over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core.usage import retention


@app.periodic(cron="10 0 * * *")
@app.task(name="usage.expire", queueing_lock="usage.expire")
def expire(timestamp: int) -> int:
    """Shortly after midnight; gives how many looks went."""
    del timestamp
    return retention.expire()
