"""Background work of the plan: figures counted after a record, every hour in full, and periods frozen.

Run by the worker process, which also caps how many jobs run at once and puts jobs of a killed worker back
(dean06.runtime.worker). Every task may be repeated: it counts from the records as they stand.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import OperationalError, transaction
from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.errors import NotFound
from dean06.core.rules import rule
from dean06.plan import engine
from dean06.plan.engine.calendar import first_period
from dean06.plan.engine.models import IndicatorRun
from dean06.plan.engine.touch import QUEUE, REFRESH_ALL, REFRESH_UNIT
from dean06.plan.periods import Period, until

FREEZE_RULE: Final = "plan.freeze_after_days"
#: Days after the cut-off when a plan has no rule of its own: reports go out within two working days of the
#: closing (Nghị định 09/2019/NĐ-CP as provinces apply it), and a week-end may lie between.
DEFAULT_FREEZE_AFTER_DAYS: Final = 5
_ATTEMPTS: Final = 3
_OLD_JOBS_HOURS: Final = 30 * 24

_log = logging.getLogger(__name__)


def unfrozen_periods(code: str) -> tuple[Period, ...]:
    """The running period, and the closed ones of the indicator whose figures may still change."""
    running = Period.containing(clock.today())
    with transaction.atomic(), wide("runs carry no unit"):
        keys = IndicatorRun.objects.filter(indicator=code, frozen_at__isnull=True, period__lt=running.key)
        first = first_period()
        if first is not None:  # a period before the plan is never frozen and need not be counted again
            keys = keys.filter(period__gte=first.key)
        closed = [Period.parse(key) for key in keys.order_by("period").values_list("period", flat=True)]
    return (*closed, running)


def freeze_on(period: Period) -> bool:
    """Whether the figures of a closed period are due to be frozen: some days after its cut-off."""
    try:
        days = int(rule(FREEZE_RULE, period.cutoff))
    except NotFound:
        days = DEFAULT_FREEZE_AFTER_DAYS
    return clock.now() >= period.end + timedelta(days=days)


def _persist(work: Callable[[], object]) -> None:
    """Try again after a deadlock or a lost connection. Not left to the queue: a job that goes back to waiting
    would collide with the one that a later record has queued meanwhile."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            work()
        except OperationalError:
            if attempt == _ATTEMPTS:
                raise
            _log.warning("figures not refreshed, attempt %s", attempt, exc_info=True)
            time.sleep(attempt)
        else:
            return


@app.task(name=REFRESH_UNIT, queue=QUEUE)
def refresh_unit(*, code: str, unit_id: int, correlation: str = "") -> None:  # noqa: ARG001 - for the log
    """Count an indicator anew for one unit and those above it, in every period that is not frozen."""
    if not engine.is_registered(code):
        _log.warning("indicator %s is no longer registered", code)
        return
    for period in unfrozen_periods(code):
        _persist(lambda period=period: engine.refresh(code, period, unit_id))  # type: ignore[misc]


@app.task(name=REFRESH_ALL, queue=QUEUE)
def refresh_indicator(*, code: str, correlation: str = "") -> None:  # noqa: ARG001 - for the log
    """Count an indicator anew for all units, in every period that is not frozen."""
    if not engine.is_registered(code):
        _log.warning("indicator %s is no longer registered", code)
        return
    for period in unfrozen_periods(code):
        _persist(lambda period=period: engine.refresh(code, period))  # type: ignore[misc]


@app.periodic(cron="12 * * * *")
@app.task(name="plan.refresh_open", queue=QUEUE, queueing_lock="plan.refresh_open")
def refresh_open(timestamp: int) -> None:  # noqa: ARG001 - every periodic task is given its time
    """Hourly: everything anew, so that no forgotten request lasts longer (records that came of age, units
    that opened or closed)."""
    for indicator in engine.every():
        refresh_indicator(code=indicator.code)


@app.periodic(cron="*/15 * * * *")
@app.task(name="plan.freeze_due", queue=QUEUE, queueing_lock="plan.freeze_due")
def freeze_due(timestamp: int) -> None:  # noqa: ARG001
    """Freeze the closed periods of the plan whose days of grace are over."""
    for period in periods_to_freeze():
        codes = engine.freeze(period)
        _log.info("froze %s: %s indicators", period, len(codes))


def periods_to_freeze() -> tuple[Period, ...]:
    """Closed periods since the plan began that are due and have an indicator not frozen yet."""
    codes = {indicator.code for indicator in engine.every()}
    with transaction.atomic(), wide("closing a period concerns every unit"):
        first = first_period()
        if first is None or not codes:
            return ()
        closed = until(first, Period.containing(clock.today()).previous())
        frozen = set(
            IndicatorRun.objects.filter(
                indicator__in=codes, frozen_at__isnull=False, period__gte=first.key
            ).values_list("period", "indicator")
        )
        return tuple(
            period
            for period in closed
            if any((period.key, code) not in frozen for code in codes) and freeze_on(period)
        )


@app.periodic(cron="41 3 * * *")
@app.task(name="plan.remove_old_jobs", queue=QUEUE, queueing_lock="plan.remove_old_jobs", pass_context=True)
async def remove_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Nightly: forget finished and failed jobs older than a month."""
    await builtin_tasks.remove_old_jobs(context, max_hours=_OLD_JOBS_HOURS, remove_failed=True)
