"""Reads of accounts, for those who keep them; call inside a wide scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.models import Grant, User
from dean06.core.errors import NotFound
from dean06.core.rules import rule


@dataclass(frozen=True, slots=True)
class AccountFact:
    """One account with one of its grants; the fields of the grant are empty where it has none."""

    username: str
    full_name: str
    active: bool
    role: str
    unit_key: str
    unit_name: str
    pilots: tuple[str, ...]
    personal_data: bool
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant, in force or not; `valid_to` is the first day without it."""

    id: int
    username: str
    role: str
    unit_key: str
    unit_name: str
    pilots: tuple[str, ...]
    personal_data: bool
    valid_from: date | None
    valid_to: date | None
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """One account with all its grants."""

    username: str
    full_name: str
    active: bool
    disabled_reason: str
    last_login: datetime | None
    grants: list[GrantRow]


def account(username: str) -> AccountDetail:
    """One account. Raises NotFound."""
    user = User.objects.filter(username=username, subject_key=None).first()
    if user is None:
        raise NotFound(_("Không có tài khoản nào mang tên “%(name)s”.") % {"name": username})
    held = Grant.objects.filter(user=user).select_related("unit", "user").order_by("id")
    return AccountDetail(
        username=user.username,
        full_name=user.full_name,
        active=user.is_active,
        disabled_reason=user.disabled_reason,
        last_login=user.last_login,
        grants=[_grant(one) for one in held],
    )


def due_for_review() -> QuerySet[Grant]:
    """Grants, not yet over, that nobody confirmed for so many months (rule access.review_months)."""
    months = int(rule("access.review_months", clock.today()))
    before = clock.now() - timedelta(days=months * 365.25 / 12)
    running = Q(valid_to__isnull=True) | Q(valid_to__gt=clock.today())
    rows = Grant.objects.filter(running, confirmed_at__lt=before)
    return rows.select_related("unit", "user").order_by("confirmed_at", "id")


def unconfirmed() -> list[GrantRow]:
    """The same as facts."""
    return [_grant(one) for one in due_for_review()]


def _grant(one: Grant) -> GrantRow:
    return GrantRow(
        id=one.pk,
        username=one.user.username,
        role=one.role,
        unit_key=one.unit.key,
        unit_name=one.unit.name,
        pilots=tuple(one.pilots),
        personal_data=one.personal_data,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        confirmed_at=one.confirmed_at,
    )


def any_account() -> bool:
    """Whether anybody can sign in here at all."""
    return User.objects.exists()


def is_taken(username: str) -> bool:
    """Whether an account of this name exists, however its letters are cased."""
    return User.objects.filter(username__iexact=username).exists()


def accounts() -> list[AccountFact]:
    """Every account in the order of names, once for each grant."""
    grants: dict[int, list[Grant]] = {}
    for grant in Grant.objects.select_related("unit").order_by("id"):
        grants.setdefault(grant.user_id, []).append(grant)
    return [
        _fact(user, grant)
        for user in User.objects.order_by("username")
        for grant in grants.get(user.pk, [None])
    ]


def _fact(user: User, grant: Grant | None) -> AccountFact:
    return AccountFact(
        username=user.username,
        full_name=user.full_name,
        active=user.is_active,
        role=grant.role if grant else "",
        unit_key=grant.unit.key if grant else "",
        unit_name=grant.unit.name if grant else "",
        pilots=tuple(grant.pilots) if grant else (),
        personal_data=grant.personal_data if grant else False,
        valid_from=grant.valid_from if grant else None,
        valid_to=grant.valid_to if grant else None,
    )
