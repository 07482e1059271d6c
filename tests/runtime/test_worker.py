"""Jobs of a worker that was killed are done by the next one."""

from __future__ import annotations

import asyncio
from typing import cast

import psycopg
import pytest
from django.db import connection
from procrastinate import App, exceptions
from procrastinate.contrib.django import app, django_connector
from tests import server

from dean06.runtime import worker

pytestmark = pytest.mark.race


def rescue() -> int:
    async def once(opened: App) -> int:
        async with opened.open_async():
            return await worker.rescue(opened)

    connector = cast(django_connector.DjangoConnector, app.connector)
    with app.replace_connector(connector.get_worker_connector()) as opened:
        return asyncio.run(once(opened))


def job(*, status: str, attempts: int, heartbeat: str | None, queueing_lock: str | None = None) -> int:
    """A job; with a heartbeat, one that a worker holds whose last sign of life is that long ago."""
    with connection.cursor() as cursor:
        holder = None
        if heartbeat:
            cursor.execute(
                "insert into procrastinate_workers (last_heartbeat) "
                "values (now() - %s::interval) returning id",
                [heartbeat],
            )
            (holder,) = cursor.fetchone() or (None,)
        cursor.execute(
            "insert into procrastinate_jobs "
            "(queue_name, task_name, status, attempts, worker_id, queueing_lock) "
            "values ('default', 'some.task', %s, %s, %s, %s) returning id",
            [status, attempts, holder, queueing_lock],
        )
        return int((cursor.fetchone() or (0,))[0])


def status(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status from procrastinate_jobs where id = %s", [job_id])
        return str((cursor.fetchone() or ("gone",))[0])


@pytest.mark.usefixtures("race_db")
def test_a_job_of_a_dead_worker_goes_back_and_one_of_a_living_worker_stays() -> None:
    dead = job(status="doing", attempts=0, heartbeat="1 hour")
    alive = job(status="doing", attempts=0, heartbeat="1 second")
    assert rescue() == 1
    assert (status(dead), status(alive)) == ("todo", "doing")


@pytest.mark.usefixtures("race_db")
def test_a_job_that_keeps_killing_its_worker_is_given_up() -> None:
    deadly = job(status="doing", attempts=worker.MOST_ATTEMPTS, heartbeat="1 hour")
    assert rescue() == 0
    assert status(deadly) == "failed"


@pytest.mark.usefixtures("race_db")
def test_work_that_is_queued_again_already_is_not_doubled() -> None:
    old = job(status="doing", attempts=0, heartbeat="1 hour", queueing_lock="refresh")
    new = job(status="todo", attempts=0, heartbeat=None, queueing_lock="refresh")
    assert rescue() == 0
    assert (status(old), status(new)) == ("failed", "todo")


def fail_first_fetch(database: str, sqlstate: str) -> None:
    """Let the first job that is taken fail in PostgreSQL itself; a sequence outlives the rollback."""
    with psycopg.connect(server.url(True, database), autocommit=True) as owner:
        owner.execute("create sequence first_fetch; grant usage on sequence first_fetch to dean06_app")
        owner.execute(
            "create function give_up() returns trigger language plpgsql as $$ begin"
            " if new.status = 'doing' and nextval('first_fetch') = 1 then"
            f" raise exception 'given up' using errcode = '{sqlstate}'; end if; return new; end $$".encode()
        )
        owner.execute(
            "create trigger give_up before update on procrastinate_jobs"
            " for each row execute function give_up()"
        )


def strike_off_at_first_fetch(database: str) -> None:
    """Let the worker be forgotten while it takes its first job, as by another that found it silent."""
    with psycopg.connect(server.url(True, database), autocommit=True) as owner:
        owner.execute("create sequence first_fetch; grant usage on sequence first_fetch to dean06_app")
        owner.execute(
            "create function strike_off() returns trigger language plpgsql as $$ begin"
            " if new.status = 'doing' and nextval('first_fetch') = 1 then"
            " delete from procrastinate_workers where id = new.worker_id; end if; return new; end $$"
        )
        owner.execute(
            "create trigger strike_off before update on procrastinate_jobs"
            " for each row execute function strike_off()"
        )


def work() -> None:
    """One worker until the queue is empty."""
    connector = cast(django_connector.DjangoConnector, app.connector)
    with app.replace_connector(connector.get_worker_connector()) as opened:
        asyncio.run(worker.run(opened, wait=False))


def test_a_deadlock_while_a_job_is_fetched_does_not_end_the_worker(race_db: str) -> None:
    waiting = job(status="todo", attempts=0, heartbeat=None)
    fail_first_fetch(race_db, "40P01")
    work()
    assert status(waiting) == "failed", "it was taken in the end; nobody knows its task"


def test_a_worker_that_was_struck_off_goes_on_under_a_new_name(race_db: str) -> None:
    waiting = job(status="todo", attempts=0, heartbeat=None)
    strike_off_at_first_fetch(race_db)
    work()
    assert status(waiting) == "failed", "it was taken in the end; nobody knows its task"


def test_any_other_error_of_the_database_ends_it(race_db: str) -> None:
    waiting = job(status="todo", attempts=0, heartbeat=None)
    fail_first_fetch(race_db, "XX000")
    with pytest.raises(exceptions.ConnectorException):
        work()
    assert status(waiting) == "todo"
