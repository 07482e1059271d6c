"""Sign-in by VNeID: begun by a button only, bound to the browser that pressed it."""

from __future__ import annotations

from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dean06.core.access import limits
from dean06.gateways.vneid import live


def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, after a POST with the token; a bare address leads to the sign-in page.

    A page leads on, not a redirect: the policy's `form-action 'self'` would stop a form there.
    """
    if request.method != "POST":
        return redirect("web:login")
    longest = int(limits.current().absolute.total_seconds())
    try:
        answer = live.begin(request, provider_id, max_age=longest)
    except SocialApp.DoesNotExist:
        return redirect("web:login")
    if answer.status_code != 302:
        return answer
    return render(request, "socialaccount/leaving.html", {"address": answer.headers["Location"]})


def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The way back: an account, a refusal in words, or somebody who turned round there."""
    if live.turned_back(request):
        return redirect("socialaccount_login_cancelled")
    try:
        return live.finish(request, provider_id)
    except SocialApp.DoesNotExist:
        return redirect("web:login")
