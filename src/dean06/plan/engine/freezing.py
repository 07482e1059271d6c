"""Closing a period: its rows, its tree and its figures are kept as they are, for good."""

from __future__ import annotations

import time

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict
from dean06.plan.engine import registry
from dean06.plan.engine.compute import Count, fingerprint, lock, record_run
from dean06.plan.engine.definition import Indicator, Window
from dean06.plan.engine.fragment import fetch, frozen_rows, frozen_tree, live_tree, rows
from dean06.plan.engine.models import FrozenTree, IndicatorRun
from dean06.plan.periods import Period

_KEEP_TREE = """
insert into plan_frozen_tree (period, ancestor_id, descendant_id, depth)
select %(engine_period)s, ancestor_id, descendant_id, depth from ({tree}) as tree
"""
_KEEP_ROWS = """
insert into plan_frozen_row (indicator, period, unit_id, subject, label, met, at)
select %(engine_code)s, %(engine_period)s, r.unit_id, r.subject, r.label, r.met, r.at
from ({rows}) as r
where exists (select from ({tree}) as t where t.descendant_id = r.unit_id)
"""


def freeze(period: Period, *, actor: Actor | None = None) -> tuple[str, ...]:
    """Freeze every registered indicator of a closed period; returns the codes frozen now.

    Indicators frozen before are left alone, so this may be repeated. The figures are counted from the rows
    that are kept, over the tree that is kept: they agree by construction. Raises Conflict while the period
    is still running.
    """
    if clock.now() < period.end:
        raise Conflict(
            _("Kỳ %(period)s còn đang mở đến hết ngày %(day)s, chưa thể chốt số liệu.")
            % {"period": period.key, "day": f"{period.cutoff:%d/%m/%Y}"}
        )
    done: list[str] = []
    with transaction.atomic(), wide("closing a period concerns every unit"):
        _keep_tree(period)
        for indicator in registry.every():
            lock(indicator.code, period)
            if _freeze_one(indicator, period):
                done.append(indicator.code)
        if done:
            audit.record(
                actor=actor or system_actor("chốt số liệu"),
                action="freeze",
                object_type="period",
                object_id=period.key,
                unit_id=None,
                detail={"indicators": done},
            )
    return tuple(done)


def is_frozen(code: str, period: Period) -> bool:
    """Whether the indicator's figures of the period are closed."""
    return IndicatorRun.objects.filter(indicator=code, period=period.key, frozen_at__isnull=False).exists()


def _keep_tree(period: Period) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tree/{period.key}"])
    if not FrozenTree.objects.filter(period=period.key).exists():
        tree = live_tree(period.cutoff)
        fetch(_KEEP_TREE.format(tree=tree.sql), tree.params, {"engine_period": period.key})


def _freeze_one(indicator: Indicator, period: Period) -> bool:
    began = time.monotonic()
    run = IndicatorRun.objects.filter(indicator=indicator.code, period=period.key).first()
    if run is not None and run.frozen_at is not None:
        return False
    tree = frozen_tree(period.key)
    source = rows(indicator, Window.of(period))
    names = {"engine_code": indicator.code, "engine_period": period.key}
    fetch(_KEEP_ROWS.format(rows=source.sql, tree=tree.sql), source.params, tree.params, names)
    kept = frozen_rows(indicator.code, period.key)
    count = Count(indicator, period, tree, clock.now(), freeze=True, kept=kept)
    done = count.every()
    record_run(count, done, fingerprint(tree), round((time.monotonic() - began) * 1000))
    return True
