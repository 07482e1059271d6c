"""The nightly retention run."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core.access.actor import system_actor


@app.periodic(cron="40 2 * * *")
@app.task(name="privacy.retention")
def retention(timestamp: int) -> int:
    """Delete what is past its days; gives how many rows went. Once a night."""
    del timestamp
    from dean06.core.privacy import retention as room

    return sum(due.rows for due in room.run(actor=system_actor("privacy.retention")))
