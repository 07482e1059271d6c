"""Housekeeping of accounts."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dean06.core import clock
from dean06.core.access import gate
from dean06.core.access.accounts import disable_dormant
from dean06.core.access.models import Session


@app.periodic(cron="20 2 * * *")
@app.task(name="access.clear_sessions")
def clear_sessions(timestamp: int) -> int:
    """Delete sessions and wrong tries that no longer count; gives how many sessions went. Once a night."""
    del timestamp
    gate.forget_old()
    # Sessions live by the machine's clock, also where the business clock of a demo is set back.
    return Session.objects.filter(expire_date__lt=clock.machine_now()).delete()[0]


@app.periodic(cron="40 2 * * *")
@app.task(name="access.disable_dormant")
def disable_dormant_accounts(timestamp: int) -> int:
    """Close the accounts nobody used for too long; gives how many. Once a night."""
    del timestamp
    return disable_dormant()
