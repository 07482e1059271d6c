"""What an administrator does to one account: close, open, unlock, end sessions, repair what was lost."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dean06.core import usage
from dean06.core.access import accounts, invitations
from dean06.core.access.invitations import Invited
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.models import User
from dean06.core.access.reconfirm import reconfirm
from dean06.core.errors import Invalid, Reason
from dean06.web.account.users import PURPOSE, operators


@require_POST
@operators
@reconfirm
def user_act(request: SignedInRequest, user_id: int) -> HttpResponse:
    """One act on one account, named by `do`. Raises Conflict or Invalid as the action does."""
    user = get_object_or_404(User, pk=user_id, subject_key=None)
    what = request.POST.get("do", "")
    if what in _LINKS:
        return _link(request, user, _LINKS[what](request, user))
    if what not in _ACTS:
        raise Http404
    messages.success(request, _ACTS[what](request, user))
    return redirect("access:user", user_id)


def _words(request: SignedInRequest, name: str) -> str:
    return " ".join(request.POST.get(name, "").split())[:200]


def _close(request: SignedInRequest, user: User) -> str:
    reason = _words(request, "reason")
    if not reason:
        raise Invalid([Reason(_("hãy ghi lý do khóa."), field=_("Lý do"))])
    accounts.disable(actor=request.actor, user=user, reason=reason)
    return _("Đã khóa tài khoản; các phiên đã kết thúc.")


def _open(request: SignedInRequest, user: User) -> str:
    accounts.enable(actor=request.actor, user=user)
    return _("Đã mở lại tài khoản.")


def _unlock(request: SignedInRequest, user: User) -> str:
    had = accounts.unlock(actor=request.actor, user=user)
    return _("Đã bỏ khóa tạm.") if had else _("Tài khoản không bị khóa tạm.")


def _end_sessions(request: SignedInRequest, user: User) -> str:
    ended = accounts.end_sessions(actor=request.actor, user=user)
    return _("Đã kết thúc %(n)s phiên đăng nhập.") % {"n": ended}


def _withdraw(request: SignedInRequest, user: User) -> str:
    invitations.withdraw(actor=request.actor, user_id=user.pk)
    return _("Đã rút lời mời; liên kết cũ không còn mở được.")


def _reset_factors(request: SignedInRequest, user: User) -> str:
    count = accounts.reset_factors(actor=request.actor, user=user, document=_words(request, "document"))
    return _("Đã gỡ %(n)s cách xác thực hai lớp; người ấy đăng ký lại khi đăng nhập.") % {"n": count}


def _renew(request: SignedInRequest, user: User) -> Invited:
    return invitations.renew(actor=request.actor, user_id=user.pk)


def _reset_password(request: SignedInRequest, user: User) -> Invited:
    paper = _words(request, "document")
    return invitations.reset_password(actor=request.actor, user_id=user.pk, document=paper)


def _link(request: SignedInRequest, user: User, made: Invited) -> HttpResponse:
    """The new link, shown in this one answer."""
    usage.record_read(actor=request.actor, purpose=PURPOSE, unit_id=None, subjects=1, route="access:user_act")
    address = request.build_absolute_uri(reverse("access:first_password", args=[made.token]))
    title = _("Liên kết mời mới") if request.POST.get("do") == "moi-lai" else _("Liên kết đặt lại mật khẩu")
    return render(request, "account/renewed.html", {"person": user, "address": address, "title": title})


_ACTS: dict[str, Callable[[SignedInRequest, User], str]] = {
    "khoa": _close,
    "mo": _open,
    "bo-khoa-tam": _unlock,
    "het-phien": _end_sessions,
    "rut-moi": _withdraw,
    "go-hai-lop": _reset_factors,
}
_LINKS: dict[str, Callable[[SignedInRequest, User], Invited]] = {
    "moi-lai": _renew,
    "lai-mat-khau": _reset_password,
}
