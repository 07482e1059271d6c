"""Housekeeping of accounts."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from dean06.core import clock


@app.periodic(cron="20 2 * * *")
@app.task(name="access.clear_sessions")
def clear_sessions(timestamp: int) -> int:
    """Delete sessions that have run out; gives how many went. Once a night."""
    del timestamp
    # Sessions live by the machine's clock, also where the business clock of a demo is set back.
    return Session.objects.filter(expire_date__lt=clock.machine_now()).delete()[0]
