"""Reads of accounts, for those who keep them; call inside a wide scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dean06.core.access.models import Grant, User


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
