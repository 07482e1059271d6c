"""What a grant gives, apart from where: the rules of core.access.policy that need no database."""

from __future__ import annotations

import pytest

from dean06.core.access.actor import Actor, GrantFact
from dean06.core.access.models import Role
from dean06.core.access.policy import Action, may
from dean06.core.units.models import Kind


def _actor(role: Role, kind: Kind) -> Actor:
    grant = GrantFact(role, 1, "Đơn vị thử", kind, frozenset(), personal_data=False)
    return Actor(user_id=1, username="thu", full_name="Người Thử", grants=(grant,))


@pytest.mark.parametrize(
    ("role", "action"),
    [(Role.PROVINCE_SUPERVISOR, Action.MANAGE_PLAN), (Role.SYSTEM_ADMINISTRATOR, Action.OPERATE)],
)
def test_what_touches_every_unit_needs_a_grant_for_the_province(role: Role, action: Action) -> None:
    assert may(_actor(role, Kind.PROVINCE), action)
    assert not may(_actor(role, Kind.DISTRICT), action)


def test_a_grant_for_a_district_still_gives_what_belongs_to_one_unit() -> None:
    assert may(_actor(Role.PROVINCE_SUPERVISOR, Kind.DISTRICT), Action.STATE_FIGURE)
    assert may(_actor(Role.SYSTEM_ADMINISTRATOR, Kind.DISTRICT), Action.MANAGE_UNITS)
