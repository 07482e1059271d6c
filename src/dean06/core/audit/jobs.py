"""The periodic time stamp over the chains."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core.audit.anchoring import anchor_if_due


@app.periodic(cron="* * * * *")
@app.task(name="audit.anchor", queueing_lock="audit.anchor")
def anchor(timestamp: int) -> bool:
    """Every minute, so that work goes on soon after an outage; gives whether a stamp was due and kept."""
    del timestamp
    return anchor_if_due()
