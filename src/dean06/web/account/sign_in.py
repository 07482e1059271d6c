"""Signing in: the password's page; what follows (second factor) is allauth's flow."""

from __future__ import annotations

import ipaddress
from typing import Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import views as auth
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from dean06.gateways.vneid.settings import PROVIDER
from dean06.web.account.forms import SignInForm
from dean06.web.account.next_step import who_may_sign_in


def passkeys_possible(request: HttpRequest) -> bool:
    """Whether browsers allow passkeys at this address: they want a name, not a number."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


@method_decorator(never_cache, name="dispatch")
class SignInView(auth.LoginView):
    """Name and password, a passkey, or VNeID for citizens."""

    authentication_form = SignInForm
    template_name = "registration/login.html"

    def form_valid(self, form: Form) -> HttpResponse:
        """Hand over to the steps after the password; the session begins when all are done."""
        user = cast(SignInForm, form).get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        return cast(HttpResponse, perform_password_login(self.request, {"username": user.username}, login))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page offers besides the form, and the next step for somebody who cannot sign in."""
        extra = {
            "vneid": PROVIDER if settings.SOCIALACCOUNT_PROVIDERS else "",
            "vneid_simulated": settings.VNEID_SIMULATED,
            "passkeys": passkeys_possible(self.request),
        }
        return super().get_context_data(**kwargs) | extra | who_may_sign_in()
