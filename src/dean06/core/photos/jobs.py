"""Housekeeping of photos."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core.photos.actions import remove_orphans


@app.periodic(cron="40 2 * * *")
@app.task(name="photos.remove_orphans")
def clean(timestamp: int) -> int:
    """Delete the files of transactions that failed; gives how many went. Once a night."""
    del timestamp
    return remove_orphans()
