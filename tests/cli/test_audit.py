"""`dean06 audit` and `dean06 verify-log`: files, exit codes, the contract for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from dean06.cli.audit import app
from dean06.core.errors import Dean06Error
from dean06.gateways.timestamping.simulator import SimulatedAuthority
from tests import server
from tests.core.audit.rows import commit

runner = CliRunner()


@pytest.fixture
def log(race_db: str, settings: Any, tmp_path: Path) -> str:
    settings.DATA_DIR = tmp_path
    commit(3, reads=1)
    return race_db


@pytest.fixture
def tsa(settings: Any, tmp_path: Path) -> Iterator[SimulatedAuthority]:
    with SimulatedAuthority() as authority:
        (tmp_path / "root.pem").write_bytes(authority.root_pem)
        settings.TSA_URL, settings.TSA_CERT = authority.url(), str(tmp_path / "root.pem")
        yield authority


def _run(*arguments: object) -> str:
    result = runner.invoke(app, [str(each) for each in arguments])
    assert result.exit_code == 0, result.exception
    return result.stdout


def _error(*arguments: object) -> str:
    result = runner.invoke(app, [str(each) for each in arguments])
    assert isinstance(result.exception, Dean06Error), result.output
    return str(result.exception)


def verify(*arguments: object) -> tuple[int, str]:
    """As a person runs it: a process of its own, with no database to be found."""
    done = subprocess.run(
        [sys.executable, "-m", "dean06", "verify-log", *map(str, arguments)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "src",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x",
        },
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.decode()


def test_export_and_verify(log: str, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    told = json.loads(_run("export", file, "--json"))
    assert (told["records"], told["anchors"], told["key"]) == (4, 0, _run("key").strip())
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".*.part"))
    code, said = verify(file, "--key", told["key"])
    assert code == 0
    assert "Nguyên vẹn: 4 bản ghi" in said
    assert "chưa neo thời gian" in said
    code, said = verify(file, "--json")
    assert json.loads(said)["signature"] == "own"


def test_a_changed_file_and_one_that_is_no_log(log: str, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    _run("export", file)
    file.write_bytes(file.read_bytes().replace("số 1".encode(), "số 2".encode()))
    code, said = verify(file)
    assert code == 1
    assert "KHÔNG NGUYÊN VẸN: bản ghi 2 của luồng action-0" in said
    file.write_text("tên,tuổi\n")
    code, said = verify(file)
    assert code == 2
    assert "KHÔNG ĐỌC ĐƯỢC" in said


def test_what_follows_an_earlier_file(log: str, tmp_path: Path) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    _run("export", first)
    commit(2)
    assert json.loads(_run("export", second, "--after", first, "--json"))["records"] == 3
    assert verify(second, "--since", first)[0] == 0
    assert "--after hoặc --from" in _error("export", second, "--after", first, "--from", "2023-01-01")
    (tmp_path / "x").write_text("{}")
    assert "Không đọc được phần cuối" in _error("export", second, "--after", tmp_path / "x")


def test_a_failed_export_leaves_the_earlier_file(log: str, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    _run("export", file)
    before = file.read_bytes()
    (tmp_path / "keys" / "log-export.pem").write_bytes(b"damaged")
    assert "log-export.pem" in _error("export", file)
    assert file.read_bytes() == before
    assert not list(tmp_path.glob(".*.part"))


def test_anchoring(log: str, tsa: SimulatedAuthority, tmp_path: Path) -> None:
    told = json.loads(_run("anchor", "--json"))
    assert told["authority"] == "CN=Cấp dấu thời gian giả lập"
    state = json.loads(_run("state", "--json"))
    assert (state["configured"], state["problem"]) == (True, None)
    assert {one["stream"]: one["seq"] for one in state["streams"]} == {"action-0": 3, "usage-0": 1}
    file = tmp_path / "log.jsonl"
    assert json.loads(_run("export", file, "--json"))["anchors"] == 1
    code, said = verify(file, "--tsa-cert", tmp_path / "root.pem")
    assert code == 0
    assert "chứng thư của cơ quan cấp hợp lệ" in said
    tsa.way = "down"
    assert "HTTP 503" in _error("anchor")


def test_anchoring_needs_an_authority(log: str) -> None:
    assert "TSA_URL" in _error("anchor")
    assert "chưa neo thời gian" in _run("state")


def test_check_names_a_changed_row(log: str) -> None:
    assert json.loads(_run("check", "--json")) == {"ok": True, "mismatches": []}
    with psycopg.connect(server.url(True, log)) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("update audit_entry set action = 'khác' where id = (select max(id) from audit_entry)")
    result = runner.invoke(app, ["check", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["mismatches"][0]["seq"] == 3


def test_check_names_a_look_whose_people_were_changed(log: str) -> None:
    with psycopg.connect(server.url(True, log)) as owner:
        (row,) = owner.execute("select max(id) from usage_record").fetchone() or (0,)
        owner.execute("set session_replication_role = replica")
        owner.execute(
            "insert into usage_subject (usage_id, subject_key, at) values (%s, %s, now())", [row, b"k" * 32]
        )
    result = runner.invoke(app, ["check", "--json"])
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)["mismatches"]
    assert (found["table"], found["entry_id"]) == ("usage_subject", row)
    said = runner.invoke(app, ["check"])
    assert said.exit_code == 1
    assert f"usage_subject {row}: những người ghi dưới lượt xem này" in said.output
