"""Which two roles one person may not hold at once for the same part of the tree (maker and checker).

The pairs stand in incompatible.toml. The actions refuse them with a sentence; a constraint trigger of the
database refuses what went past the actions, also two writers at the same moment.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.models import Grant, Role
from dean06.core.errors import Reason
from dean06.core.units.models import Closure

FILE = Path(__file__).with_name("incompatible.toml")
TRIGGER = "access_grant_incompatible"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two roles that exclude each other, [since, until); `verified`: the source was compared."""

    roles: frozenset[str]
    reason: str
    source: str
    verified: bool
    since: date | None
    until: date | None

    def holds(self, on: date) -> bool:
        """Whether the pair is in force on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@cache
def every_pair() -> tuple[Pair, ...]:
    """All pairs that were ever or will be in force. Raises KeyError or ValueError for a faulty file."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    found = []
    for row in content["pair"]:
        one, other = (Role(role).value for role in row["roles"])
        said = content["source"][row["source"]]
        since, until = row.get("since"), row.get("until")
        roles = frozenset({one, other})
        found.append(Pair(roles, row["reason"], said["source"], said["verified"], since, until))
    return tuple(found)


def pairs(on: date) -> frozenset[frozenset[str]]:
    """The pairs of roles refused on a day."""
    return frozenset(pair.roles for pair in every_pair() if pair.holds(on))


def install(connection: Any) -> None:
    """Put the constraint trigger with the pairs of the file in place; idempotent; as the owner."""
    with connection.cursor() as cursor:
        if Grant._meta.db_table not in connection.introspection.table_names(cursor):
            return  # migrated back to before there were grants
        cursor.execute(_pairs_sql())
        cursor.execute(CHECK)


def _pairs_sql() -> str:
    """The function that gives the pairs to the trigger: no table, so that no role can change them."""
    rows = [
        f"('{one}', '{other}', {_sql(pair.since)}, {_sql(pair.until)})"
        for pair in every_pair()
        for one, other in [sorted(pair.roles)]
    ]
    return f"""
create or replace function access_incompatible_pairs()
returns table (one text, other text, since date, until date) immutable language sql as $$
  select * from (values {", ".join(rows)}) as pair (one, other, since, until) $$;
"""  # noqa: S608 - roles and days of our own file


def _sql(day: date | None) -> str:
    return f"date '{day.isoformat()}'" if day else "null::date"


LOCK = "perform from access_user where id = new.user_id for no key update;"
# The row of the account is locked first: a second writer waits and then sees what the first one wrote. The
# grant is read anew, since at the end of a deferred transaction it may be another. Days are business days.
CHECK = f"""
create or replace function access_refuse_incompatible() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare day date;
begin
  {LOCK}
  day := ((now() + coalesce((select seconds from core_clock), 0) * interval '1 second')
          at time zone 'Asia/Ho_Chi_Minh')::date;
  if exists (
    select from access_grant mine
      join access_grant held on held.user_id = mine.user_id and held.id <> mine.id
      join access_incompatible_pairs() pair
        on pair.one = least(mine.role::text collate "C", held.role::text collate "C")
       and pair.other = greatest(mine.role::text collate "C", held.role::text collate "C")
    where mine.id = new.id
      and (pair.since is null or pair.since <= day) and (pair.until is null or day < pair.until)
      and (mine.valid_to is null or held.valid_from is null or held.valid_from < mine.valid_to)
      and (held.valid_to is null or mine.valid_from is null or mine.valid_from < held.valid_to)
      and (mine.unit_id = held.unit_id or exists (
        select from units_closure
        where (ancestor_id, descendant_id) in ((mine.unit_id, held.unit_id), (held.unit_id, mine.unit_id))))
  ) then
    raise exception '{TRIGGER}: maker and checker must be two people'
      using errcode = 'check_violation', constraint = '{TRIGGER}', table = 'access_grant';
  end if;
  return null;
end $$;
drop trigger if exists {TRIGGER} on access_grant;
create constraint trigger {TRIGGER} after insert or update of user_id, role, unit_id, valid_from, valid_to
  on access_grant deferrable initially immediate for each row execute function access_refuse_incompatible();
"""  # noqa: S608 - constants


def against(grant: Grant, others: Iterable[Grant]) -> list[Reason]:
    """One reason for each of the person's other grants that this one may not stand beside."""
    refused = pairs(clock.today())
    return [
        Reason(_sentence(grant, other), field="role")
        for other in others
        if frozenset({grant.role, other.role}) in refused
        and _same_time(grant, other)
        and _same_branch(grant.unit_id, other.unit_id)
    ]


def _same_time(one: Any, other: Any) -> bool:
    return (one.valid_to is None or other.valid_from is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from is None or one.valid_from < other.valid_to
    )


def _same_branch(one: int, other: int) -> bool:
    """Whether one unit is, or ever stands above, the other."""
    if one == other:
        return True
    above = Q(ancestor_id=one, descendant_id=other) | Q(ancestor_id=other, descendant_id=one)
    return Closure.objects.filter(above).exists()


def _sentence(grant: Grant, other: Grant) -> str:
    text = _(
        "“%(new)s” tại %(unit)s không được giao cùng lúc với “%(old)s” tại %(other)s: người làm và người"
        " kiểm tra phải là hai người. Hãy thu hồi quyền kia trước, hoặc chọn thời hạn không trùng nhau."
    )
    return text % {
        "new": Role(grant.role).label,
        "unit": grant.unit.name,
        "old": Role(other.role).label,
        "other": other.unit.name,
    }
