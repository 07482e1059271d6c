"""The sign-in page: who can sign in here, and what to do for somebody who cannot."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView
from django.db import transaction

from dean06.core import clock
from dean06.core.access import queries
from dean06.core.access.scope import wide
from dean06.web import demo


class SignIn(LoginView):
    """Django's sign-in with the accounts of a demo, or the way to a first account."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`demo_logins` (never their password) in a demo; `nobody` where no account exists at all."""
        context = super().get_context_data(**kwargs)
        with transaction.atomic(), wide("the names of a demo's accounts are made to be known to everybody"):
            context["demo_logins"] = demo.logins() if clock.shift() else []
            context["nobody"] = not context["demo_logins"] and not queries.any_account()
        return context
