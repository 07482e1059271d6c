"""Under which grant one acts, and seeing as another for auditors."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dean06.core.access import acting
from dean06.core.access.middleware import SignedInRequest, without_grant
from dean06.core.errors import Invalid, NotFound
from dean06.web.account.grant_forms import ViewAsForm


@require_POST
def choose(request: SignedInRequest) -> HttpResponse:
    """Act under one grant (`grant`), or under all of them (0)."""
    text = request.POST.get("grant", "0")
    acting.choose(request, request.actor, int(text) if text.isdecimal() and len(text) < 10 else -1)
    return redirect("web:plan")


def view_as(request: SignedInRequest) -> HttpResponse:
    """The form with which an auditor begins to see as another."""
    acting.require_auditor(request.actor)
    form = ViewAsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acting.start(request, request.actor, **form.cleaned_data)
        except Invalid as error:
            for reason in error.reasons:
                form.add_error(reason.field, reason.message)
        except NotFound as error:
            form.add_error("username", error.message)
        else:
            return redirect("web:plan")
    return render(request, "account/view_as.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def stop(request: SignedInRequest) -> HttpResponse:
    """See with one's own eyes again."""
    acting.stop(request, request.actor)
    messages.success(request, _("Đã thôi xem như người khác."))
    return redirect("web:plan")


choose = without_grant(choose)
view_as = without_grant(view_as)
stop = acting.while_viewing(without_grant(stop))
