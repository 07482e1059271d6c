"""Accounts and grants for system administrators: the list, one person, one grant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dean06.core import clock, usage
from dean06.core.access import enrolment, gate, grants, invitations, limits, sessions
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.models import Grant, Invitation, Role, User
from dean06.core.access.policy import Action, may, require
from dean06.core.access.reconfirm import reconfirm
from dean06.core.audit import queries as journal
from dean06.core.errors import Conflict, Invalid
from dean06.core.units import queries as units
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, table_response
from dean06.ui.tables.query import asked, select
from dean06.web.account.grant_forms import GrantForm, RevokeForm, TermForm
from dean06.web.audit import words

PURPOSE = "access.accounts"
_ABOUT = ("access.user", "account")
_RECENT = 8  # lines of history and sessions on a person's page
_STATES = (
    ("dung", _lazy("Đang dùng")),
    ("tam", _lazy("Khóa tạm")),
    ("moi", _lazy("Đã mời, chưa đặt mật khẩu")),
    ("khoa", _lazy("Đã khóa")),
    ("ngu", _lazy("Lâu không đăng nhập")),
)
View = Callable[..., HttpResponse]


def operators(view: View) -> View:
    """For administrators of the whole installation only."""

    @wraps(view)
    def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(request.actor, Action.OPERATE)
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return wrapped


def _dormant() -> Q:
    """Nobody signed in for two thirds of the days after which the account is closed."""
    since = clock.machine_now() - timedelta(days=limits.current().dormant_days * 2 / 3)
    return Q(is_active=True) & (Q(last_login__lt=since) | Q(last_login=None, created_at__lt=since))


def _in_state(value: str) -> Q:
    if value == "tam":
        return Q(is_active=True, pk__in=gate.locked_accounts())
    if value == "moi":
        return Q(is_active=True, pk__in=_invited())
    return _dormant() if value == "ngu" else Q(is_active=value == "dung")


def _invited() -> QuerySet[Any]:
    """Accounts that never had a password and hold a link, open or too old."""
    no_password = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return Invitation.objects.filter(no_password, used_at=None).values("user")


def _state(user: User, locked: Mapping[int, datetime]) -> Badge:
    if not user.is_active:
        return Badge(_("Đã khóa"), "ban", "mute", user.disabled_reason)
    if until := locked.get(user.pk):
        said = _("Khóa tạm đến %(time)s") % {"time": f"{until.astimezone(clock.VIETNAM):%H:%M}"}
        return Badge(said, "alert-triangle", "bad")
    if not user.has_usable_password():
        return Badge(_("Chưa đặt mật khẩu"), "clock", "mute")
    return Badge(_("Đang dùng"), "check", "good")


def _roles(user: User) -> str:
    return "; ".join(f"{Role(one.role).label} · {one.unit.name}" for one in user.grants.all())


def _table() -> Table[User]:
    locked = gate.locked_accounts()
    return Table(
        key="users",
        caption=_("Người dùng"),
        columns=(
            Column("user", _("Tên đăng nhập"), "username", "username", "main", link=_address),
            Column("name", _("Họ và tên"), "full_name", "full_name"),
            Column("roles", _("Quyền"), _roles, css="wide"),
            Column(
                "seen", _("Đăng nhập gần nhất"), lambda row: clock.shown(row.last_login), "last_login", "date"
            ),
            Column("state", _("Tình trạng"), lambda row: _state(row, locked), "is_active"),
        ),
        empty=Empty(_("Không có người dùng nào như vậy"), _("Bỏ bớt điều kiện lọc.")),
        filters=(
            Filter("vai-tro", _("Vai trò"), Role.choices, _with_role),
            Filter("tt", _("Tình trạng"), _STATES, _in_state),
        ),
        search_text=("username", "full_name"),
        search_label=_("Tìm theo tên đăng nhập, họ tên"),
        default_order="user",
        noun=_("người dùng"),
    )


def _address(user: User) -> str:
    return reverse("access:user", args=[user.pk])


def _with_role(role: str) -> Q:
    return Q(pk__in=Grant.objects.filter(role=role).values("user"))


@require_safe
@operators
def user_list(request: SignedInRequest) -> HttpResponse:
    """Everybody with an account; `don-vi` keeps those with a grant at a unit or below it."""
    rows, table = _everybody(), _table()
    if code := request.GET.get("don-vi", "").strip()[:80]:
        today = clock.today()
        below = units.descendant_ids(units.resolve(code, today).pk, today)
        rows = rows.filter(pk__in=Grant.objects.filter(unit_id__in=below).values("user"))
    _note(request, "access:users", select(rows, table, asked(request.GET, table)).count())  # type: ignore[call-arg]
    allowed = may(request.actor, Action.EXPORT)
    return table_response(
        request,
        table,
        rows,
        "nguoi-dung",
        template="account/users.html",
        context={"unit": code},
        may_export=allowed,
    )


def _everybody() -> QuerySet[User]:
    held = Prefetch("grants", Grant.objects.select_related("unit").order_by("id"))
    return User.objects.filter(subject_key=None).prefetch_related(held)


@require_safe
@operators
def user_page(request: SignedInRequest, user_id: int) -> HttpResponse:
    """One account: its grants, what was done to it, where it is signed in."""
    user = get_object_or_404(_everybody(), pk=user_id)
    _note(request, "access:user", 1)
    running, locked = sessions.of_user(user), gate.locked_accounts()
    context = {
        "person": user,
        "state": _state(user, locked),
        "locked": user.pk in locked,
        "factors": enrolment.has_factor(user),
        "grants": list(user.grants.all()),
        "sessions": running[:_RECENT],
        "session_count": len(running),
        "history": [
            (entry.at, entry.actor_name, words.action(entry.action))
            for entry in journal.about(_ABOUT, str(user.pk))[:_RECENT]
        ],
        "own": user.pk == request.actor.user_id,
        "invitation": invitations.pending(user),
        "invitable": user.is_active and invitations.may_be_invited(user),
        "now": clock.machine_now(),
        "today": clock.today(),
    }
    return render(request, "account/user.html", context)


@operators
@reconfirm
def give(request: SignedInRequest, user_id: int) -> HttpResponse:
    """The form of a new grant."""
    user = get_object_or_404(User, pk=user_id, subject_key=None)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked_for = dict(form.cleaned_data)
        asked_for["unit_id"] = asked_for.pop("unit")
        if _done(form, lambda: grants.give(actor=request.actor, username=user.username, **asked_for)):
            messages.success(request, _("Đã giao quyền; có hiệu lực từ yêu cầu kế tiếp của người ấy."))
            return redirect("access:user", user_id)
    return _form_page(request, user, form, _("Giao quyền"), _status(form))


@operators
@reconfirm
def grant_page(request: SignedInRequest, grant_id: int) -> HttpResponse:
    """Change the days of a grant, or take it back."""
    grant = get_object_or_404(Grant.objects.select_related("user", "unit"), pk=grant_id)
    revoking = request.POST.get("do") == "thu-hoi"
    form = TermForm(request.POST if request.POST and not revoking else None, initial=_term(grant))
    revoke = RevokeForm(request.POST if revoking else None)
    actor = request.actor
    if revoking and revoke.is_valid():
        why = revoke.cleaned_data["reason"]
        if _done(revoke, lambda: grants.revoke(actor=actor, grant_id=grant_id, reason=why)):
            messages.success(request, _("Đã thu hồi quyền; có hiệu lực ngay."))
            return redirect("access:user", grant.user_id)
    elif form.is_bound and form.is_valid():
        term = form.cleaned_data
        if _done(form, lambda: grants.change(actor=actor, grant_id=grant_id, **term)):
            messages.success(request, _("Đã sửa quyền; có hiệu lực ngay."))
            return redirect("access:user", grant.user_id)
    title = f"{Role(grant.role).label} · {grant.unit.name}"
    status = _status(revoke if revoking else form)
    return _form_page(request, grant.user, form, title, status, revoke=revoke)


def _term(grant: Grant) -> dict[str, Any]:
    return {name: getattr(grant, name) for name in ("valid_from", "valid_to", "personal_data")}


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the action was done; else the form says why not."""
    try:
        act()
    except Invalid as error:
        for reason in error.reasons:
            form.add_error(reason.field if reason.field in form.fields else None, reason.message)
    except Conflict as error:
        form.add_error(None, error.message)
    else:
        return True
    return False


def _form_page(
    request: SignedInRequest, user: User, form: forms.Form, title: str, status: int, **more: Any
) -> HttpResponse:
    _note(request, "access:grant", 1)
    context = {"person": user, "form": form, "title": title, **more}
    return render(request, "account/grant.html", context, status=status)


def _note(request: SignedInRequest, route: str, subjects: int) -> None:
    usage.record_read(actor=request.actor, purpose=PURPOSE, unit_id=None, subjects=subjects, route=route)
