from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from dean06.runtime import checks, cluster, postgres
from dean06.runtime.failures import Exit, StartError, from_os_error
from dean06.runtime.layout import SOCKET_PATH_LIMIT, Layout
from dean06.runtime.postgres import APP, UNSAFE_FAST, EmbeddedPostgres, running


def server_on(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, options=UNSAFE_FAST)


def test_a_row_survives_a_stop_and_a_start(data_dir: Path) -> None:
    with server_on(data_dir) as server, psycopg.connect(server.url()) as connection:
        connection.execute("create table t (x int)")
        connection.execute("insert into t values (6)")
    assert server.pid is None
    with server_on(data_dir) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("select x from t").fetchall() == [(6,)]
        assert connection.execute("select lower('ĐỀ ÁN')").fetchone() == ("đề án",)


def test_it_listens_on_a_private_socket_only(data_dir: Path) -> None:
    with server_on(data_dir) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert server.layout.sockets.stat().st_mode & 0o077 == 0
        assert connection.execute("show data_checksums").fetchone() == ("on",)


def test_the_application_role_does_not_inherit_the_wide_one(data_dir: Path) -> None:
    with server_on(data_dir) as server, psycopg.connect(server.url(APP)) as connection:
        rows = connection.execute(
            "select pg_has_role('dean06_app', 'dean06_wide', 'usage'), "
            "pg_has_role('dean06_app', 'dean06_wide', 'member'), "
            "(select rolsuper from pg_roles where rolname = current_user)"
        ).fetchone()
    assert rows == (False, True, False)


def test_a_second_server_on_the_same_directory_is_refused_in_one_sentence(data_dir: Path) -> None:
    with server_on(data_dir), pytest.raises(StartError) as caught:
        server_on(data_dir).start()
    assert caught.value.code == Exit.BUSY
    assert str(data_dir) in caught.value.vi
    assert "\n" not in caught.value.vi


def test_a_running_server_is_shared_and_left_running(data_dir: Path) -> None:
    with server_on(data_dir) as server:
        with running(data_dir) as url, psycopg.connect(url(APP)) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert server.pid is not None
    assert not postgres.answers(server.url())


def test_a_server_started_for_one_command_ends_with_it(data_dir: Path) -> None:
    with running(data_dir) as url:
        owner = url("dean06_owner")
        assert postgres.answers(owner)
    assert not postgres.answers(owner)


def test_a_directory_of_another_major_version_is_named(data_dir: Path) -> None:
    (data_dir / "pg").mkdir(parents=True)
    (data_dir / "pg" / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartError) as caught:
        server_on(data_dir).start()
    assert caught.value.code == Exit.DATA_DIR
    assert "PostgreSQL 12" in caught.value.vi


def test_a_damaged_version_file_is_not_overwritten(data_dir: Path) -> None:
    (data_dir / "pg").mkdir(parents=True)
    (data_dir / "pg" / "PG_VERSION").write_text("rubbish")
    with pytest.raises(StartError) as caught:
        server_on(data_dir).start()
    assert caught.value.code == Exit.DATA_DIR
    assert (data_dir / "pg" / "PG_VERSION").read_text() == "rubbish"


def test_a_half_made_cluster_is_thrown_away(data_dir: Path) -> None:
    (data_dir / "pg.new" / "base").mkdir(parents=True)
    with server_on(data_dir) as server:
        assert postgres.answers(server.url())
    assert not (data_dir / "pg.new").exists()


def test_a_lock_file_with_the_number_of_an_unrelated_process_does_not_stop_the_start(data_dir: Path) -> None:
    with server_on(data_dir):
        pass
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lock = data_dir / "pg" / "postmaster.pid"
        lock.write_text(f"{stranger.pid}\n{data_dir / 'pg'}\n1700000000\n5432\n\n\n\nready\n")
        shutil.chown(lock, (data_dir / "pg").stat().st_uid, (data_dir / "pg").stat().st_gid)
        with server_on(data_dir) as server:
            assert postgres.answers(server.url())
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_long_path_moves_the_socket_to_a_private_folder(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    sockets = Layout(deep).sockets
    assert not sockets.is_relative_to(deep)
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    with server_on(deep) as server:
        assert postgres.answers(server.url())
        assert sockets.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(sockets)


def test_a_socket_folder_that_is_a_link_is_refused(data_dir: Path) -> None:
    trap = data_dir / "elsewhere"
    trap.mkdir(parents=True)
    link = data_dir / "run"
    link.symlink_to(trap)
    with pytest.raises(StartError):
        server_on(data_dir).start()
    assert not (data_dir / "pg").exists()


def test_a_full_disk_is_one_sentence(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=checks.LEAST_FREE - 1))
    with pytest.raises(StartError) as caught:
        checks.check_disk(data_dir)
    assert caught.value.code == Exit.DISK
    told = from_os_error(OSError(errno.ENOSPC, "No space left on device"), data_dir)
    assert told is not None
    assert told.code == Exit.DISK
    report = "FATAL:  could not write lock file: No space left on device"
    assert cluster.explain(report, data_dir / "pg").code == Exit.DISK


@pytest.mark.skipif(os.geteuid() != 0, reason="a full file system is mounted by root only")
def test_a_really_full_disk_leaves_no_half_cluster(data_dir: Path) -> None:
    data_dir.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0755", "tmpfs", str(data_dir)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not allow mounting")
    try:
        with pytest.raises(StartError) as caught:
            server_on(data_dir).start()
        assert caught.value.code == Exit.DISK
        assert not (data_dir / "pg").exists()
    finally:
        subprocess.run(["umount", str(data_dir)], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_write_access_is_one_sentence(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o500)
    with pytest.raises(StartError) as caught:
        server_on(data_dir).start()
    assert caught.value.code == Exit.DATA_DIR


def test_a_cluster_deleted_under_the_running_server_is_one_sentence(data_dir: Path) -> None:
    with server_on(data_dir) as server:
        server.check_files()
        while data_dir.exists():  # the server goes on writing files into what is being deleted
            shutil.rmtree(data_dir, ignore_errors=True)
        for look in (server.check_files, server.relaunch):
            with pytest.raises(StartError) as caught:
                look()
            assert caught.value.code == Exit.DATA_DIR
            assert str(data_dir / "pg") in caught.value.vi
    assert not postgres.answers(server.url())


def test_a_killed_server_whose_log_cannot_be_written_is_one_sentence(data_dir: Path) -> None:
    with server_on(data_dir) as server:
        log = server.layout.logs / "postgres.log"
        log.unlink()
        log.mkdir()
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while not server.died():
            time.sleep(0.02)
        with pytest.raises(StartError) as caught:
            server.relaunch()
    assert caught.value.code == Exit.DATA_DIR
    assert str(log) in caught.value.vi
