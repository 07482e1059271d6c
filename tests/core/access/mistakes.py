"""Mistakes in policies that somebody could make; the property must find each."""

from __future__ import annotations

from collections.abc import Mapping

from dean06.core.access.policies import APP_SCOPE
from dean06.core.access.roles import APP_ROLE, WIDE_ROLE
from tests.core.access.probe import TABLE, TABLES

_INSIDE = "unit_id = any ((select app_scope())::int[])"
_TOPS = "any (coalesce(nullif(current_setting('app.units', true), ''), '{}')::int[])"


def _from_closure(what: str, condition: str, join: str = "") -> tuple[str, ...]:
    """app_scope() with another meaning."""
    head = APP_SCOPE[: APP_SCOPE.index("$$")]
    return (
        f"{head} $$ select coalesce(array_agg({what}), '{{}}') "
        f"from units_closure c {join} where {condition} $$",
    )


def _policies(*policies: str) -> tuple[str, ...]:
    """Others instead of the one of the registry."""
    return (
        f"drop policy scope on {TABLE}",
        *(f"create policy mine{at} on {TABLE} {policy}" for at, policy in enumerate(policies)),
    )


MISTAKES: Mapping[str, tuple[str, ...]] = {
    "no row security": (f"alter table {TABLE} disable row level security",),
    "one table forgotten": (f"alter table {TABLES[1]} disable row level security",),
    "everybody by another policy": (f"create policy mine on {TABLE} to {APP_ROLE} using (true)",),
    "the wide role inherited": (f"alter policy wide on {TABLE} to {APP_ROLE}, {WIDE_ROLE}",),
    "one level too many": _from_closure(
        "below.descendant_id",
        f"c.depth <= 1 and c.descendant_id = {_TOPS}",
        "join units_closure below on below.ancestor_id = c.ancestor_id",
    ),
    "upwards": _from_closure("c.ancestor_id", f"c.descendant_id = {_TOPS}"),
    "the unit alone": _from_closure("c.descendant_id", f"c.depth = 0 and c.ancestor_id = {_TOPS}"),
    "all but the unit": _from_closure("c.descendant_id", f"c.depth > 0 and c.ancestor_id = {_TOPS}"),
    "as the tree stands today": _from_closure(
        "c.descendant_id",
        f"c.ancestor_id = {_TOPS} and daterange(c.valid_from, c.valid_to) @> current_date",
    ),
    "only the first unit of the scope": _policies(f"to {APP_ROLE} using (unit_id = (app_scope())[1])"),
    "writing is not checked": _policies(f"to {APP_ROLE} using ({_INSIDE}) with check (true)"),
    "deleting is free": _policies(
        f"to {APP_ROLE} using ({_INSIDE})", f"for delete to {APP_ROLE} using (true)"
    ),
    "what has no note is everybody's": _policies(
        f"to {APP_ROLE} using ({_INSIDE} or note is null) with check ({_INSIDE})"
    ),
}
