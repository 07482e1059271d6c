"""Nightly: the end of looks whose time is over, and the check of both logs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core.usage import checking, retention


@app.periodic(cron="10 0 * * *")
@app.task(name="usage.expire", queueing_lock="usage.expire")
def expire(timestamp: int) -> int:
    """Shortly after midnight; gives how many looks went."""
    del timestamp
    return retention.expire()


@app.periodic(cron="40 3 * * *")
@app.task(name="usage.check_logs", queueing_lock="usage.check_logs")
def check_logs(timestamp: int) -> int:
    """In the small hours; gives how many rows differ from what was written."""
    del timestamp
    return checking.run()
