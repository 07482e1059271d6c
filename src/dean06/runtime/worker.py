"""The process that runs background jobs (`python -m dean06.runtime.worker`).

A killed worker leaves its job marked as running: jobs whose worker has not sent a heartbeat are put back
in the queue at the start and then regularly.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

import django
import psycopg
from procrastinate import App, JobContext, exceptions, jobs
from procrastinate.worker import Worker

from dean06.core import correlation
from dean06.runtime import outgoing
from dean06.runtime.process import exit_after_parent

CONCURRENCY = 2  # jobs at once: they share two cores with the web server
HEARTBEAT = 5.0  # seconds between signs of life
STALLED_AFTER = 15.0  # seconds without one
RESCUE_EVERY = 10.0  # seconds
ORPHANED = 5.0  # seconds to end in after the program that started the worker was killed
STRUCK_OFF = "procrastinate_jobs_worker_id_fkey"  # what a job breaks that names a worker no longer listed
MOST_ATTEMPTS = 5  # a job that keeps killing its worker is given up

_log = logging.getLogger("dean06.worker")


async def rescue(app: App) -> int:
    """Put the jobs of dead workers back in the queue; returns how many."""
    count = 0
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        if job.attempts >= MOST_ATTEMPTS:
            _log.error("job %s (%s) killed its worker %s times", job.id, job.task_name, job.attempts)
            await manager.finish_job(job, jobs.Status.FAILED, delete_job=False)
            continue
        try:
            await manager.retry_job(job)
        except exceptions.UniqueViolation:  # the same work is queued again already
            await manager.finish_job(job, jobs.Status.FAILED, delete_job=False)
        else:
            count += 1
    return count


async def _keep_rescuing(app: App) -> None:
    while True:
        try:
            await rescue(app)
        except exceptions.ConnectorException as error:
            _log.warning("stalled jobs not looked at: %s", error)
        await asyncio.sleep(RESCUE_EVERY)


async def _correlated(call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker) -> Any:
    """Every line of a job carries its number and the id of the request that asked for it."""
    with correlation.of_job(int(context.job.id or 0), context.job.task_kwargs):
        return await call_next()


def passes(error: exceptions.ConnectorException) -> bool:
    """Whether a worker that begins anew may fetch the same job.

    PostgreSQL gave the statement up for another's sake (SQLSTATE class 40); or this worker was silent for
    `STALLED_AFTER` (a paused machine) and another struck it off, so that it may take no job in its old name.
    """
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        return False
    return (cause.sqlstate or "").startswith("40") or cause.diag.constraint_name == STRUCK_OFF


async def run(app: App, *, wait: bool = True) -> None:
    """Run jobs until told to stop (SIGTERM), or until the queue is empty when `wait` is False.

    An error that `passes` while a job is fetched ends procrastinate's worker but not this one: nothing was
    taken yet.
    """
    async with app.open_async():
        watcher = asyncio.create_task(_keep_rescuing(app))
        try:
            while not await _ran(app, wait):
                await asyncio.sleep(0.1)
        finally:
            watcher.cancel()


async def _ran(app: App, wait: bool) -> bool:
    """One worker's life; False when it ended by an error that passes."""
    try:
        await app.run_worker_async(
            name="dean06",
            wait=wait,
            concurrency=CONCURRENCY,
            delete_jobs=jobs.DeleteJobCondition.SUCCESSFUL,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED_AFTER,
            shutdown_graceful_timeout=20.0,
            worker_middleware=[_correlated],
        )
    except exceptions.ConnectorException as error:
        if not passes(error):
            raise
        _log.warning("jobs are fetched anew after: %s", type(error.__cause__).__name__)
        return False
    return True


def main() -> None:
    """Set Django up and run jobs."""
    exit_after_parent(ORPHANED)
    outgoing.enforce()
    django.setup()
    from procrastinate.contrib.django import app, django_connector

    connector = cast(django_connector.DjangoConnector, app.connector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        asyncio.run(run(worker_app))


if __name__ == "__main__":
    main()
