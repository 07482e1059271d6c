"""Rate limits: a token bucket per person and per address, kept in PostgreSQL.

Not in the memory of a process: there are several, and a limit must not depend on which one answers.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import connection


class Kind(StrEnum):
    """What a request costs us or could take away; each kind has buckets of its own."""

    SIGN_IN = "sign_in"  # passwords, codes, anything that can be guessed
    PERSONAL = "personal"  # pages and look-ups of one person
    SEARCH = "search"
    EXPORT = "export"  # files made from many rows
    UPLOAD = "upload"  # photos and sheets
    WRITE = "write"
    PICTURE = "picture"  # many on one page
    PAGE = "page"
    FREE = "free"  # asked by supervisors; touches no data


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket holds `burst` requests and fills by `per_second`."""

    burst: int
    per_second: float

    @property
    def full_after(self) -> timedelta:
        """The time in which an empty bucket fills: an older row says nothing any more."""
        return timedelta(seconds=self.burst / self.per_second)


PERSON: dict[Kind, Limit] = {
    Kind.SIGN_IN: Limit(20, 0.1),
    Kind.PERSONAL: Limit(60, 0.5),
    Kind.SEARCH: Limit(120, 2),
    Kind.EXPORT: Limit(30, 0.2),
    Kind.UPLOAD: Limit(60, 1),
    Kind.WRITE: Limit(120, 2),
    Kind.PICTURE: Limit(1000, 50),
    Kind.PAGE: Limit(300, 10),
}
"""For one account."""

ADDRESS: dict[Kind, Limit] = {
    Kind.SIGN_IN: Limit(60, 0.5),
    Kind.PERSONAL: Limit(600, 5),
    Kind.SEARCH: Limit(1200, 20),
    Kind.EXPORT: Limit(300, 2),
    Kind.UPLOAD: Limit(600, 10),
    Kind.WRITE: Limit(1200, 20),
    Kind.PICTURE: Limit(10_000, 500),
    Kind.PAGE: Limit(3000, 100),
}
"""For one address: a whole office, perhaps the whole province, may stand behind it."""

# One statement, rows in the order of their keys: two requests never wait for each other in a circle. A
# refused request takes nothing, so that whoever keeps trying is let in again when the bucket has refilled.
_TAKE = """
insert into limits_bucket as b (key, tokens, refused, at)
select key, burst - 1, false, clock_timestamp()
  from unnest(%s::text[], %s::float8[], %s::float8[]) as asked (key, burst, rate) order by key
on conflict (key) do update set (tokens, refused, at) = (
  select case when now_there >= 1 then now_there - 1 else now_there end, now_there < 1, moment
    from (select moment, least(o.burst, b.tokens + greatest(
            extract(epoch from moment - b.at), 0) * o.rate) as now_there
            from unnest(%s::text[], %s::float8[], %s::float8[]) as o (key, burst, rate),
                 (select clock_timestamp() as moment) as m
           where o.key = b.key) as filled)
returning key, tokens, refused
"""


def _key(kind: Kind, who: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"limits {kind} {who}".encode(), hashlib.sha256).hexdigest()


def take(kind: Kind, *, user_id: int | None, address: str) -> int:
    """Take one request of `kind` from the buckets of the person and the address.

    Gives 0 when both had one, else the whole seconds until the emptier one has. `address` as
    `access.address.network` gives it; "" for none. Runs in a statement of its own: call it outside of
    the transaction of the request, or the row stays locked until that ends.
    """
    if kind is Kind.FREE:
        return 0
    asked = [(f"user {user_id}", PERSON[kind])] if user_id is not None else []
    asked += [(f"address {address}", ADDRESS[kind])] if address else []
    return take_from(kind, asked)


def take_from(kind: Kind, asked: Iterable[tuple[str, Limit]]) -> int:
    """The same for any named buckets."""
    limits = {_key(kind, who): limit for who, limit in asked}
    if not limits:
        return 0
    keys = sorted(limits)
    bursts, rates = (
        [float(limits[key].burst) for key in keys],
        [float(limits[key].per_second) for key in keys],
    )
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [keys, bursts, rates, keys, bursts, rates])
        rows = cursor.fetchall()
    waits = [(1 - tokens) / limits[key].per_second for key, tokens, refused in rows if refused]
    return max((max(1, math.ceil(wait)) for wait in waits), default=0)
