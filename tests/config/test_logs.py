"""People's names that PostgreSQL quotes in an error do not reach the log."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import IntegrityError, connection

from dean06.config.logs import REMOVED, JsonFormatter, ValueFreeFormatter, without_values

CANARY = "Chim Hoàng Yến"
PLAIN = logging.Formatter("%(levelname)s %(message)s")
CLEAN = ValueFreeFormatter("%(levelname)s %(message)s")

# An installation's whole set-up of logging in the order of a web worker, then one error by each logger.
_PROGRAM = """
import json
import logging
from granian.log import LogLevels, configure_logging
configure_logging(LogLevels.info)
import django
django.setup()
for name in ("django.request", "django.server", "_granian", "granian.access", "procrastinate.worker", "x"):
    try:
        raise ValueError("first line\\nDETAIL:  Failing row contains (Canary).")
    except ValueError as error:
        logging.getLogger(name).exception("%s failed: %s", name, error)
"""


@pytest.fixture
def failure(owner_url: str) -> IntegrityError:
    """PostgreSQL's own error about an officer, as Django raises it; the second half of the name is a line.

    The owner of the tables makes it: to a role that row-level security binds, PostgreSQL quotes no row.
    """
    with (
        psycopg.connect(owner_url) as owner,
        pytest.raises(IntegrityError) as caught,
        owner.transaction(),
        connection.wrap_database_errors,
    ):
        owner.execute(
            "insert into guidance_officer (staff_code, full_name, position, valid_from, recorded_at,"
            " revoke_reason, version) values ('CB-9', %s, 'Công chức', '2023-01-01', now(), '', 1)",
            [f"{CANARY}\n\n{CANARY}"],
        )
    return caught.value


def record(error: BaseException, message: str, *args: object) -> logging.LogRecord:
    told = (type(error), error, error.__traceback__)
    return logging.LogRecord("dean06", logging.ERROR, __file__, 1, message, args, told)


def test_a_name_in_a_database_error_stands_neither_in_the_message_nor_in_the_traceback(
    failure: IntegrityError,
) -> None:
    plain = PLAIN.format(record(failure, "not saved: %s", failure))
    assert plain.count(CANARY) >= 6  # the message, and the traceback of psycopg's and of Django's error
    clean = CLEAN.format(record(failure, "not saved: %s", failure))
    assert CANARY not in clean
    assert "CB-9" not in clean
    assert clean.count('null value in column "unit_id"') == 3
    assert clean.count(REMOVED) == 3
    assert "The above exception was the direct cause" in clean
    assert "test_logs.py" in clean


def test_a_written_out_error_is_cut_as_well(failure: IntegrityError) -> None:
    without_traceback = logging.LogRecord("x", logging.ERROR, "", 1, "not saved: %r", (failure,), None)
    assert CANARY in PLAIN.format(without_traceback)
    assert CANARY not in CLEAN.format(without_traceback)


def test_a_traceback_kept_by_another_handler_is_not_used(failure: IntegrityError) -> None:
    shared = record(failure, "not saved")
    assert CANARY in PLAIN.format(shared)
    assert shared.exc_text
    assert CANARY in shared.exc_text
    assert CANARY not in CLEAN.format(shared)
    shared.exc_info = None
    assert CANARY not in CLEAN.format(shared)


@pytest.mark.parametrize("label", ["DETAIL", "CONTEXT", "LINE 1", "CHI TIẾT"])
def test_each_label_ends_what_is_kept(label: str) -> None:
    assert without_values(f"duplicate key\n{label}:  Key (full_name)=(Hoa) exists.") == (
        f"duplicate key {REMOVED}"
    )


def test_other_text_is_left_as_it_is() -> None:
    text = "Traceback\n  first\n\nThe DETAIL: of a sentence\nline"
    assert without_values(text) == text


def test_every_logger_of_an_installation_writes_through_the_cleaning_formatter() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "dean06.config.settings", "DEBUG": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == ""
    assert "Canary" not in done.stderr
    assert done.stderr.count(REMOVED) == 12  # six messages and six tracebacks
    assert done.stderr.count(" failed: first line") == 6


FORGED = (
    "x\n2026-01-01T00:00:00.000+00:00 WARNING dean06.access signed in: quantri",
    "x\r\nforged",
    "x\u2028forged",
    "x\x1b[2Jforged",
    "x\x85forged",
    "\u202egro.live",
    "x\0forged",
)
LINE = ValueFreeFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")
JSON = JsonFormatter()


@pytest.mark.parametrize("text", FORGED)
@pytest.mark.parametrize("formatter", [LINE, JSON])
def test_what_a_visitor_sent_begins_no_line_and_hides_nothing(
    formatter: logging.Formatter, text: str
) -> None:
    told = formatter.format(
        logging.LogRecord("dean06", logging.WARNING, "", 1, "asked for %s", (text,), None)
    )
    assert len(told.splitlines()) == 1
    assert told.isprintable()
    assert "\\" in told, "what was there is still told"


@pytest.mark.parametrize("text", FORGED)
def test_an_error_with_such_a_text_indents_every_line_of_its_traceback(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError as error:
        told = LINE.format(record(error, "failed: %s", error))
    first, *rest = told.splitlines()
    assert first.isprintable()
    assert rest
    assert all(line.startswith("  ") and line.isprintable() for line in rest)


def test_json_lines_still_tell_the_same_text() -> None:
    text = "Xã Đông Phú\n\u2028\x1b"
    told = JSON.format(logging.LogRecord("dean06", logging.WARNING, "", 1, "%s", (text,), None))
    assert "Xã Đông Phú" in told
    assert json.loads(told)["message"] == text


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "America/New_York"])
def test_times_are_utc_with_their_offset_in_both_formats(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        made = logging.LogRecord("dean06", logging.WARNING, "", 1, "x", (), None)
        moment = datetime.fromtimestamp(made.created, UTC).isoformat(timespec="milliseconds")
        assert moment.endswith("+00:00")
        assert LINE.format(made) == f"{moment} WARNING dean06 x"
        assert json.loads(JSON.format(made))["at"] == moment
    finally:
        monkeypatch.undo()
        time.tzset()


def test_both_formats_can_be_read_by_a_program() -> None:
    """Three parts before the message in a line; a JSON object with the same names each time."""
    made = logging.LogRecord("dean06.access", logging.WARNING, "", 1, "a b c", (), None)
    moment, level, logger, message = LINE.format(made).split(" ", 3)
    told = json.loads(JSON.format(made))
    assert told | {"correlation": ""} == {
        "at": moment,
        "level": level,
        "logger": logger,
        "message": message,
        "correlation": "",
    }
