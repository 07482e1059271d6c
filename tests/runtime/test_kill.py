"""kill -9 of any process: nothing committed is lost and the next start works."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from dean06.runtime import cluster
from dean06.runtime.database import embedded_urls
from dean06.runtime.postgres import EmbeddedPostgres, answers
from dean06.runtime.process import is_running
from dean06.runtime.supervisor import is_healthy

pytestmark = pytest.mark.race

_HOLDER = """
import sys, time
from pathlib import Path
import psycopg
from dean06.runtime.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
with psycopg.connect(server.url(), autocommit=True) as connection:
    connection.execute("create table if not exists kept (n int)")
    n = 0
    while True:
        connection.execute("insert into kept values (%s)", [n])
        sys.stdout.write(f"{n}\\n")
        sys.stdout.flush()
        n += 1
"""


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)


def acknowledged_before_kill(data_dir: Path, victim: Callable[[int], int]) -> int:
    """Insert rows until a hundred were acknowledged, kill `victim` with signal 9; the last number seen."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert holder.stdout is not None
    last = -1
    for line in holder.stdout:
        last = int(line)
        if last == 100:
            os.kill(victim(holder.pid), signal.SIGKILL)
    holder.wait(30)
    assert last >= 100
    return last


def stored(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute("select count(*), max(n) from kept").fetchone()
    assert row is not None
    assert row[0] == row[1] + 1, "a row in the middle is missing"
    return int(row[1])


def test_killing_the_program_that_started_postgresql(data_dir: Path) -> None:
    last = acknowledged_before_kill(data_dir, lambda holder: holder)
    with EmbeddedPostgres(data_dir) as server:
        assert stored(server) >= last


def test_killing_postgresql_itself(data_dir: Path) -> None:
    def postmaster(_holder: int) -> int:
        pid = cluster.postmaster(data_dir / "pg")
        assert pid is not None
        return pid

    last = acknowledged_before_kill(data_dir, postmaster)
    with EmbeddedPostgres(data_dir) as server:
        assert stored(server) >= last


def test_postgresql_is_started_again_after_a_kill(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        until(server.died, 5, "the end of PostgreSQL")
        server.relaunch()
        assert answers(server.url())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """`dean06 up` in a process of its own."""

    def __init__(self, variables: dict[str, str], workers: int = 1) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dean06", "up"],
            env=variables | {"PORT": str(self.port), "WORKERS": str(workers)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait(self) -> None:
        until(self._healthy_or_dead, 120, "GET /health")
        assert self.process.poll() is None, self.process.communicate()[1]

    def _healthy_or_dead(self) -> bool:
        return self.process.poll() is not None or is_healthy(self.address)

    def child(self, module: str) -> int:
        """Process id of the child that runs `module`."""
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent == self.process.pid and module in (entry / "cmdline").read_text():
                    return int(entry.name)
        raise AssertionError(f"no child runs {module}")

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def installation(bare_environment: dict[str, str]) -> Iterator[Installation]:
    made = Installation(bare_environment)
    try:
        made.wait()
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait(30)


def test_every_killed_child_comes_back(installation: Installation, data_dir: Path) -> None:
    web = installation.child("runtime.serve")
    os.kill(web, signal.SIGKILL)
    until(lambda: not is_running(web), 5, "the end of the web server")
    until(lambda: is_healthy(installation.address), 30, "the web server's return")

    worker = installation.child("runtime.worker")
    os.kill(worker, signal.SIGKILL)
    until(lambda: _other(installation, "runtime.worker", worker), 30, "the worker's return")

    postmaster = cluster.postmaster(data_dir / "pg")
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    until(lambda: cluster.postmaster(data_dir / "pg") not in (None, postmaster), 30, "PostgreSQL's return")
    until(lambda: is_healthy(installation.address), 30, "the service's return")

    assert installation.end() == 0
    assert not answers(embedded_urls(data_dir).owner)
    assert not is_healthy(installation.address)


def test_killing_dean06_takes_everything_with_it_and_it_starts_again(
    installation: Installation, bare_environment: dict[str, str], data_dir: Path
) -> None:
    children = [installation.child(name) for name in ("runtime.serve", "runtime.worker", "postgres")]
    installation.process.kill()
    installation.process.wait(10)
    until(lambda: not any(is_running(pid) for pid in children), 40, "the end of the children")
    until(lambda: not is_healthy(installation.address), 10, "the end of the web workers")

    again = Installation(bare_environment)
    try:
        again.wait()
    finally:
        assert again.end() == 0


def _other(installation: Installation, module: str, old: int) -> bool:
    try:
        return installation.child(module) != old
    except AssertionError:
        return False
