"""Correlation ids, lines of the log, metrics and readiness: what they tell and what they never tell."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from dean06.config import health
from dean06.config.logs import JsonFormatter, ValueFreeFormatter
from dean06.core import clock, correlation
from dean06.core.operations import queries
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World
from tests.runtime.tokens import fresh


@pytest.fixture
def world(db: None) -> World:
    from django.db import transaction

    from dean06.core.access.scope import wide

    with transaction.atomic(), wide("test"):
        return worlds.build()


def line(record: logging.LogRecord) -> dict[str, Any]:
    return dict(json.loads(JsonFormatter().format(record)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("trace-abc.12_3", True),
        ("short", False),
        ("x" * 65, False),
        ("bad id with spaces", False),
        ("abc\u00e9defgh", False),
        ("user-024099001234", False),
        ("", False),
    ],
)
def test_only_a_well_formed_id_is_taken_over(sent: str, kept: bool) -> None:
    answer = Client().get("/health", headers={"x-request-id": sent})
    got = answer.headers["X-Request-ID"]
    assert (got == sent) is kept
    assert correlation.accepted(got) == got
    assert correlation.current() == ""


def test_a_request_leaves_one_line_without_its_address(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="dean06.access"):
        answer = world.client("officer").get(
            f"/p0/diem/{world.desk.pk}?q=Nguyen+Van+Kin", headers={"x-request-id": "trace-one"}
        )
    assert answer.status_code == 200
    told = [line(record) for record in caplog.records if record.name == "dean06.access"]
    assert len(told) == 1
    assert told[0]["route"] == "guidance:point"
    assert told[0]["status"] == 200
    assert told[0]["actor"] == world.actor("officer").user_id
    assert told[0]["roles"]
    assert told[0]["milliseconds"] > 0
    text = json.dumps(told)
    assert "Nguyen" not in text
    assert "/diem/" not in text


def test_a_json_line_carries_the_id_and_no_value() -> None:
    try:
        raise DatabaseError("null value\nDETAIL:  Failing row contains (1, Nguyễn Văn Kín).")
    except DatabaseError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, "f", 1, "went wrong", (), sys.exc_info())
    record.job = {"task_kwargs": {"name": "Nguyễn Văn Kín"}}  # what procrastinate adds
    with correlation.bound("job-17"):
        text = JsonFormatter().format(record)
    assert json.loads(text)["correlation"] == "job-17"
    assert "null value" in json.loads(text)["exception"]
    assert "Kín" not in text
    assert "\n" not in text


def test_metrics_count_by_the_name_of_the_route(world: World) -> None:
    world.client("officer").get(f"/p0/diem/{world.desk.pk}")
    text = Client().get("/metrics").content.decode()
    assert 'dean06_requests_total{method="GET",route="guidance:point",status="200"}' in text
    assert f"/diem/{world.desk.pk}" not in text
    for name in ("dean06_database_connections", "dean06_log_links", "dean06_disk_free_bytes"):
        assert f"\n{name} " in text


@pytest.mark.django_db
def test_waiting_and_failed_jobs_show_with_their_age() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, scheduled_at) values"
            " ('figures', 'a', 'todo', now() - interval '90 seconds'),"
            " ('figures', 'b', 'todo', now() + interval '1 hour'), ('figures', 'c', 'failed', null)"
        )
    found = {(queue.name, queue.status): queue for queue in queries.queues()}
    assert found["figures", "todo"].count == 1, "a job planned for later does not wait"
    assert 89 < found["figures", "todo"].oldest < 120
    text = Client().get("/metrics").content.decode()
    assert 'dean06_jobs{queue="figures",state="failed"} 1.0' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "proxies", "status"),
    [
        ("127.0.0.1", {}, 0, 200),
        ("::1", {}, 0, 200),
        ("10.0.0.9", {}, 0, 403),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 0, 403),
        ("127.0.0.1", {}, 1, 403),
        ("10.0.0.9", {"authorization": "Bearer right-token"}, 1, 200),
        ("10.0.0.9", {"authorization": "Bearer wrong-token"}, 1, 403),
        ("10.0.0.9", {"authorization": "Bearer "}, 1, 403),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(
    settings: Any, address: str, headers: dict[str, str], proxies: int, status: int
) -> None:
    settings.METRICS_TOKEN = fresh("right-token")
    settings.PROXIES = proxies
    answer = Client(headers=headers).get("/metrics", REMOTE_ADDR=address)
    assert answer.status_code == status
    assert (b"dean06" in answer.content) is (status == 200)


@pytest.mark.django_db
def test_without_a_token_an_empty_one_opens_nothing(settings: Any) -> None:
    settings.METRICS_TOKEN = fresh("")
    answer = Client(headers={"authorization": "Bearer "}).get("/metrics", REMOTE_ADDR="10.0.0.9")
    assert answer.status_code == 403


@pytest.mark.django_db
def test_ready_names_what_is_missing(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    fine = {"database": True, "migrated": True, "worker": True, "disk": True}
    assert Client().get("/ready").json()["checks"] == fine | {"worker": False}
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now())")
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": fine})
    monkeypatch.setattr(queries, "disk", lambda: queries.Disk(1, 2))
    assert Client().get("/ready").json()["checks"] == fine | {"disk": False}
    monkeypatch.setattr(health, "_is_migrated", lambda: False)
    assert Client().get("/ready").status_code == 503
    assert Client().get("/health").json() == {"status": "not migrated"}


@pytest.mark.django_db
def test_a_silent_worker_is_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (%s)",
            [clock.machine_now() - timedelta(minutes=1)],
        )
    assert Client().get("/ready").json()["checks"]["worker"] is False


@pytest.mark.django_db
def test_what_django_says_of_a_request_has_no_path(caplog: pytest.LogCaptureFixture) -> None:
    Client(raise_request_exception=False).post("/health")
    Client().get("/khong-co/Nguyen-Van-Kin")
    told = [record for record in caplog.records if record.name == "django.request"]
    assert len(told) == 2
    for formatter in (JsonFormatter(), ValueFreeFormatter("%(message)s")):
        text = "".join(formatter.format(record) for record in told)
        assert "Kin" not in text
        assert "/health" not in text
        assert "health" in text
