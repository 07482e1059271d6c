"""Against guessing: at most five wrong tries in a row for an account, and a pace for each address.

Counted in PostgreSQL, so that every process sees the same. A try is taken before the password is looked
at: many tries at once get no more looks than tries in turn. Rows are one for each account, 4096 for all
names that do not exist (told apart by nobody), and one for each address; they never grow with the tries.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from dean06.core import clock
from dean06.core.access import limits
from dean06.core.access.address import network
from dean06.core.access.models import Attempt

FORGET_AFTER = timedelta(days=1)  # a wrong try of yesterday no longer counts

_TAKE = """
insert into access_attempt as a (key, failures, since, locked_until) values (%(key)s, 1, %(now)s, null)
on conflict (key) do update set
  failures = case when a.locked_until <= %(now)s or a.since < %(start)s then 1 else a.failures + 1 end,
  since = case when a.locked_until <= %(now)s or a.since < %(start)s then %(now)s else a.since end,
  locked_until = null
where a.locked_until is null or a.locked_until <= %(now)s
returning a.failures
"""


def account_key(user_id: int) -> str:
    """The row of an account."""
    return f"account:{user_id}"


def factor_key(user_id: int) -> str:
    """The row of an account's codes: only a right code clears it, a right password does not."""
    return f"factor:{user_id}"


def fold(username: str) -> str:
    """A name as it is looked up and counted, whether or not somebody has it."""
    return username.strip().lower()


def name_key(username: str) -> str:
    """The row of a name that nobody has: locked as an account would be, so that the answers do not differ."""
    digest = hmac.new(settings.SECRET_KEY.encode(), fold(username).encode(), hashlib.sha256)
    return f"name:{digest.hexdigest()[:3]}"


def address_key(address: str) -> str:
    """The row of an address (of a network, for IPv6)."""
    return f"address:{network(address)}"


def take(key: str) -> bool:
    """Take one try. False when the key is locked, or has no try left while others are being looked at."""
    now, known = clock.machine_now(), limits.current()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "now": now, "start": now - FORGET_AFTER})
        row = cursor.fetchone()
    if row is None:
        return False
    if row[0] > known.failures:
        lock(key, now + known.lock)
        return False
    return True


def failed(key: str) -> datetime | None:
    """The try that was taken was wrong; gives until when the key is locked now, None while tries are left."""
    known = limits.current()
    count = Attempt.objects.filter(key=key).values_list("failures", flat=True).first() or 0
    if count < known.failures:
        return None
    until = clock.machine_now() + known.lock
    lock(key, until)
    return until


def lock(key: str, until: datetime) -> None:
    """Refuse every try until then."""
    Attempt.objects.filter(key=key).update(locked_until=until)


def clear(key: str) -> bool:
    """Forget the wrong tries (after a right one, or by an administrator). Whether there were any."""
    return bool(Attempt.objects.filter(key=key).delete()[0])


def locked_until(key: str) -> datetime | None:
    """Until when the key is locked; None when it is not.

    A machine whose clock was set back does not keep anybody out longer than one lock from now.
    """
    until = Attempt.objects.filter(key=key).values_list("locked_until", flat=True).first()
    now = clock.machine_now()
    if until is None or until <= now:
        return None
    return min(until, now + limits.current().lock)


def locked_accounts() -> dict[int, datetime]:
    """The accounts that are locked for a time now, by password or by code, with until when."""
    now = clock.machine_now()
    found: dict[int, datetime] = {}
    for key, until in Attempt.objects.filter(locked_until__gt=now).values_list("key", "locked_until"):
        kind, _, number = key.partition(":")
        if until is not None and kind in ("account", "factor"):
            one = min(until, now + limits.current().lock)
            found[int(number)] = max(one, found.get(int(number), one))
    return found


def address_refused(address: str) -> datetime | None:
    """Until when nothing is taken from this address, None when it may try."""
    until = Attempt.objects.filter(key=address_key(address)).values_list("locked_until", flat=True).first()
    return until if until and until > clock.machine_now() else None


def address_failed(address: str) -> bool:
    """Count a wrong sign-in of an address; True when it has just had too many of them."""
    now, known = clock.machine_now(), limits.current()
    span = timedelta(minutes=known.address_minutes)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": address_key(address), "now": now, "start": now - span})
        row = cursor.fetchone()
    if row is None or row[0] < known.address_failures:
        return False
    lock(address_key(address), now + span)
    return True


def forget_old() -> int:
    """Delete the rows that no longer count; gives how many. Once a night."""
    now = clock.machine_now()
    old = Attempt.objects.filter(since__lt=now - FORGET_AFTER).exclude(locked_until__gt=now)
    return old.delete()[0]
