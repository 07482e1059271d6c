"""Who acts: a frozen picture of a user and his grants at the moment of the request."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from dean06.core import clock
from dean06.core.access.models import Grant, Role, User
from dean06.core.units.models import Kind

# Roles that see the whole province when their grant stands at a province.
_WIDE_ROLES = frozenset(
    {Role.PROVINCE_LEADER, Role.PROVINCE_SUPERVISOR, Role.PILOT_LEAD, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR}
)


@dataclass(frozen=True, slots=True)
class GrantFact:
    """A grant in force: a role for a unit and all below it."""

    role: Role
    unit_id: int
    unit_name: str
    unit_kind: Kind
    pilots: frozenset[str]
    personal_data: bool
    grant_id: int = 0  # 0: not a stored grant


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the system itself (`user_id` None, with the reason as its name)."""

    user_id: int | None
    username: str
    full_name: str
    grants: tuple[GrantFact, ...]
    system: bool = False
    subject_key: bytes | None = None  # a citizen: under which what was read about him is found
    citizen_level: int = 0

    @property
    def unit_ids(self) -> tuple[int, ...]:
        """The tops of the subtrees this actor may see."""
        return tuple(sorted({grant.unit_id for grant in self.grants}))

    @property
    def is_wide(self) -> bool:
        """True for the system and for province-wide roles: the scope is every row."""
        return self.system or any(
            grant.role in _WIDE_ROLES and grant.unit_kind == Kind.PROVINCE for grant in self.grants
        )


def system_actor(reason: str) -> Actor:
    """The system acting by itself; `reason` names the job or command and stands in the audit."""
    return Actor(user_id=None, username="system", full_name=reason, grants=(), system=True)


def actor_for(user: User) -> Actor:
    """The actor behind a signed-in user, with the grants in force on the business date.

    Must run inside the request's transaction: it names the user to the row policies of the grants.
    """
    today = clock.today()
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.user', %s, true)", [str(user.pk)])
    grants = (
        Grant.objects.filter(user=user)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .select_related("unit")
        .order_by("id")
    )
    facts = tuple(
        GrantFact(
            role=Role(grant.role),
            unit_id=grant.unit_id,
            unit_name=grant.unit.name,
            unit_kind=Kind(grant.unit.kind),
            pilots=frozenset(grant.pilots),
            personal_data=grant.personal_data,
            grant_id=grant.pk,
        )
        for grant in grants
    )
    return Actor(
        user_id=user.pk,
        username=user.username,
        full_name=user.full_name,
        grants=facts,
        subject_key=bytes(user.subject_key) if user.subject_key is not None else None,
        citizen_level=user.citizen_level or 0,
    )
