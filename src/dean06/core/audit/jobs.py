"""The periodic time stamp over the chains."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core.audit.anchoring import anchor_if_configured


@app.periodic(cron="*/30 * * * *")
@app.task(name="audit.anchor", queueing_lock="audit.anchor")
def anchor(timestamp: int) -> bool:
    """Every half hour; gives whether a stamp was kept."""
    del timestamp
    return anchor_if_configured()
