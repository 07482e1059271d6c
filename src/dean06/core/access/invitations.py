"""Accounts from a sheet, all rows or none; each new one sets its password by a link that opens once.

The link is shown once, to the administrator; only the digest of its token is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access import grants, sessions
from dean06.core.access.actions import account_faults
from dean06.core.access.actor import Actor
from dean06.core.access.journal import plain_actor
from dean06.core.access.models import Invitation, User
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Dean06Error, Denied, Invalid, NotFound, Reason
from dean06.core.rules import rule
from dean06.core.units.queries import resolve
from vnid.text import nfc_collapse

_SHORTEST_DOCUMENT = 5
_WHY = "accounts are kept by the operators of the installation only"


@dataclass(frozen=True, slots=True)
class Guest:
    """One row: an account, perhaps one that exists already, and a grant for it."""

    row: int
    username: str
    full_name: str
    role: str
    unit: str
    pilots: tuple[str, ...] = ()
    personal_data: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """An account that was made, with the token of its link."""

    username: str
    full_name: str
    token: str


def invite(*, actor: Actor, guests: Iterable[Guest], only_check: bool = False) -> list[Invited]:
    """Make the accounts and give the grants: all rows or none. `only_check`: say what would happen.

    Raises Denied, or Invalid with a reason for every row at fault.
    """
    require(actor, Action.OPERATE)
    made: dict[str, Invited] = {}
    reasons: list[Reason] = []
    with transaction.atomic(), wide(_WHY):
        for guest in guests:
            try:
                with transaction.atomic():
                    _one(actor, guest, made)
            except Invalid as error:
                reasons += [Reason(one.message, one.field, guest.row) for one in error.reasons]
            except Dean06Error as error:
                reasons.append(Reason(error.message, None, guest.row))
        if reasons:
            raise Invalid(reasons)
        if only_check:
            transaction.set_rollback(True)
    return list(made.values())


def _one(actor: Actor, guest: Guest, made: dict[str, Invited]) -> None:
    name = nfc_collapse(guest.full_name)
    unit = resolve(guest.unit, clock.today())
    invited = None
    if not User.objects.filter(username=guest.username).exists():
        if faults := account_faults(guest.username, name, guest.role):
            raise Invalid(faults)
        user = User.objects.create_user(username=guest.username, full_name=name, password=None)
        invited = Invited(guest.username, name, _token(actor, user))
    grants.give(
        actor=actor,
        username=guest.username,
        role=guest.role,
        unit_id=unit.pk,
        pilots=guest.pilots,
        personal_data=guest.personal_data,
        valid_from=guest.valid_from,
        valid_to=guest.valid_to,
    )
    if invited:
        made[guest.username] = invited


def _token(
    actor: Actor, user: User, action: str = "access.invited", detail: dict[str, object] | None = None
) -> str:
    """A new link for the account; older ones no longer open."""
    token, now = secrets.token_urlsafe(32), clock.machine_now()
    days = int(rule("access.invitation_days", clock.today()))
    Invitation.objects.filter(user=user, used_at=None).delete()
    Invitation.objects.create(
        token_hash=_digest(token), user=user, created_at=now, expires_at=now + timedelta(days=days)
    )
    _record(actor, user, action, detail)
    return token


def _record(actor: Actor, user: User, action: str, detail: dict[str, object] | None = None) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="access.user",
        object_id=user.pk,
        unit_id=None,
        detail=detail or {},
    )


def renew(*, actor: Actor, user_id: int) -> Invited:
    """A new link for somebody who never used his own; the old one is dead at once.

    Raises Denied (also while the account is closed), NotFound, Conflict when he has a password already.
    """
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        user = _guest(user_id)
        if not user.is_active:
            raise Denied(_("Tài khoản này đã bị khóa."))
        return Invited(user.username, user.full_name, _token(actor, user, "access.invitation_renewed"))


def reset_password(*, actor: Actor, user_id: int, document: str) -> Invited:
    """A link for a new password for somebody who lost his: the old one and his sessions end at once.

    `document` names the paper with which he proved in person who he is, as when the account was given
    (ASVS 5.0 6.4.4); his second factor stays. Raises as `renew`, Conflict for one's own account and for one
    without a password, Invalid without a document.
    """
    require(actor, Action.OPERATE)
    if actor.user_id == user_id:
        raise Conflict(_("Không tự cấp lại mật khẩu của chính mình theo cách này."))
    paper = proof(document)
    with transaction.atomic(), wide(_WHY):
        user = _kept(user_id)
        if may_be_invited(user):
            raise Conflict(_("Người này chưa đặt mật khẩu; hãy mời lại."))
        if not user.is_active:
            raise Denied(_("Tài khoản này đã bị khóa."))
        user.set_password(None)
        user.save(update_fields=["password", "password_changed_at"])
        ended = sessions.end_all(user.pk)
        detail: dict[str, object] = {"document": paper, "sessions": ended}
        return Invited(user.username, user.full_name, _token(actor, user, "access.password_reset", detail))


def proof(document: str) -> str:
    """The paper that is named. Raises Invalid for none."""
    if len(document.strip()) < _SHORTEST_DOCUMENT:
        text = _("cần số, ngày của văn bản đề nghị có xác nhận của thủ trưởng đơn vị.")
        raise Invalid([Reason(text, field="document")])
    return document.strip()


def withdraw(*, actor: Actor, user_id: int) -> None:
    """Make the link of an account open nothing more. Raises as `renew`, Conflict when there is none."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        user = _guest(user_id)
        if not Invitation.objects.filter(user=user, used_at=None).delete()[0]:
            raise Conflict(_("Tài khoản này không có lời mời nào đang mở."))
        _record(actor, user, "access.invitation_withdrawn")


def pending(user: User) -> Invitation | None:
    """The link that was given and not used yet, open or too old; call inside a wide scope."""
    return Invitation.objects.filter(user=user, used_at=None).order_by("-created_at").first()


def may_be_invited(user: User) -> bool:
    """Whether the account never had a password: only then does a link set one."""
    return not user.has_usable_password()


def _kept(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id, subject_key=None).first()
    if user is None:
        raise NotFound(_("Không có tài khoản này."))
    return user


def _guest(user_id: int) -> User:
    user = _kept(user_id)
    if not may_be_invited(user):
        raise Conflict(_("Người này đã đặt mật khẩu; không mời lại được."))
    return user


def open_invitation(token: str) -> User:
    """Whose link it is. Raises NotFound for one that is unknown, used or too old."""
    return _find(token, lock=False).user


def accept(*, token: str, password: str) -> User:
    """Set the first password; the link opens nothing more.

    Raises NotFound as `open_invitation`; Invalid with every rule that the password breaks.
    """
    with transaction.atomic(), wide("who follows his link has no scope yet"):
        found = _find(token, lock=True)
        user = found.user
        try:
            validate_password(password, user)
        except ValidationError as refused:
            raise Invalid([Reason(text, field="password") for text in refused.messages]) from refused
        user.set_password(password)
        user.save(update_fields=["password", "password_changed_at"])
        found.used_at = clock.machine_now()
        found.save(update_fields=["used_at"])
        _record(plain_actor(user), user, "access.invitation_used")
    return user


def _find(token: str, *, lock: bool) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects
    found = rows.select_related("user").filter(token_hash=_digest(token), used_at=None).first()
    if found is None or found.expires_at <= clock.machine_now():
        raise NotFound(_("Liên kết không còn dùng được. Hãy xin quản trị hệ thống liên kết mới."))
    if not found.user.is_active:
        raise Denied(_("Tài khoản này đã bị khóa."))
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
