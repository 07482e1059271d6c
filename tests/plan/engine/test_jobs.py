"""From a record in a request to the figure: the job, its queue and a real worker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import cast

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app, django_connector

from dean06.core import clock
from dean06.core.access.scope import scoped, wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind
from dean06.plan import engine, jobs
from dean06.plan.engine.models import IndicatorRun
from dean06.plan.engine.touch import REFRESH_UNIT
from dean06.plan.models import Plan
from dean06.runtime import worker
from tests import server
from tests.core.access.probe import officer
from tests.core.units.trees import unit
from tests.plan.engine import things
from tests.plan.engine.things import FLOW, STOCK, Thing, open_period

pytestmark = pytest.mark.race
touch = sys.modules["dean06.plan.engine.touch"]  # the package exports the function of the same name
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def desk(race_probes: str) -> Iterator[tuple[int, int]]:
    """(province, desk) ids with one thing still to do."""
    with transaction.atomic(), wide("test"):
        top = unit("tinh", kind=Kind.PROVINCE)
        place = unit("mot-cua", kind=Kind.ONE_STOP_DESK, under=top)
        rebuild()
        things.store([Thing(0, LONG_AGO, None)], [place.pk])
    yield top.pk, place.pk
    clock.forget()


@contextmanager
def _request(desk: int) -> Iterator[None]:
    """As the web does it: one transaction, the bound role, the scope of an officer of the desk."""
    with transaction.atomic(), scoped(officer(desk)):
        yield


def _finish(desk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"update {things.TABLE} set done = %s where unit_id = %s", [LONG_AGO, desk])
    engine.touch(unit_id=desk, codes=[STOCK])


def _work() -> None:
    connector = cast(django_connector.DjangoConnector, app.connector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        asyncio.run(worker.run(worker_app, wait=False))


def _waiting() -> list[tuple[str, str | None]]:
    """Jobs that something asked for and that no worker has begun."""
    return [(name, lock) for name, lock, status in _unfinished() if status == "todo"]


def _unfinished() -> list[tuple[str, str | None, str]]:
    """Jobs that something asked for and that stay, failed ones too (a job that succeeds is deleted).

    The worker adds its periodic ones whenever their minute comes; they are not among these.
    """
    periodic = [task.task.name for task in app.periodic_registry.periodic_tasks.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "select task_name, queueing_lock, status::text from procrastinate_jobs"
            " where task_name <> all(%s) order by id",
            [periodic],
        )
        found: list[tuple[str, str | None, str]] = cursor.fetchall()
        return found


def _share(unit_id: int) -> tuple[int | None, int | None] | None:
    with transaction.atomic(), wide("test"):
        figure = engine.observation(STOCK, open_period(), unit_id)
        return None if figure is None else (figure.numerator, figure.denominator)


def test_a_record_moves_the_figure_of_its_unit_and_of_the_province(desk: tuple[int, int]) -> None:
    engine.refresh(STOCK, open_period())
    assert _share(desk[0]) == (0, 1)
    with _request(desk[1]):
        _finish(desk[1])
    assert len(_waiting()) == 1
    _work()
    assert _waiting() == []
    assert (_share(desk[0]), _share(desk[1])) == ((1, 1), (1, 1))


def test_a_rollback_asks_for_nothing(desk: tuple[int, int]) -> None:
    def refused() -> None:
        with _request(desk[1]):
            _finish(desk[1])
            raise RuntimeError("refused")

    with pytest.raises(RuntimeError, match="refused"):
        refused()
    assert _waiting() == []


def test_a_burst_makes_one_job_for_each_unit_and_indicator(desk: tuple[int, int]) -> None:
    for _ in range(20):
        with _request(desk[1]):
            engine.touch(unit_id=desk[1], codes=[STOCK, FLOW, STOCK])
    engine.touch(unit_id=desk[0], codes=[STOCK])
    assert _waiting() == [
        (REFRESH_UNIT, f"{REFRESH_UNIT}/{FLOW}/{desk[1]}"),
        (REFRESH_UNIT, f"{REFRESH_UNIT}/{STOCK}/{desk[1]}"),
        (REFRESH_UNIT, f"{REFRESH_UNIT}/{STOCK}/{desk[0]}"),
    ]


def test_a_shared_job_waits_for_everybody_who_asked_for_it(desk: tuple[int, int], race_db: str) -> None:
    """Otherwise it could run before the second record is committed, and that record would move nothing."""
    with _request(desk[1]):
        engine.touch(unit_id=desk[1], codes=[STOCK])
    with _request(desk[1]):
        _finish(desk[1])
        assert not _job_is_free(race_db)
        assert len(_waiting()) == 1
    _work()
    assert _share(desk[0]) == (1, 1)


def test_a_shared_job_that_is_not_held_could_run_too_early(
    desk: tuple[int, int], race_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touch, "_HOLD", touch._HOLD.replace("for share", ""))
    with _request(desk[1]):
        engine.touch(unit_id=desk[1], codes=[STOCK])
    with _request(desk[1]):
        _finish(desk[1])
        assert _job_is_free(race_db)


def _job_is_free(race_db: str) -> bool:
    """Whether a worker, which looks for a job to take, finds one."""
    with psycopg.connect(server.url(False, race_db)) as other:
        row = other.execute("select id from procrastinate_fetch_job_v2(null, null)").fetchone()
        return row is not None and row[0] is not None


def test_two_open_requests_do_not_wait_for_each_other(desk: tuple[int, int], race_db: str) -> None:
    name = f"touch/{REFRESH_UNIT}/{STOCK}/{desk[1]}"
    with psycopg.connect(server.url(False, race_db)) as other:
        other.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        with _request(desk[1]):
            _finish(desk[1])
    assert _waiting() == [(REFRESH_UNIT, None)]
    _work()
    assert _share(desk[0]) == (1, 1)


def test_a_late_record_also_moves_a_closed_period_that_is_not_frozen(desk: tuple[int, int]) -> None:
    closed, frozen = open_period().previous(), open_period().previous().previous()
    engine.refresh(STOCK, closed)
    engine.freeze(frozen)
    with _request(desk[1]):
        _finish(desk[1])
    _work()
    with transaction.atomic(), wide("test"):
        figures = [engine.observation(STOCK, period, desk[0]) for period in (frozen, closed)]
    assert [figure.numerator for figure in figures if figure] == [0, 1]


def test_a_job_of_an_indicator_that_is_gone_ends_quietly(desk: tuple[int, int]) -> None:
    engine.touch(unit_id=desk[1], codes=["probe.gone"])
    engine.touch_all(["probe.gone"])
    _work()
    assert _unfinished() == []


def test_touching_everything_counts_every_unit(desk: tuple[int, int]) -> None:
    engine.touch_all([STOCK, FLOW])
    engine.touch_all([STOCK])
    assert len(_waiting()) == 2
    _work()
    assert _share(desk[0]) == (0, 1)


def _plan(starts_on: date) -> None:
    with transaction.atomic(), wide("test"):
        Plan.objects.create(
            code="thu",
            starts_on=starts_on,
            opens_day=15,
            due_before_day=15,
            loaded_at=clock.now(),
            **dict.fromkeys(("title_vi", "title_en", "symbol", "issued_text", "issuer_vi"), "thử"),
        )


def _day(day: date) -> None:
    with transaction.atomic(), wide("test"):
        clock.set_business_date(day)


def test_periods_are_frozen_after_their_days_of_grace(desk: tuple[int, int]) -> None:
    _plan(date(2023, 6, 15))
    _day(date(2023, 9, 19))
    assert [period.key for period in jobs.periods_to_freeze()] == ["2023-07", "2023-08"]
    _day(date(2023, 9, 20))
    assert [period.key for period in jobs.periods_to_freeze()] == ["2023-07", "2023-08", "2023-09"]
    jobs.freeze_due(timestamp=0)
    assert jobs.periods_to_freeze() == ()
    with transaction.atomic(), wide("test"):
        assert IndicatorRun.objects.filter(frozen_at__isnull=False).count() == 6


def test_the_days_of_grace_are_a_dated_rule(desk: tuple[int, int]) -> None:
    from dean06.core.rules.models import Rule

    _plan(date(2023, 6, 15))
    with transaction.atomic(), wide("test"):
        Rule.objects.create(code=jobs.FREEZE_RULE, value=60, citation="quy tắc thử")
    _day(date(2023, 9, 20))
    assert [period.key for period in jobs.periods_to_freeze()] == ["2023-07"]


def test_without_a_plan_nothing_is_frozen(desk: tuple[int, int]) -> None:
    assert jobs.periods_to_freeze() == ()


def test_every_hour_everything_is_counted(desk: tuple[int, int]) -> None:
    jobs.refresh_open(timestamp=0)
    assert _share(desk[0]) == (0, 1)
    with transaction.atomic(), wide("test"):
        run = IndicatorRun.objects.get(indicator=FLOW, period=open_period().key)
    assert clock.now() - run.computed_at < timedelta(minutes=1)


def test_the_worker_knows_the_periodic_work() -> None:
    known = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert {"plan.refresh_open", "plan.freeze_due", "plan.remove_old_jobs"} <= set(known)
