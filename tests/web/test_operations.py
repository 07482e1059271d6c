"""The page of operations: for system administrators, with failed jobs to be done again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client

from dean06.core import clock
from dean06.core.access.models import Grant, Role
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.operations import queries
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World
from tests.runtime.tokens import fresh

PAGE = "/van-hanh/"


@pytest.fixture
def world(db: None) -> World:
    with transaction.atomic(), wide("test"):
        made = worlds.build()
        Grant.objects.filter(user=made.users["leader"]).update(role=Role.SYSTEM_ADMINISTRATOR)
        return made


def failed(lock: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, attempts, args, queueing_lock)"
            """ values ('figures', 'plan.refresh', 'failed', 3, '{"name": "Nguyễn Văn Kín"}', %s)"""
            " returning id",
            [lock],
        )
        return int(cursor.fetchone()[0])


def status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where id = %s", [job])
        return str(cursor.fetchone()[0])


def page(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_tells_how_things_stand(world: World, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    failed()
    client = world.client("leader")
    text = page(client)
    assert "Chưa có bản sao lưu nào" in text
    assert "Bộ chạy việc nền không hoạt động" in text
    assert "plan.refresh" in text
    assert "PostgreSQL" in text
    assert "Kín" not in text, "what a job was given is not shown"
    note = '{"at": "2026-01-02T03:04:05+00:00", "bytes": 5000, "encrypted": true, "verified": true}'
    (tmp_path / "backup.json").write_text(note)
    assert "Đã khôi phục thử thành công" in page(client)
    assert "plan.refresh" in page(client, PAGE + "?export=csv")
    assert "figures" in page(client, PAGE + "?h-export=csv")


@pytest.mark.parametrize(
    ("minutes", "hours", "problem", "told"),
    [
        (1, 1, "", []),
        (6, 1, "", ["quá 5 phút chưa lưu thêm WAL"]),
        (1, 49, "", ["quá 48 giờ chưa có bản nền mới"]),
        (1, 1, "No space <left>", ["Lý do: No space &lt;left&gt;"]),
    ],
)
def test_an_archive_that_falls_behind_is_told(
    world: World, minutes: int, hours: int, problem: str, told: list[str]
) -> None:
    assert "Chưa bật lưu WAL liên tục" in page(world.client("leader")), "this server archives nothing"
    now, age = clock.machine_now(), timedelta(minutes=minutes)
    found = queries.Archive(now - age, age, False, now - timedelta(hours=hours), 5000, problem)
    with patch.object(queries, "archive", return_value=found):
        text = page(world.client("leader"))
        figures = world.client("leader").get("/metrics").content.decode()
    assert "Bản nền gần nhất" in text
    assert [words for words in told if words not in text] == []
    assert ("Cảnh báo" in text) is (minutes > 5 or hours > 48)
    assert f"dean06_archive_well {float(not told)}" in figures
    assert f"dean06_wal_archived_age_seconds {minutes * 60.0}" in figures


def test_a_failed_job_is_put_back_and_the_log_says_who(world: World) -> None:
    job = failed()
    answer = world.client("leader").post(f"{PAGE}chay-lai/{job}")
    assert answer.status_code == 302
    assert status(job) == "todo"
    with transaction.atomic(), wide("test"):
        entry = AuditEntry.objects.get(action="operations.retry_job")
    assert (entry.object_id, entry.detail["task"]) == (str(job), "plan.refresh")
    again = world.client("leader").post(f"{PAGE}chay-lai/{job}")
    assert again.status_code == 404


def test_work_that_waits_already_is_not_doubled(world: World) -> None:
    job = failed(lock="same")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, queueing_lock)"
            " values ('figures', 'plan.refresh', 'todo', 'same')"
        )
    answer = world.client("leader").post(f"{PAGE}chay-lai/{job}")
    assert answer.status_code == 409
    assert status(job) == "failed"


@pytest.mark.parametrize("who", ["officer", "lead", "auditor"])
def test_nobody_else_operates(world: World, who: str) -> None:
    job = failed()
    assert world.client(who).get(PAGE).status_code == 403
    assert world.client(who).post(f"{PAGE}chay-lai/{job}").status_code == 403
    assert status(job) == "failed"


def test_tokens_of_other_programs_tell_their_end(world: World, settings: Any) -> None:
    client = world.client("leader")
    assert "Mã truy cập" not in page(client)
    settings.METRICS_TOKEN, settings.USAGE_API_TOKEN = fresh("a"), None
    assert "TOKEN_FILE: dùng được đến" in page(client)
    settings.USAGE_API_TOKEN = fresh("b", timedelta(days=3))
    assert "TOKEN_FILE: sắp hết hạn" in page(client)
    settings.METRICS_TOKEN = fresh("a", timedelta(days=-1))
    text = page(client)
    assert text.index("TOKEN_FILE: hết hạn từ") < text.index("TOKEN_FILE: sắp hết hạn")
