"""The pages of one's own account: what protects it, where it is signed in."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.contrib.auth import views as auth
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dean06.core.access import enrolment, limits, sessions
from dean06.core.access.address import address_hash, client_address
from dean06.core.access.journal import note
from dean06.core.access.models import User
from dean06.core.errors import NotFound
from dean06.web.account.forms import NewPasswordForm
from dean06.web.account.sign_in import passkeys_possible


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def security(request: HttpRequest) -> HttpResponse:
    """What protects this account, with the way to change each part."""
    user = _user(request)
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = next((each for each in factors if each.type == Authenticator.Type.RECOVERY_CODES), None)
    roles = {grant.role for grant in request.actor.grants}  # type: ignore[attr-defined]
    context = {
        "totp": next((each for each in factors if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in factors if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "has_factor": enrolment.has_factor(user),
        "needs_factor": limits.current().needs_factor(roles),
        "anybody_needs_factor": bool(limits.current().mfa_roles),
        "passkeys_possible": passkeys_possible(request),
        "sessions": len(sessions.of_user(user)),
    }
    return render(request, "account/security.html", context)


def session_list(request: HttpRequest) -> HttpResponse:
    """Where this account is signed in now."""
    user, own = _user(request), sessions.digest(request.session.session_key or "")
    here = address_hash(client_address(request))
    rows = [
        {"row": row, "own": row.pk == own, "same_address": row.address_hash == here}
        for row in sessions.of_user(user)
    ]
    known = limits.current()
    roles = {grant.role for grant in request.actor.grants}  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "others": len(rows) > 1,
        "idle": int(known.idle(roles).total_seconds() // 60),
        "hours": known.absolute_hours,
    }
    return render(request, "account/sessions.html", context)


@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one session of this account. Raises NotFound for one of somebody else."""
    if not sessions.end(_user(request), request.POST.get("session", "")):
        raise NotFound(_("Phiên này không còn, hoặc không phải của tài khoản này."))
    note("session_ended", _user(request), request)
    messages.success(request, _("Đã kết thúc phiên."))
    return redirect("account_sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of this account but this one."""
    count = sessions.end_all(_user(request).pk, keep=request.session.session_key)
    note("sessions_ended", _user(request), request, count=count)
    messages.success(request, _("Đã kết thúc %(count)s phiên khác.") % {"count": count})
    return redirect("account_sessions")


class PasswordView(auth.PasswordChangeView):
    """A new password: every other session ends."""

    form_class = NewPasswordForm
    template_name = "account/password.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user = _user(self.request)
        ended = sessions.end_all(user.pk, keep=self.request.session.session_key)
        enrolment.done(self.request, enrolment.PASSWORD)
        note("password_changed", user, self.request, sessions=ended)
        messages.success(self.request, _("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."))
        return response


class ActivateView(ActivateTOTPView):  # type: ignore[misc]
    """Set up an authenticator app; the code that proved it opens nothing a second time."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = cast(HttpResponse, super().form_valid(form))
        factor = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        factor.data["last_step"] = form.step  # type: ignore[attr-defined]
        factor.save(update_fields=["data"])
        return response


def answered(view: Any) -> Any:
    """An allauth view whose ways out by exception become answers inside our transaction."""
    from functools import wraps

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return cast(HttpResponse, view(request, *args, **kwargs))
        except ImmediateHttpResponse as way:
            return cast(HttpResponse, way.response)
        except ReauthenticationRequired:
            methods = get_adapter().get_reauthentication_methods(request.user)
            return redirect(methods[0]["url"] if methods else "web:login")

    return wrapped
