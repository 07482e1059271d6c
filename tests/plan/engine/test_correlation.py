"""The id of a request reaches the jobs it asks for, and stands in their lines beside the job's number."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from dean06.config.logs import JsonFormatter
from dean06.core import correlation
from dean06.plan import engine
from tests.plan.engine.test_jobs import _request, _work, desk
from tests.plan.engine.things import STOCK

__all__ = ["desk"]
pytestmark = pytest.mark.race
NAME = "request-of-an-officer"
GONE = "probe.gone"  # an indicator that nobody registered: its job says so in a line


@contextmanager
def lines(logger: str) -> Iterator[list[dict[str, object]]]:
    """What this logger writes meanwhile, as an installation writes it."""
    found: list[dict[str, object]] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(JsonFormatter().format(record)))

    room, keeper = logging.getLogger(logger), Keeper()
    level = room.level
    room.addHandler(keeper)
    room.setLevel(logging.INFO)
    try:
        yield found
    finally:
        room.removeHandler(keeper)
        room.setLevel(level)


def _ask(desk: tuple[int, int], name: str, code: str) -> list[dict[str, object]]:
    with lines("dean06.plan.engine.touch") as told, correlation.bound(name), _request(desk[1]):
        engine.touch(unit_id=desk[1], codes=[code])
    return told


def test_the_lines_of_a_job_carry_its_number_and_the_id_of_the_request(desk: tuple[int, int]) -> None:
    (asked,) = _ask(desk, NAME, GONE)
    number = re.search(r"\d+", str(asked["message"]))
    assert number is not None
    assert (asked["correlation"], "job" in asked) == (NAME, False)
    with lines("dean06.plan.jobs") as told:
        _work()
    assert [(line["correlation"], line["job"]) for line in told] == [(NAME, int(number[0]))]


def test_a_job_that_no_request_asked_for_has_an_id_of_its_own(desk: tuple[int, int]) -> None:
    with _request(desk[1]):
        engine.touch(unit_id=desk[1], codes=[GONE])
    with lines("dean06.plan.jobs") as told:
        _work()
    assert [line["correlation"] for line in told] == [f"job-{line['job']}" for line in told] != []


def test_a_request_that_shares_a_waiting_job_names_it(desk: tuple[int, int]) -> None:
    (first,) = _ask(desk, NAME, STOCK)
    (second,) = _ask(desk, "request-of-another", STOCK)
    assert second["correlation"] == "request-of-another"
    assert re.findall(r"\d+", str(first["message"])) == re.findall(r"\d+", str(second["message"]))
    with connection.cursor() as cursor:
        cursor.execute("select args ->> 'correlation' from procrastinate_jobs where task_name like 'plan.%'")
        assert cursor.fetchall() == [(NAME,)]


def test_an_id_that_is_none_is_not_taken_over(desk: tuple[int, int]) -> None:
    with correlation.of_job(7, {"correlation": "forged\nline"}) as name:
        assert (name, correlation.job()) == ("job-7", 7)
    assert correlation.job() is None
