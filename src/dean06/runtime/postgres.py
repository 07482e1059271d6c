"""Our own small supervisor of an embedded PostgreSQL: a child process, never a daemon.

The server listens on a Unix socket in a private folder only, and dies (by a clean, fast shutdown) with
the process that started it, even when that process is killed with signal 9.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
from psycopg import sql

from dean06.core.access.roles import APP_ROLE, ensure_roles
from dean06.runtime import archiving, cluster, process
from dean06.runtime.account import service_account
from dean06.runtime.binaries import Binaries, find
from dean06.runtime.failures import Exit, StartError, lost
from dean06.runtime.layout import Layout
from dean06.runtime.locks import FileLock
from dean06.runtime.logs import open_log

OWNER = cluster.OWNER
APP = APP_ROLE
DATABASE = "dean06"
_SOCKET_NUMBER = 5432
_READY_TIMEOUT = 120.0  # seconds; recovery after a crash under load has taken ten
_LOCK_RETRIES = 30.0  # seconds a dying server may keep its lock file

DEFAULT_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(_SOCKET_NUMBER),
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "lc_messages": "C",
    # A failed statement and the detail of its error carry the values, people's names among them: the log
    # tells what went wrong, never with what (the web's log has the place in the program).
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
#: For tests only: a crash of the machine may lose everything.
UNSAFE_FAST: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def socket_url(layout: Layout, role: str, database: str = DATABASE) -> str:
    """Connection URL of `role` over the server's socket."""
    return f"postgresql://{role}@/{database}?host={quote(str(layout.sockets), safe='')}&port={_SOCKET_NUMBER}"


def answers(url: str) -> bool:
    """True when a server accepts a connection at `url` within two seconds."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


class EmbeddedPostgres:
    """One server on one data directory; a context manager that starts and stops it.

    `options` are added to the server's command line. Start from the main thread.
    """

    def __init__(self, data_dir: Path, options: Mapping[str, str] | None = None) -> None:
        self.layout = Layout(data_dir.absolute())
        self._options = {**DEFAULT_OPTIONS, **(options or {})}
        self._owner_lock = FileLock(self.layout.root / "owner.lock")
        self._users_lock = FileLock(self.layout.root / "users.lock")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster; None when it is not running."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """Connection URL of `role`."""
        return socket_url(self.layout, role, database)

    def start(self, *, lock_timeout: float = 0.0) -> None:
        """Create the cluster when there is none, start the server, make sure the database exists.

        Raises StartError: directory in use, not writable, of another version, disk full, server refused.
        """
        account = service_account(self.layout.cluster)
        self.layout.prepare(account)
        if not self._owner_lock.acquire(timeout=lock_timeout):
            raise already_running(self.layout)
        try:
            self._keep_archiving()
            major = cluster.major_of_cluster(self.layout.cluster)
            binaries = find(major, account, self.layout.stage)
            if major is None:
                cluster.create(self.layout.cluster, binaries, account)
            else:
                cluster.clear_leftovers(self.layout.cluster)
            self._launch(binaries, account)
            self._ensure_database()
            self._users_lock.acquire(shared=True, timeout=1.0)
        except BaseException:
            self.stop()
            raise

    def _keep_archiving(self) -> None:
        """Where WAL is archived, no server of ours may drop a segment that nobody has stored yet."""
        if archiving.remembered(self.layout) is not None:
            self._options = {**archiving.options(""), **self._options}

    def stop(self, *, wait_for_users: bool = False) -> None:
        """Shut the server down (fast mode; committed rows are safe) and give the directory back.

        With `wait_for_users`, commands that still use the server finish first.
        """
        self._users_lock.release()
        if wait_for_users and self._process is not None:
            self._users_lock.acquire(timeout=3600.0)
        if self._process is not None:
            process.stop(self._process, (signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))
            self._process = None
        self._users_lock.release()
        self._owner_lock.release()

    def died(self) -> bool:
        """True when the server was started and is no longer running."""
        return self._process is not None and self._process.poll() is not None

    def check_files(self) -> None:
        """Raise StartError when the cluster was deleted under the running server."""
        if cluster.major_of_cluster(self.layout.cluster) is None:
            raise lost(self.layout.cluster)

    def relaunch(self) -> None:
        """Start the server again after it died (a kill, the kernel's memory killer).

        Raises StartError: files deleted or damaged, disk full, log not writable, server refused.
        """
        self.check_files()
        account = service_account(self.layout.cluster)
        binaries = find(cluster.major_of_cluster(self.layout.cluster), account, self.layout.stage)
        cluster.clear_leftovers(self.layout.cluster)
        self._launch(binaries, account)

    def _launch(self, binaries: Binaries, account: process.Account | None) -> None:
        deadline = time.monotonic() + _LOCK_RETRIES
        while True:
            report = self._launch_once(binaries, account)
            if report is None:
                return
            busy = "lock file" in report or "shared memory block" in report
            if not busy or time.monotonic() > deadline:
                raise cluster.explain(report, self.layout.cluster)
            time.sleep(0.1)

    def _launch_once(self, binaries: Binaries, account: process.Account | None) -> str | None:
        """None when the server accepts connections; otherwise what it wrote before it ended."""
        log = self.layout.logs / "postgres.log"
        arguments = [f"--{name.replace('_', '-')}={value}" for name, value in self._options.items()]
        with open_log(log) as sink:
            begin = sink.tell()
            self._process = process.spawn(
                [
                    binaries.program("postgres"),
                    "-D",
                    self.layout.cluster,
                    "-k",
                    self.layout.sockets,
                    *arguments,
                ],
                environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                log=sink,
                account=account,
                death_signal=signal.SIGINT,
                folder=Path("/"),
            )
        if self._wait_ready(self._process):
            return None
        with log.open("rb") as written:
            written.seek(begin)
            return written.read().decode("utf-8", "replace")

    def _wait_ready(self, child: subprocess.Popen[bytes]) -> bool:
        url = self.url(OWNER, "postgres")
        deadline = time.monotonic() + _READY_TIMEOUT
        while child.poll() is None:
            if answers(url):
                return True
            if time.monotonic() > deadline:
                process.stop(child, (signal.SIGQUIT, 10.0))
                return False
            time.sleep(0.02)
        return False

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url(OWNER, "postgres"), autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if known is None:
                name = sql.Identifier(DATABASE)
                connection.execute(sql.SQL("create database {} template template0").format(name))
            ensure_roles(connection)


def already_running(layout: Layout) -> StartError:
    """A second server on one data directory."""
    return StartError(
        Exit.BUSY,
        f"dean06 đang chạy trên thư mục dữ liệu {layout.root}; hãy dừng nó trước hoặc đặt DATA_DIR khác.",
        f"dean06 is already running on the data directory {layout.root}; "
        "stop it first or set another DATA_DIR.",
    )


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[Callable[[str], str]]:
    """The server of `data_dir`, started for the time of the block unless it runs already.

    Yields a function from role to URL. Raises StartError as `EmbeddedPostgres.start` does.
    """
    server = EmbeddedPostgres(data_dir)
    users = FileLock(server.layout.root / "users.lock")
    started = _start_unless_running(server)
    try:
        if not started and not users.acquire(shared=True, timeout=5.0):
            raise already_running(server.layout)
        yield server.url
    finally:
        users.release()
        if started:
            server.stop(wait_for_users=True)


def _start_unless_running(server: EmbeddedPostgres, patience: float = 30.0) -> bool:
    """True when this call started the server; waits while another process is starting or stopping it."""
    deadline = time.monotonic() + patience
    while not answers(server.url()):
        try:
            server.start(lock_timeout=0.2)
        except StartError as failure:
            if failure.code is not Exit.BUSY or time.monotonic() > deadline:
                raise
        else:
            return True
    return False
