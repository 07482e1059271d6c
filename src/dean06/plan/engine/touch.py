"""Asking for a refresh in the transaction that wrote the record."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import connection

from dean06.core import correlation

REFRESH_UNIT = "plan.refresh_unit"
REFRESH_ALL = "plan.refresh_indicator"
QUEUE = "figures"
_log = logging.getLogger(__name__)

# The worker fetches with SKIP LOCKED: while this transaction holds the waiting job, it cannot run without
# seeing the record that this transaction is about to commit.
_HOLD = """
select id from procrastinate_jobs where queueing_lock = %s and status = 'todo' order by id limit 1 for share
"""


def touch(*, unit_id: int, codes: Iterable[str]) -> None:
    """Ask for the figures of `codes` to be counted anew for a unit, once the caller's transaction commits.

    Nothing is asked when it rolls back. A burst makes one job a (unit, indicator): a job that waits already
    is shared. Call it last in an action: the shared job waits for this transaction.
    """
    for code in sorted(set(codes)):
        _ask(REFRESH_UNIT, f"{REFRESH_UNIT}/{code}/{unit_id}", {"code": code, "unit_id": unit_id})


def touch_all(codes: Iterable[str]) -> None:
    """The same for every unit: after an import over many units, or a change of the tree of units."""
    for code in sorted(set(codes)):
        _ask(REFRESH_ALL, f"{REFRESH_ALL}/{code}", {"code": code})


def _ask(task: str, name: str, arguments: dict[str, str | int]) -> None:
    from procrastinate.contrib.django import app

    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"touch/{name}"])
        alone = bool((cursor.fetchone() or (False,))[0])
        if alone:
            cursor.execute(_HOLD, [name])
            if (waiting := cursor.fetchone()) is not None:
                _log.info("job %s, which waits already, is shared", waiting[0])
                return
    # When another open transaction is asking for the same, a second job is cheaper than waiting for its end.
    lock = name if alone else None
    given = {**arguments, **correlation.argument()}
    job = app.configure_task(task, queueing_lock=lock, queue=QUEUE, allow_unknown=True).defer(**given)
    _log.info("job %s asked for", job)
