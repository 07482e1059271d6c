"""Random users with dated grants, stored and signed in as in life; and what they may see, the obvious way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from hypothesis import strategies as st

from dean06.core import clock
from dean06.core.access.actor import Actor, actor_for
from dean06.core.access.incompatible import TRIGGER
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import scoped, wide
from tests.core.units.trees import Drawn, probe_days

NARROW = (Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.DESK_OFFICER)
WIDE_AT_A_PROVINCE = tuple(role for role in Role if role not in NARROW)
SignIn = Callable[[User], Actor]


@dataclass(frozen=True)
class Given:
    """A grant; its days are counted from the business date, `until` is the first day without it."""

    role: Role
    unit: int
    since: int | None
    until: int | None

    @property
    def in_force(self) -> bool:
        return (self.since is None or self.since <= 0) and (self.until is None or self.until > 0)


Person = tuple[Given, ...]
# Far away, and each side of the edge.
_SINCE = st.sampled_from((None, None, -400, -1, 0, 1, 400))
_UNTIL = st.sampled_from((None, None, 400, 1, 0, -1))
_ROLES = st.one_of(st.sampled_from(NARROW), st.sampled_from(NARROW), st.sampled_from(WIDE_AT_A_PROVINCE))


def people(units: int) -> st.SearchStrategy[list[Person]]:
    """One to three persons with up to four grants each, in a tree of so many units."""
    grant = st.builds(Given, role=_ROLES, unit=st.integers(0, units - 1), since=_SINCE, until=_UNTIL)
    person = st.lists(grant, max_size=4, unique_by=lambda one: (one.role, one.unit)).map(tuple)
    return st.lists(person, min_size=1, max_size=3)


def store(person: Person, number: int, ids: Sequence[int]) -> User:
    """The account with its grants; within a wide scope."""
    user = User.objects.create_user(username=f"thu-{number}", full_name="Cán bộ Thử", password=None)
    today = clock.today()
    with connection.cursor() as cursor:  # people who could not be are drawn too; all is rolled back
        cursor.execute(f"set constraints {TRIGGER} deferred")
    Grant.objects.bulk_create(
        Grant(
            user=user,
            role=one.role,
            unit_id=ids[one.unit],
            valid_from=_day(today, one.since),
            valid_to=_day(today, one.until),
        )
        for one in person
    )
    return user


def _day(today: date, offset: int | None) -> date | None:
    return None if offset is None else today + timedelta(days=offset)


def sign_in(user: User, actor_of: SignIn = actor_for) -> Actor:
    """As a request does: before it knows who acts, it sees nobody's rows."""
    with scoped(Actor(user_id=None, username="", full_name="", grants=())):
        return actor_of(user)


def whatever_the_dates(user: User) -> Actor:
    """A mistake for controls: every grant counts, even one that is over or has not begun."""
    with wide("test"):
        Grant.objects.filter(user=user).update(valid_from=None, valid_to=None)
    return actor_for(user)


def visible(person: Person, drawn: Drawn, provinces: set[int]) -> set[int]:
    """The units whose rows the person may see, by their place in the tree."""
    held = [one for one in person if one.in_force]
    if any(one.role in WIDE_AT_A_PROVINCE and one.unit in provinces for one in held):
        return set(range(len(drawn.lives)))
    return reachable(drawn, {one.unit for one in held})


def reachable(drawn: Drawn, tops: set[int]) -> set[int]:
    """By climbing the tree day by day: every unit that ever stood under (or is) one of the tops."""
    days = probe_days(drawn)
    return {
        child
        for child in range(len(drawn.lives))
        if any(tops.intersection(drawn.above(child, day)) for day in days)
    }
