"""The sentences and exit codes of `dean06` on a machine that does not allow what is asked."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from dean06.cli.output import REFUSED
from dean06.runtime.failures import Exit
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres


def command(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dean06", *arguments],
        env=variables,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )


def told(answer: subprocess.CompletedProcess[str], code: int) -> str:
    """The Vietnamese sentence of a refused command, after checking that nothing but two sentences came."""
    assert answer.returncode == code, answer.stderr
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 2, answer.stderr
    assert answer.stdout == ""
    return lines[0]


def test_a_busy_port(bare_environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = command(bare_environment | {"PORT": str(port)}, "up")
    assert f"127.0.0.1:{port}" in told(answer, Exit.PORT)
    assert not Path(bare_environment["DATA_DIR"]).exists()


def test_an_unreachable_database(bare_environment: dict[str, str]) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/nowhere"
    sentence = told(command(bare_environment | {"DATABASE_URL": url}, "migrate"), Exit.DATABASE)
    assert "127.0.0.1:1/nowhere" in sentence
    assert "secret" not in sentence
    assert "refused" not in sentence
    spoken = command(bare_environment | {"DATABASE_URL": url}, "--verbose", "migrate")
    assert "refused" in spoken.stderr
    assert "secret" not in spoken.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["indicatr"], "indicator"),
        (["indicator", "show"], "«ID»"),
        (["indicator", "show", "P0-T1"], "«--period»"),
        (["indicator", "show", "P0-T1", "--perid", "2023-09"], "--period"),
        (["plan", "show", "a", "b", "c"], "a b c"),
        (["demo", "--seed", "x"], "«--seed»"),
    ],
)
def test_a_command_line_that_is_not_understood(
    bare_environment: dict[str, str], data_dir: Path, arguments: list[str], named: str
) -> None:
    answer = command(bare_environment, *arguments)
    sentence = told(answer, REFUSED)
    assert named in sentence
    assert "--help" in sentence
    assert not data_dir.exists(), "a slip starts no database"


@pytest.mark.parametrize("arguments", [[], ["unit"], ["indicator"]])
def test_a_command_without_its_sub_command_shows_help(
    bare_environment: dict[str, str], data_dir: Path, arguments: list[str]
) -> None:
    answer = command(bare_environment, *arguments)
    assert answer.returncode == REFUSED
    assert "Lệnh / commands" in answer.stdout
    assert not data_dir.exists()


def test_a_system_that_runs_already(bare_environment: dict[str, str], data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST):
        answer = command(bare_environment, "up")
    assert str(data_dir) in told(answer, Exit.BUSY)


def test_a_data_directory_of_another_version(bare_environment: dict[str, str], data_dir: Path) -> None:
    (data_dir / "pg").mkdir(parents=True)
    (data_dir / "pg" / "PG_VERSION").write_text("11\n")
    assert "PostgreSQL 11" in told(command(bare_environment, "up"), Exit.DATA_DIR)


def test_a_database_without_tables(bare_environment: dict[str, str], data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST):
        answer = command(bare_environment, "plan", "show")
    assert "dean06 migrate" in told(answer, Exit.DATABASE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["backup", "{folder}/copy.sealed"],
        ["backup", "--base"],
        ["user", "list"],
        ["plan", "show"],
        ["keys", "export", "{folder}/keys"],
    ],
)
def test_a_command_without_an_installation_begins_none(
    bare_environment: dict[str, str], data_dir: Path, arguments: list[str]
) -> None:
    answer = command(bare_environment, *(one.format(folder=data_dir.parent) for one in arguments))
    assert f"Chưa có dữ liệu ở {data_dir}; hãy đặt DATA_DIR" in told(answer, Exit.DATA_DIR)
    assert list(data_dir.parent.iterdir()) == [], "no key, no cluster, no backup"


def test_a_malformed_variable(bare_environment: dict[str, str]) -> None:
    assert "PORT" in told(command(bare_environment | {"PORT": "http"}, "up"), Exit.PROGRAM)


def test_a_missing_backup_file(bare_environment: dict[str, str]) -> None:
    answer = command(bare_environment, "restore", "/nonexistent.tar")
    assert answer.returncode == 1
    assert "/nonexistent.tar" in answer.stderr


def test_help_needs_no_database(bare_environment: dict[str, str], data_dir: Path) -> None:
    for arguments in (["--help"], ["plan", "show", "--help"], ["--version"]):
        answer = command(bare_environment, *arguments)
        assert answer.returncode == 0, answer.stderr
    assert not data_dir.exists()


@pytest.mark.parametrize("given", [{"PYTHON": "/nonexistent/python"}])
def test_bootstrap_names_a_python_that_is_too_old(tmp_path: Path, given: dict[str, str]) -> None:
    root = Path(__file__).resolve().parents[2]
    for name in (
        "tools",
        "requirements.lock",
        "requirements-demo.lock",
        "requirements-dev.lock",
        "pyproject.toml",
    ):
        (tmp_path / name).symlink_to(root / name)
    empty = tmp_path / "bin"
    empty.mkdir()
    for name in ("sh", "id", "cat", "sed", "cut", "mkdir", "dirname", "sha256sum", "find"):
        (empty / name).symlink_to(Path("/usr/bin") / name)
    answer = subprocess.run(
        ["/bin/sh", "tools/bootstrap", "environment"],
        cwd=tmp_path,
        env=given | {"PATH": str(empty), "HOME": os.environ.get("HOME", "/")},
        text=True,
        capture_output=True,
        check=False,
    )
    assert answer.returncode == Exit.PYTHON
    assert "Python 3.11" in answer.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("refusing", ["ci", "run", ""])
def test_bootstrap_is_silent_about_the_front_end_until_it_fails(tmp_path: Path, refusing: str) -> None:
    root = Path(__file__).resolve().parents[2]
    (tmp_path / "tools").symlink_to(root / "tools")
    (tmp_path / "frontend" / "node_modules").mkdir(parents=True)
    (tmp_path / "frontend" / "package-lock.json").write_text("{}")
    (tmp_path / "src/dean06/web/static/dist").mkdir(parents=True)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, body in (("node", "exit 0"), ("npm", f'echo "noise of $1"; [ "$1" != "{refusing}" ]')):
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    answer = subprocess.run(
        ["/bin/sh", "tools/bootstrap", "frontend"],
        cwd=tmp_path,
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert answer.stdout == ""
    if refusing:
        assert answer.returncode == Exit.PYTHON  # a tool that is missing or fails
        assert f"noise of {refusing}" in answer.stderr
        assert "Lệnh không hoàn thành" in answer.stderr
    else:
        assert answer.returncode == 0
        assert "noise" not in answer.stderr
    assert (tmp_path / ".stamps/frontend").exists() is not bool(refusing)


def test_an_external_database_is_migrated_and_bound_by_row_policies(
    bare_environment: dict[str, str], data_dir: Path
) -> None:
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        outside = bare_environment | {
            "DATABASE_URL": server.url("dean06_owner", "outside"),
            "DATA_DIR": str(data_dir.with_name("files")),
        }
        with psycopg.connect(server.url("dean06_owner", "postgres"), autocommit=True) as connection:
            connection.execute("create database outside")
        answer = command(outside, "migrate", "--json")
        assert answer.returncode == 0, answer.stderr
        with psycopg.connect(server.url("dean06_app", "outside")) as connection:
            assert connection.execute("select count(*) from access_grant").fetchone() == (0,)
            bound = connection.execute(
                "select relrowsecurity from pg_class where relname = 'access_grant'"
            ).fetchone()
    assert bound == (True,)
    assert not (data_dir.with_name("files") / "pg").exists()


def admit(server: EmbeddedPostgres, role: str) -> None:
    """Let this account take a role besides the program's two, as the rules of an external server might."""
    name = pwd.getpwuid(os.geteuid()).pw_name
    with (server.layout.cluster / "pg_ident.conf").open("a", encoding="utf-8") as file:
        file.write(f'dean06 "{name}" {role}\n')
    with psycopg.connect(server.url("dean06_owner", "postgres"), autocommit=True) as connection:
        connection.execute("select pg_reload_conf()")


@pytest.mark.parametrize("made_by", ["owner", "administrator"])
def test_an_owner_without_superuser_rights_is_enough(
    bare_environment: dict[str, str], data_dir: Path, made_by: str
) -> None:
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        admin = server.url("dean06_owner", "postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("drop role dean06_app; drop role dean06_wide; create role province login")
            if made_by == "owner":
                connection.execute("alter role province createrole")
            else:
                connection.execute(
                    "create role dean06_wide nologin noinherit; create role dean06_app login noinherit; "
                    "grant dean06_wide to dean06_app; grant dean06_app, dean06_wide to province"
                )
            connection.execute("create database outside owner province")
        admit(server, "province")
        outside = bare_environment | {"DATABASE_URL": server.url("province", "outside")}
        answer = command(outside, "migrate")
        assert answer.returncode == 0, answer.stderr
        with psycopg.connect(server.url("dean06_app", "outside")) as connection:
            assert connection.execute("select count(*) from access_grant").fetchone() == (0,)


def test_an_owner_who_may_not_make_the_roles_is_told(
    bare_environment: dict[str, str], data_dir: Path
) -> None:
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        with psycopg.connect(server.url("dean06_owner", "postgres"), autocommit=True) as connection:
            connection.execute("drop role dean06_app; drop role dean06_wide; create role province login")
            connection.execute("create database outside owner province")
        admit(server, "province")
        answer = command(bare_environment | {"DATABASE_URL": server.url("province", "outside")}, "migrate")
    assert "CREATEROLE" in told(answer, Exit.DATABASE)
