"""What stays behind: names of people in logs, pages in shared browsers."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from dean06.core.access.scope import wide
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import NAME, World


def test_the_log_of_the_database_names_nobody(world: World, owner_url: str) -> None:
    """A refused duplicate used to leave the whole statement, and the row, in the log."""
    with transaction.atomic(), wide("test"):
        worlds.officer(world.desk)
    given = {"staff_code": "CB-1", "full_name": NAME, "position": "Công chức", "valid_from": "2021-01-01"}
    answer = world.client("officer").post(f"/p0/diem/{world.desk.pk}/ghi/can-bo", given)
    assert answer.status_code == 422
    with psycopg.connect(owner_url) as server:
        ((folder,),) = server.execute("show data_directory").fetchall()
    log = (Path(folder).parent / "log" / "postgres.log").read_text(encoding="utf-8")
    assert "guidance_officer_staff_code" in log  # the refusal itself is told
    assert NAME not in log
    assert "(CB-1)" not in log


@pytest.mark.parametrize("path", ["/", "/p0/", "/p0/danh-sach/can-bo?export=csv", "/don-vi/", "/khong-co"])
def test_no_page_of_a_signed_in_user_stays_in_the_browser(world: World, path: str) -> None:
    answer = world.client("officer").get(path)
    assert "no-store" in answer.headers["Cache-Control"]
