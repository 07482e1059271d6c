"""Who can sign in here, and what to do for somebody who cannot."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from dean06.core import clock
from dean06.core.access import queries
from dean06.core.access.scope import wide
from dean06.web import demo


def who_may_sign_in() -> dict[str, Any]:
    """`demo_logins` (never their password) in a demo; `nobody` where no account exists at all."""
    with transaction.atomic(), wide("the names of a demo's accounts are made to be known to everybody"):
        logins = demo.logins() if clock.shift() else []
        return {"demo_logins": logins, "nobody": not logins and not queries.any_account()}
