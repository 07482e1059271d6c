"""Counting: from an indicator's rows to one observation a unit, by set-based statements.

Rules: a row counts when its unit is valid at the cut-off; a parent's figure is the sum over its subtree
as at the cut-off, never a mean of percentages; the same rows give the same figures whether all units are
counted at once (`refresh`) or one after its record changed (`refresh` with `unit_id`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.plan.engine import registry
from dean06.plan.engine.calendar import starts_on
from dean06.plan.engine.definition import Indicator, Window
from dean06.plan.engine.fragment import Fragment, fetch, live_tree, rows
from dean06.plan.engine.models import IndicatorRun, Span
from dean06.plan.periods import Period

_WHY = "a parent's figure is counted over every unit"

_KEY = "o.indicator = %(engine_code)s and o.period = %(engine_period)s and o.span = %(engine_span)s"
_COUNTS = "numerator, denominator, own_numerator, own_denominator"

# Every unit that has rows, then the sums over the tree: the rows are aggregated before they meet the tree.
_ALL = """
own as materialized (
  select unit_id, count(*) filter (where met) as n, count(*) as d from r group by unit_id
), totals as materialized (
  select t.ancestor_id as unit_id, sum(own.n)::int as numerator, sum(own.d)::int as denominator,
         coalesce(sum(own.n) filter (where t.depth = 0), 0)::int as own_numerator,
         coalesce(sum(own.d) filter (where t.depth = 0), 0)::int as own_denominator
  from own join tree t on t.descendant_id = own.unit_id
  group by t.ancestor_id
)"""

# One unit anew, and each ancestor as the sum of what is stored of the others below it.
_ONE = f"""
up as materialized (
  select ancestor_id as unit_id from tree where descendant_id = %(engine_unit)s
), own as materialized (
  select count(*) filter (where met)::int as n, count(*)::int as d from r where exists (select from up)
), rest as (
  select up.unit_id, sum(o.own_numerator)::int as n, sum(o.own_denominator)::int as d
  from up
  join tree t on t.ancestor_id = up.unit_id and t.descendant_id <> %(engine_unit)s
  join plan_observation o on o.unit_id = t.descendant_id and {_KEY}
  group by up.unit_id
), totals as materialized (
  select up.unit_id, own.n + coalesce(rest.n, 0) as numerator, own.d + coalesce(rest.d, 0) as denominator,
         case when up.unit_id = %(engine_unit)s then own.n else coalesce(o.own_numerator, 0) end
           as own_numerator,
         case when up.unit_id = %(engine_unit)s then own.d else coalesce(o.own_denominator, 0) end
           as own_denominator
  from up cross join own left join rest using (unit_id)
  left join plan_observation o on o.unit_id = up.unit_id and {_KEY}
)"""  # noqa: S608 - constants only

# Unchanged figures are not written: an update that changes nothing still costs a row version.
_WRITE = f"""
written as (
  insert into plan_observation as old
    (indicator, period, span, unit_id, {_COUNTS}, computed_at, definition_version, frozen)
  select %(engine_code)s, %(engine_period)s, %(engine_span)s, t.unit_id, t.numerator, t.denominator,
         t.own_numerator, t.own_denominator, %(engine_at)s, %(engine_version)s, %(engine_freeze)s
  from totals t left join plan_observation o on o.unit_id = t.unit_id and {_KEY}
  where t.denominator > 0 and (o.unit_id is null or
    (o.numerator, o.denominator, o.own_numerator, o.own_denominator, o.definition_version, o.frozen)
    is distinct from (t.numerator, t.denominator, t.own_numerator, t.own_denominator,
                      %(engine_version)s::smallint, %(engine_freeze)s))
  on conflict (indicator, period, span, unit_id) do update set
    ({_COUNTS}, computed_at, definition_version, frozen) =
    (excluded.numerator, excluded.denominator, excluded.own_numerator, excluded.own_denominator,
     excluded.computed_at, excluded.definition_version, excluded.frozen)
  returning 1
), removed as (
  delete from plan_observation o where {_KEY} and {{among}}
    and not exists (select from totals t where t.unit_id = o.unit_id and t.denominator > 0)
  returning 1
)
select (select count(*) from written), (select count(*) from removed), (select coalesce(sum(d), 0) from own)
"""  # noqa: S608 - constants only

# Order does not matter to a sum of hashes, so the fingerprint needs no sort.
_FINGERPRINT = """
select mod(coalesce(sum(hashint8extended((ancestor_id::bigint << 32) | descendant_id, depth)::numeric), 0),
           4611686018427387904)::bigint from ({tree}) as tree
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: observations written and removed, rows read; `frozen` periods are left alone."""

    written: int = 0
    removed: int = 0
    rows: int = 0
    frozen: bool = False


def refresh(code: str, period: Period, unit_id: int | None = None) -> Refreshed:
    """Count an indicator for a period: every unit, or (after its record changed) one unit and those above.

    The one-unit way counts all units instead when nothing was counted yet, or when the definition or the
    tree of units changed since. Raises NotFound for an unknown code.
    """
    indicator = registry.get(code)
    with transaction.atomic(), wide(_WHY):
        lock(code, period)
        run = IndicatorRun.objects.filter(indicator=code, period=period.key).first()
        if run is not None and run.frozen_at is not None:
            return Refreshed(frozen=True)
        tree = live_tree(period.cutoff)
        mark = fingerprint(tree)
        if run is None or (run.definition_version, run.tree) != (indicator.version, mark):
            unit_id = None
        count = Count(indicator, period, tree, clock.now())
        if unit_id is not None:
            return count.one(unit_id)
        began = time.monotonic()
        done = count.every()
        record_run(count, done, mark, round((time.monotonic() - began) * 1000))
        return done


def record_run(count: Count, done: Refreshed, tree: int, milliseconds: int) -> None:
    """Note that an indicator was counted for all units; `tree`: the fingerprint of the tree counted over."""
    run = IndicatorRun(
        indicator=count.indicator.code,
        period=count.period.key,
        definition_version=count.indicator.version,
        computed_at=count.at,
        rows=done.rows,
        milliseconds=milliseconds,
        tree=tree,
        frozen_at=count.at if count.freeze else None,
    )
    IndicatorRun.objects.bulk_create(
        [run],
        update_conflicts=True,
        unique_fields=["indicator", "period"],
        update_fields=["definition_version", "computed_at", "rows", "milliseconds", "tree", "frozen_at"],
    )


def lock(code: str, period: Period) -> None:
    """One writer of the figures of an indicator and period; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"figures/{code}/{period.key}"]
        )


def fingerprint(tree: Fragment) -> int:
    """A number that changes when the tree changes."""
    found = fetch(_FINGERPRINT.format(tree=tree.sql), tree.params)
    return int(found[0][0])


def spans(indicator: Indicator, period: Period) -> list[tuple[Span, Window]]:
    """The windows an indicator is counted over: the period, and for a flow also since the plan began."""
    windows = [(Span.PERIOD, Window.of(period))]
    if indicator.nature == "flow":
        since = starts_on(indicator.code)
        first = min(since, period.opens_on) if since is not None else period.opens_on
        windows.append((Span.SINCE_START, Window.of(period, since=first)))
    return windows


@dataclass(frozen=True, slots=True)
class Count:
    """One counting of an indicator in a period over a tree, under the caller's lock."""

    indicator: Indicator
    period: Period
    tree: Fragment
    at: datetime
    freeze: bool = False
    kept: Fragment | None = None  # the frozen rows of the period, counted instead of the live ones

    def every(self) -> Refreshed:
        """All units."""
        return self._spans(None)

    def one(self, unit_id: int) -> Refreshed:
        """One unit and the sums above it."""
        return self._spans(unit_id)

    def _spans(self, unit_id: int | None) -> Refreshed:
        written = removed = read = 0
        for span, window in spans(self.indicator, self.period):
            counts = self._write(span, window, unit_id)
            written, removed = written + counts[0], removed + counts[1]
            read = counts[2] if span is Span.PERIOD else read
        return Refreshed(written, removed, read)

    def _write(self, span: Span, window: Window, unit_id: int | None) -> tuple[int, int, int]:
        source = self.kept if self.kept and span is Span.PERIOD else rows(self.indicator, window)
        only = "" if unit_id is None else " where unit_id = %(engine_unit)s"
        totals = _ALL if unit_id is None else _ONE
        among = "true" if unit_id is None else "o.unit_id in (select unit_id from up)"
        sql = (
            f"with r as (select * from ({source.sql}) as r{only}), tree as ({self.tree.sql}), "  # noqa: S608
            f"{totals}, {_WRITE.format(among=among)}"
        )
        written, removed, read = fetch(sql, source.params, self.tree.params, self._own_params(span, unit_id))[
            0
        ]
        return int(written), int(removed), int(read)

    def _own_params(self, span: Span, unit_id: int | None) -> dict[str, object]:
        return {
            "engine_code": self.indicator.code,
            "engine_period": self.period.key,
            "engine_span": span.value,
            "engine_at": self.at,
            "engine_version": self.indicator.version,
            "engine_freeze": self.freeze,
            "engine_unit": unit_id,
        }
