"""Giving, changing, confirming and taking back what a person may do. In force at his next request."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access import incompatible
from dean06.core.access.actor import Actor
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Denied, Invalid, NotFound, Reason
from dean06.core.units.models import Kind, Unit

_WHY = "grants are kept by the operators of the installation only"


def give(
    *,
    actor: Actor,
    username: str,
    role: str,
    unit_id: int,
    pilots: Collection[str] = (),
    personal_data: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Grant:
    """Give a role for a unit and all below it. `valid_to`: the first day without it.

    Raises Denied (also for oneself), NotFound, Conflict when he has this role there already, Invalid for an
    unknown role, days in the wrong order, or a role that another of his grants excludes.
    """
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        user = account(username, lock=True)
        _not_oneself(actor, user)
        made = Grant(
            user=user,
            role=role,
            unit=_unit(unit_id),
            pilots=sorted(set(pilots)),
            personal_data=personal_data,
            valid_from=valid_from,
            valid_to=valid_to,
            confirmed_at=clock.now(),
        )
        check(made)
        made.save(force_insert=True)
        _record(actor, made, "grant_given", **_facts(made))
    return made


def change(
    *,
    actor: Actor,
    grant_id: int,
    valid_from: date | None,
    valid_to: date | None,
    personal_data: bool | None = None,
) -> Grant:
    """Change the days of a grant, and whether it opens personal data (None: as it was).

    Raises as `give`; Conflict when nobody would be left to administer the installation.
    """
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        grant = _locked(grant_id)
        _not_oneself(actor, grant.user)
        before = _facts(grant)
        grant.valid_from, grant.valid_to = valid_from, valid_to
        if personal_data is not None:
            grant.personal_data = personal_data
        check(grant)
        _keep_an_administrator(grant, valid_from, valid_to)
        grant.save(update_fields=["valid_from", "valid_to", "personal_data"])
        _record(actor, grant, "grant_changed", before=before, after=_facts(grant))
    return grant


def revoke(*, actor: Actor, grant_id: int, reason: str = "") -> None:
    """Take a grant back: the person's next request is without it.

    Raises Denied, NotFound, Conflict for the last administrator.
    """
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        grant = _locked(grant_id)
        _keep_an_administrator(grant, None, clock.today())
        _record(actor, grant, "grant_revoked", reason=reason, **_facts(grant))
        grant.delete()


def confirm(*, actor: Actor, grant_id: int) -> None:
    """Say at the yearly review that a grant is still needed. Raises Denied (also for oneself), NotFound."""
    require(actor, Action.OPERATE)
    with transaction.atomic(), wide(_WHY):
        grant = _locked(grant_id)
        _not_oneself(actor, grant.user)
        grant.confirmed_at = clock.now()
        grant.save(update_fields=["confirmed_at"])
        _record(actor, grant, "grant_confirmed", **_facts(grant))


def check(grant: Grant) -> None:
    """Raise Invalid or Conflict when this grant may not stand; call with its account locked."""
    if grant.role not in Role.values:
        text = _("không có vai trò “%(role)s”; chọn một trong: %(known)s.")
        known = ", ".join(Role.values)
        raise Invalid([Reason(text % {"role": grant.role, "known": known}, field="role")])
    if grant.valid_from and grant.valid_to and grant.valid_from >= grant.valid_to:
        raise Invalid([Reason(_("“Đến trước ngày” phải sau “Từ ngày”."), field="valid_to")])
    others = list(Grant.objects.filter(user_id=grant.user_id).exclude(pk=grant.pk).select_related("unit"))
    if any((one.role, one.unit_id) == (grant.role, grant.unit_id) for one in others):
        text = _("Tài khoản đã có vai trò “%(role)s” tại %(unit)s; hãy sửa thời hạn của quyền ấy.")
        raise Conflict(text % {"role": Role(grant.role).label, "unit": grant.unit.name})
    if reasons := incompatible.against(grant, others):
        raise Invalid(reasons)


def account(username: str, *, lock: bool = False) -> User:
    """The account of that name, perhaps locked. Raises NotFound; citizens have no grants."""
    rows = User.objects.filter(username=username, subject_key=None)
    user = (rows.select_for_update() if lock else rows).first()
    if user is None:
        raise NotFound(_("Không có tài khoản nào mang tên “%(name)s”.") % {"name": username})
    return user


def is_last_administrator(user: User) -> bool:
    """Whether nobody else administers the installation today."""
    today = clock.today()
    return _administers(user, today) and not _administrators(today).exclude(user=user).exists()


def _administers(user: User, on: date) -> bool:
    return bool(_administrators(on).filter(user=user).exists())


def _administrators(on: date) -> Any:
    """Grants that give OPERATE on a day to accounts that are open."""
    return (
        Grant.objects.filter(role=Role.SYSTEM_ADMINISTRATOR, unit__kind=Kind.PROVINCE, user__is_active=True)
        .filter(pilots=[])
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    )


def _keep_an_administrator(grant: Grant, valid_from: date | None, valid_to: date | None) -> None:
    """Raise Conflict when, with these days, nobody could administer the installation."""
    today = clock.today()
    # All grants of administrators are locked in one order: two cannot take each other's at the same time.
    list(Grant.objects.select_for_update().filter(role=Role.SYSTEM_ADMINISTRATOR).order_by("pk"))
    if not _administrators(today).filter(pk=grant.pk).exists():
        return
    begins = valid_from if valid_from and valid_from > today else None
    if begins is None and valid_to is None:
        return
    on = today if begins or valid_to is None else max(valid_to, today)
    if not _administrators(on).exclude(pk=grant.pk).exists():
        raise Conflict(
            _("Đây là quản trị hệ thống cuối cùng còn hiệu lực; hãy giao vai trò này cho người khác trước.")
        )


def _not_oneself(actor: Actor, user: User) -> None:
    if actor.user_id is not None and actor.user_id == user.pk:
        raise Denied(_("Không ai tự giao, sửa hay xác nhận quyền cho chính mình; hãy nhờ quản trị khác."))


def _unit(unit_id: int) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("Không có đơn vị mang mã số %(id)s.") % {"id": unit_id})
    return unit


def _locked(grant_id: int) -> Grant:
    """The grant with its account locked, so that changes of one person come in turn."""
    user_id = Grant.objects.filter(pk=grant_id).values_list("user_id", flat=True).first()
    if user_id is not None:
        list(User.objects.select_for_update().filter(pk=user_id))
    found = Grant.objects.select_related("unit", "user").filter(pk=grant_id).first()
    if found is None:
        raise NotFound(_("Quyền này không còn; có thể vừa được thu hồi."))
    return found


def _facts(grant: Grant) -> dict[str, object]:
    return {
        "role": grant.role,
        "unit": grant.unit.key,
        "pilots": list(grant.pilots),
        "personal_data": grant.personal_data,
        "from": grant.valid_from.isoformat() if grant.valid_from else None,
        "to": grant.valid_to.isoformat() if grant.valid_to else None,
    }


def _record(actor: Actor, grant: Grant, action: str, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=f"access.{action}",
        object_type="access.user",
        object_id=grant.user_id,
        unit_id=grant.unit_id,
        detail=detail,
    )
