"""Who gets into the embedded database: the accounts of the program by the kernel's word, and nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from dean06.runtime.account import service_account
from dean06.runtime.postgres import APP, OWNER, UNSAFE_FAST, EmbeddedPostgres

_KNOCK = """
import os, psycopg, sys
url, uid, gid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if uid != os.geteuid():
    os.setgroups([]); os.setgid(gid); os.setuid(uid)
psycopg.connect(url, connect_timeout=5)
"""


def server_on(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, options=UNSAFE_FAST)


def test_the_programs_account_takes_its_two_roles_and_no_other(data_dir: Path) -> None:
    with server_on(data_dir) as server:
        for role in (OWNER, APP):
            with psycopg.connect(server.url(role)) as connection:
                assert connection.execute("select current_user").fetchone() == (role,)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create role intruder login superuser")
        with pytest.raises(psycopg.OperationalError, match="eer authentication failed"):
            psycopg.connect(server.url("intruder"))


def test_every_rule_asks_the_kernel_and_none_trusts_or_takes_a_password(data_dir: Path) -> None:
    with server_on(data_dir) as server, psycopg.connect(server.url()) as connection:
        rules = connection.execute("select type, auth_method, error from pg_hba_file_rules").fetchall()
        faults = connection.execute("select error from pg_ident_file_mappings where error <> ''").fetchall()
        passwords = connection.execute("select rolname from pg_authid where rolpassword <> ''").fetchall()
    assert rules
    assert set(rules) == {("local", "peer", None)}
    assert faults == []
    assert passwords == []


def test_a_cluster_that_trusted_its_socket_does_so_no_more(data_dir: Path) -> None:
    with server_on(data_dir) as server:
        rules = server.layout.cluster / "pg_hba.conf"
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create role intruder login superuser")
    rules.write_text("local all all trust\n")
    with server_on(data_dir) as server, pytest.raises(psycopg.OperationalError, match="eer authentication"):
        psycopg.connect(server.url("intruder"))


def test_the_account_that_runs_the_server_is_not_let_in_by_it(data_dir: Path) -> None:
    """Where we are root the server runs under an account of its own, which may reach the socket."""
    with server_on(data_dir) as server:
        account = service_account(server.layout.cluster)
        uid, gid = (account.uid, account.gid) if account else (os.geteuid(), os.getegid())
        knock = subprocess.run(
            [sys.executable, "-c", _KNOCK, server.url(), str(uid), str(gid)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    if account is None:  # one account for both: it is the program's
        assert knock.returncode == 0, knock.stderr
    else:
        assert knock.returncode != 0
        assert "eer authentication failed" in knock.stderr
