"""The scope of a transaction: which units' rows exist for it. Without a scope, none do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus

from dean06.core.access.actor import Actor
from dean06.core.access.roles import APP_ROLE, WIDE_ROLE

_SET = (
    "select set_config('app.units', %s, true), set_config('app.user', %s, true), set_config('role', %s, true)"
)
# One journey to the database: what stood before is read first (a materialised part is), then replaced.
_SWAP = """
with was as materialized (
  select current_setting('app.units', true) as units, current_setting('app.user', true) as person,
         current_setting('role') as role
)
select was.units, was.person, was.role, set_config('app.units', %s, true),
       set_config('app.user', %s, true), set_config('role', %s, true)
from was
"""


@contextmanager
def _settings(units: str, user: str, wide: bool) -> Iterator[None]:
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "A scope lives inside a transaction: open transaction.atomic() first."
        )
    with connection.cursor() as cursor:
        # A narrow scope inside a wide one narrows: it must not inherit the wide role.
        cursor.execute(_SWAP, [units, user, WIDE_ROLE if wide else APP_ROLE])
        old_units, old_user, old_role, *_new = cursor.fetchone() or ("", "", "none")
    try:
        yield
    finally:
        # An aborted transaction cannot take the command; its rollback restores the settings by itself.
        raw = connection.connection
        usable = raw is not None and raw.info.transaction_status == TransactionStatus.INTRANS
        if usable and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_SET, [old_units or "", old_user or "", old_role])


@contextmanager
def scoped(actor: Actor) -> Iterator[None]:
    """Inside, only the rows of the actor's units exist (all rows for a province-wide actor)."""
    units = "{" + ",".join(str(unit_id) for unit_id in actor.unit_ids) + "}"
    with _settings(units, str(actor.user_id or ""), actor.is_wide):
        yield


@contextmanager
def wide(reason: str) -> Iterator[None]:
    """Inside, every row exists: for jobs, commands and derived figures; `reason` tells the reader why."""
    if not reason:
        raise ValueError("say why this code may see every unit")
    with _settings("{}", "", wide=True):
        yield
