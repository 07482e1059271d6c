"""Refreshes at the same time give the figures of refreshes one after the other; and the test can fail."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind
from dean06.plan import engine
from dean06.plan.engine import compute
from dean06.plan.engine.models import IndicatorRun, Observation
from dean06.plan.periods import Period
from tests.core.units.trees import unit
from tests.plan.engine import things
from tests.plan.engine.things import STOCK, TABLE, Thing

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("race_probes")]
SEPTEMBER = Period(2023, 9)
BORN, DONE = date(2023, 1, 1), date(2023, 9, 1)


def _province(communes: int) -> list[int]:
    with transaction.atomic(), wide("test"):
        top = unit("tinh", kind=Kind.PROVINCE)
        ids = [top.pk, *(unit(f"xa-{i}", under=top).pk for i in range(communes))]
        rebuild()
        things.store([Thing(i, BORN, None) for i in range(1, communes + 1)], ids)
        engine.refresh(STOCK, SEPTEMBER)
    return ids


def _finish(unit_id: int) -> None:
    with transaction.atomic(), wide("test"), connection.cursor() as cursor:
        cursor.execute(f"update {TABLE} set done = %s where unit_id = %s", [DONE, unit_id])


def _figures() -> dict[int, tuple[int, int]]:
    with transaction.atomic(), wide("test"):
        found = Observation.objects.filter(indicator=STOCK).values_list("unit_id", "numerator", "denominator")
        return {unit_id: (n, d) for unit_id, n, d in found}


def _own_connection(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connection.close()


def _two_at_once(ids: list[int]) -> int:
    """Two units' records are done; the second refresh begins while the first has not committed yet."""
    _finish(ids[1])
    _finish(ids[2])
    ready, second = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            engine.refresh(STOCK, SEPTEMBER, ids[1])
            ready.set()
            second.wait(5)

    def other() -> None:
        ready.wait(5)
        # It can only end after the first commits: either it waits for the lock or for the province's row.
        threading.Timer(0.5, second.set).start()
        engine.refresh(STOCK, SEPTEMBER, ids[2])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_own_connection, work) for work in (first, other)]:
            done.result(30)
    return _figures()[ids[0]][0]


def test_two_small_refreshes_at_once_lose_nothing() -> None:
    assert _two_at_once(_province(2)) == 2


def test_without_the_lock_one_of_them_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = _province(2)
    monkeypatch.setattr(compute, "lock", lambda _code, _period: None)
    assert _two_at_once(ids) == 1


def test_many_refreshes_at_once_equal_one_count_of_all() -> None:
    ids = _province(12)
    order = random.Random(6).sample(ids[1:], 12)

    def work(unit_id: int) -> None:
        _finish(unit_id)
        engine.refresh(STOCK, SEPTEMBER, unit_id if unit_id % 3 else None)

    with ThreadPoolExecutor(6) as pool:
        waiting: list[Future[None]] = [
            pool.submit(_own_connection, lambda unit_id=unit_id: work(unit_id))  # type: ignore[misc]
            for unit_id in order
        ]
        for done in waiting:
            done.result(60)
    before = _figures()
    assert before[ids[0]] == (12, 12)
    engine.refresh(STOCK, SEPTEMBER)
    assert _figures() == before


def test_a_refresh_and_a_freeze_at_once_leave_a_frozen_period_consistent() -> None:
    ids = _province(8)

    def work(unit_id: int) -> None:
        _finish(unit_id)
        engine.refresh(STOCK, SEPTEMBER, unit_id)

    with ThreadPoolExecutor(4) as pool:
        waiting = [
            pool.submit(_own_connection, lambda unit_id=unit_id: work(unit_id))  # type: ignore[misc]
            for unit_id in ids[1:]
        ]
        waiting.append(pool.submit(_own_connection, lambda: engine.freeze(SEPTEMBER)))
        for done in waiting:
            done.result(60)
    with transaction.atomic(), wide("test"):
        assert IndicatorRun.objects.get(indicator=STOCK).frozen_at is not None
        frozen = engine.explain(STOCK, SEPTEMBER, ids[0]).then
        rows = engine.evidence(STOCK, SEPTEMBER, ids[0])
        assert (rows.frozen, rows.total) == (True, frozen.numerator)
        assert _figures()[ids[0]] == (frozen.numerator, 8)
