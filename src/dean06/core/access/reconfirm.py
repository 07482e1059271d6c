"""Sensitive actions: who sits there must have proved himself within the last five minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dean06.core.access import limits

V = TypeVar("V", bound=Callable[..., Any])


def is_fresh(request: HttpRequest) -> bool:
    """Whether this person signed in, or confirmed by password or second factor, within the limit.

    A proof that lies in the future (the clock was set back) does not count.
    """
    if not request.user.is_authenticated:
        return False
    now, longest = time.time(), limits.current().reconfirm_minutes * 60
    records = get_authentication_records(request, request.user)
    return any(0 <= now - float(record["at"]) < longest for record in records)


def reconfirm(view: V) -> V:
    """Ask for the password or the second factor first, unless that was just done.

    A form is not kept meanwhile (it may hold personal data): the person comes back and sends it again.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return cast(HttpResponse, view(request, *args, **kwargs))
        if getattr(request.user, "is_citizen", False):  # no password, no factor to ask him for
            messages.info(request, _("Hãy đăng xuất, đăng nhập lại bằng VNeID rồi làm ngay việc này."))
            return redirect("account_sessions")
        back = request.get_full_path()
        if request.method != "GET":
            back = urlsplit(request.headers.get("referer", "")).path or "/"
            messages.info(request, _("Việc này chưa được thực hiện. Sau khi xác nhận, hãy gửi lại."))
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")

    wrapped.reconfirmed = True  # type: ignore[attr-defined]
    return cast(V, wrapped)
