"""The nightly check of both logs leaves a note that the page of operations and the metrics read."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dean06.core.operations import queries
from dean06.core.usage import checking, jobs
from tests import server
from tests.core.audit.rows import commit


def test_a_changed_row_is_noted_and_told(
    race_db: str, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    assert checking.last() is None
    commit(2)
    assert jobs.check_logs(0) == 0
    first = checking.last()
    assert first is not None
    assert first.wrong == 0
    with psycopg.connect(server.url(True, race_db)) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("update audit_entry set action = 'other' where id = (select min(id) from audit_entry)")
    with caplog.at_level(logging.ERROR):
        assert jobs.check_logs(0) == 1
    assert "the log was changed: audit_entry" in caplog.text
    checked = queries.log_state().checked
    assert checked is not None
    assert checked.wrong == 1
    (tmp_path / "data" / checking.NOTE).write_text("{}")
    assert checking.last() is None
