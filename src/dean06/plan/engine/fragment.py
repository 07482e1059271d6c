"""Pieces of SQL that carry their parameters, and an indicator's rows as such a piece."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import connection
from django.db.models import QuerySet

from dean06.core.access.roles import WIDE_ROLE
from dean06.plan.engine.definition import COLUMNS, Indicator, RawRows, Window

_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_POSITION = re.compile(r"%[%s]")
_NAME = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True, slots=True)
class Fragment:
    """SQL with `%(name)s` parameters."""

    sql: str
    params: dict[str, Any] = field(default_factory=dict)


def fetch(sql: str, *params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement with the parameters of its fragments."""
    merged = {name: value for group in params for name, value in group.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql, merged)
        return cursor.fetchall() if cursor.description else []


def rows(indicator: Indicator, window: Window) -> Fragment:
    """The indicator's rows of the window as a sub-select with typed columns, for use as a CTE or in FROM.

    A null `met` proves nothing and counts as not met. Raises ImproperlyConfigured when the query does not
    yield the five columns.
    """
    query = indicator.rows(window)
    inner = _of_queryset(indicator, query) if isinstance(query, QuerySet) else _of_raw(query)
    sql = (
        "select unit_id::int as unit_id, subject::text as subject, label::text as label, "  # noqa: S608 - the
        'coalesce(met, false) as met, "at"::timestamptz as "at" '  # author's own query
        f"from ({inner.sql.strip().rstrip(';')}) as given ({_NAMES})"
    )
    return Fragment(sql, inner.params)


def _of_queryset(indicator: Indicator, queryset: QuerySet[Any, Any]) -> Fragment:
    selected = getattr(queryset.query, "selected", None)
    names = tuple(selected) if selected else tuple(getattr(queryset, "_fields", None) or ())
    if names != COLUMNS:
        raise ImproperlyConfigured(
            f"{indicator.code}: rows must be values_list{COLUMNS}, not {names or 'model objects'}"
        )
    if not (queryset.query.is_sliced or queryset.query.distinct_fields):
        queryset = queryset.order_by()
    try:
        sql, params = queryset.query.sql_with_params()
    except EmptyResultSet:
        return Fragment("select null::int, null::text, null::text, null::bool, null::timestamptz where false")
    return _numbered(sql, params)


def _of_raw(raw: RawRows) -> Fragment:
    if not isinstance(raw.params, Mapping):
        return _numbered(raw.sql, raw.params)
    renamed = _NAME.sub(lambda found: f"%(row_{found[1]})s" if found[1] else "%%", raw.sql)
    return Fragment(renamed, {f"row_{name}": value for name, value in raw.params.items()})


def _numbered(sql: str, params: Sequence[object]) -> Fragment:
    """`%s` parameters get names, so that pieces can be put together in any order."""
    count = -1

    def name(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "%%":
            return "%%"
        count += 1
        return f"%(row_{count})s"

    return Fragment(_POSITION.sub(name, sql), {f"row_{i}": value for i, value in enumerate(params)})


def live_tree(on: date) -> Fragment:
    """(ancestor_id, descendant_id, depth) as at a day; each valid unit stands under itself at depth 0."""
    return Fragment(
        "select ancestor_id, descendant_id, depth from units_closure "
        "where (valid_from is null or valid_from <= %(engine_on)s) "
        "and (valid_to is null or valid_to > %(engine_on)s)",
        {"engine_on": on},
    )


def frozen_tree(period: str) -> Fragment:
    """The same as it was when the period was frozen."""
    return Fragment(
        "select ancestor_id, descendant_id, depth from plan_frozen_tree where period = %(engine_tree)s",
        {"engine_tree": period},
    )


def frozen_rows(indicator: str, period: str) -> Fragment:
    """The rows kept when the period was frozen."""
    return Fragment(
        "select unit_id, subject, label, met, at from plan_frozen_row "
        "where indicator = %(engine_code)s and period = %(engine_period)s",
        {"engine_code": indicator, "engine_period": period},
    )


#: Condition on `{column}`: the unit is one the transaction may see. Live rows may come from tables that
#: everybody reads (units) joined with tables that row-level security cuts; without this, the records of
#: other units would look missing instead of being out of sight.
IN_SCOPE = f"(current_user = '{WIDE_ROLE}' or {{column}} = any ((select app_scope())::int[]))"


def visible_units() -> list[int] | None:
    """The units the transaction may see; None when it sees every unit."""
    found = fetch(f"select case when current_user = '{WIDE_ROLE}' then null else app_scope() end")
    units: list[int] | None = found[0][0]
    return units
