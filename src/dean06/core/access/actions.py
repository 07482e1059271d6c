"""Every write to accounts: made with one grant, given a new password. Only `OPERATE` may."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dean06.core import audit
from dean06.core.access.actor import Actor
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.policy import Action, require
from dean06.core.access.queries import is_taken
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.units.models import Unit
from vnid.text import nfc_collapse

_WHY = "accounts are kept by the operators of the installation only"
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,59}")


def create_account(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    password: str,
    role: str,
    unit_id: int,
    pilots: Collection[str] = (),
    personal_data: bool = False,
) -> User:
    """Make an account with one grant: a role for a unit and all below it, perhaps for some pilots only.

    Raises Denied; Invalid naming every field at fault (the password by the installation's rules);
    NotFound for the unit; Conflict when the name is taken.
    """
    require(actor, Action.OPERATE)
    name = nfc_collapse(full_name)
    reasons = [*account_faults(username, name, role), *_password_faults(password, User(username=username))]
    if reasons:
        raise Invalid(reasons)
    with transaction.atomic(), wide(_WHY):
        unit = Unit.objects.filter(pk=unit_id).first()
        if unit is None:
            raise NotFound(_("Không có đơn vị mang mã số %(id)s.") % {"id": unit_id})
        user = _new_user(username, name, password)
        given = sorted(set(pilots))
        Grant.objects.create(user=user, role=role, unit=unit, pilots=given, personal_data=personal_data)
        detail = {"role": role, "unit": unit.key, "pilots": given, "personal_data": personal_data}
        _record(actor, user, "create", unit.pk, detail)
        return user


def set_password(*, actor: Actor, username: str, password: str) -> User:
    """Give an account a new password; whoever is signed in with the old one is signed out.

    Raises Denied, NotFound, Invalid with every rule that the password breaks.
    """
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        user = User.objects.select_for_update().filter(username=username, subject_key=None).first()
        if user is None:
            raise NotFound(_("Không có tài khoản nào mang tên “%(name)s”.") % {"name": username})
        reasons = _password_faults(password, user)
        if reasons:
            raise Invalid(reasons)
        user.set_password(password)
        user.save(update_fields=["password"])
        _record(actor, user, "password", None, {})
        return user


def account_faults(username: str, full_name: str, role: str) -> list[Reason]:
    """What is wrong with the words of a new account; empty when nothing is."""
    found = []
    if not _USERNAME.fullmatch(username):
        text = _(
            "cần 3–60 ký tự, bắt đầu bằng chữ thường không dấu, chỉ gồm a–z, 0–9, dấu chấm, "
            "gạch nối, gạch dưới."
        )
        found.append(Reason(text, field="username"))
    if not 1 <= len(full_name) <= 120:
        found.append(Reason(_("cần từ 1 đến 120 ký tự."), field="full_name"))
    if role not in Role.values:
        text = _("không có vai trò “%(role)s”; chọn một trong: %(known)s.")
        found.append(Reason(text % {"role": role, "known": ", ".join(Role.values)}, field="role"))
    return found


def _password_faults(password: str, user: User) -> list[Reason]:
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return [Reason(text, field="password") for text in refused.messages]
    return []


def _new_user(username: str, full_name: str, password: str) -> User:
    taken = Conflict(_("Tên đăng nhập “%(name)s” đã có người dùng.") % {"name": username})
    if is_taken(username):
        raise taken
    try:
        with transaction.atomic():
            return User.objects.create_user(username=username, full_name=full_name, password=password)
    except IntegrityError as error:  # somebody else made it at this moment
        raise taken from error


def _record(actor: Actor, user: User, action: str, unit_id: int | None, detail: dict[str, object]) -> None:
    audit.record(
        actor=actor,
        action=f"access.{action}",
        object_type="access.user",
        object_id=user.pk,
        unit_id=unit_id,
        detail=detail,
    )
