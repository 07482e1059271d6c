"""Keeps the web server and the job worker running beside the database, and stops them in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from dean06.gateways.vneid.settings import is_simulated
from dean06.runtime import process, tls
from dean06.runtime.failures import Exit, StartError
from dean06.runtime.listener import LISTENER
from dean06.runtime.logs import open_log
from dean06.runtime.postgres import EmbeddedPostgres

_BACK_OFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the nth restart in a row
_STEADY = 60.0  # seconds of life after which a child counts as healthy again
_READY_TIMEOUT = 60.0


@dataclass
class Child:
    """One kept process: its module is run with this interpreter, its output goes to a log file."""

    name: str
    module: str
    variables: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    retry_at: float = 0.0
    keep: tuple[int, ...] = ()
    outlives_database: bool = False

    def start(self) -> None:
        """Start the process. Raises StartError when its log cannot be written."""
        with open_log(self.log) as sink:
            self.process = process.spawn(
                [sys.executable, "-m", self.module], environment=self.variables, log=sink, keep=self.keep
            )
        self.started = time.monotonic()

    def check(self) -> int | None:
        """Exit code when the process has just died; restarts it once its pause is over."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return None
            process.kill_group(self.process.pid)  # its own workers must not keep the port
            self.process = None
            self.failures = 0 if now - self.started > _STEADY else self.failures
            self.retry_at = now + _BACK_OFF[min(self.failures, len(_BACK_OFF) - 1)]
            self.failures += 1
            return code
        if now >= self.retry_at:
            self.start()
        return None

    def stop(self, seconds: float) -> None:
        """Ask the process to finish, then kill what is left."""
        if self.process is not None:
            process.stop(self.process, (signal.SIGTERM, seconds))
            self.process = None

    def last_words(self, lines: int = 5) -> str:
        """The end of the log, for the operator."""
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


@dataclass
class Supervisor:
    """The children and the embedded database (None when an external one is used).

    `renew` puts new processes in the place of the present ones (restart.py).
    """

    children: list[Child]
    server: EmbeddedPostgres | None
    tell: Callable[[str], None]
    renew: Callable[[Supervisor], None] | None = None
    stopping: bool = field(default=False, init=False)
    renewing: bool = field(default=False, init=False)

    def start(self) -> None:
        """Start every child that does not run yet."""
        for child in self.children:
            if child.process is None:
                child.start()

    def wait_healthy(self, address: str) -> None:
        """Wait until GET /health answers 200. Raises StartError after a minute or when told to stop."""
        deadline = time.monotonic() + _READY_TIMEOUT
        while not self.stopping and time.monotonic() < deadline:
            if is_healthy(address):
                return
            self.step()
            time.sleep(0.1)
        if not self.stopping:
            words = self.children[0].last_words()
            raise StartError(
                Exit.PROGRAM,
                f"Máy chủ web không trả lời tại {address}: {words}",
                f"The web server does not answer at {address}: see {self.children[0].log}.",
            )

    def run(self) -> None:
        """Keep everything running until a signal asks to stop."""
        while not self.stopping:
            self.step()
            if self.renewing and self.renew is not None:
                self.renewing = False
                self.renew(self)
            time.sleep(0.2)

    def step(self) -> None:
        """One look at the database and every child; the dead ones are started again.

        Raises StartError when that cannot be: the data directory deleted, the disk full, a log not writable.
        """
        if self.server is not None:
            self.server.check_files()
        if self.server is not None and self.server.died():
            self.tell("PostgreSQL dừng đột ngột, đang khởi động lại (PostgreSQL stopped; starting again).")
            self.server.relaunch()
        for child in self.children:
            code = child.check()
            if code is not None:
                self.tell(f"{child.name} dừng (mã {code}), sẽ chạy lại (stopped; will restart): {child.log}")

    def stop(self) -> None:
        """Web first, then jobs; the database last, by its owner."""
        for child in self.children:
            if not child.outlives_database:
                child.stop(seconds=15.0)

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM end `run` instead of the process; SIGUSR2 puts new processes in place.

        SIGHUP does the second for a service; for a program in a terminal it means that the terminal is gone.
        """

        def ask(number: int, _frame: FrameType | None) -> None:
            if number == signal.SIGUSR2 or (number == signal.SIGHUP and not attended):
                self.renewing = True
            else:
                self.stopping = True

        attended = sys.stdin is not None and sys.stdin.isatty()
        caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR2)
        before = [(number, signal.signal(number, ask)) for number in caught]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)


def is_healthy(address: str) -> bool:
    """True when GET /health answers 200 within two seconds."""
    try:
        own = tls.pinned(Path(os.environ["TLS_CERT"])) if address.startswith("https:") else None
        with urllib.request.urlopen(f"{address}/health", timeout=2, context=own) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def children(variables: Mapping[str, str], logs: Path, listener: int | None = None) -> list[Child]:
    """The web server and the job worker with these variables; a demo may ask for the simulated VNeID too.

    `listener` is the open socket that web servers share, one after another (listener.py).
    """
    common = {**os.environ, **variables, "PYTHONUNBUFFERED": "1"}
    web = Child("web", "dean06.runtime.serve", common, logs / "web.log")
    if listener is not None:
        web.variables, web.keep = {**common, LISTENER: str(listener)}, (listener,)
    found = [web, Child("worker", "dean06.runtime.worker", common, logs / "worker.log")]
    if is_simulated(common):
        found.append(Child("vneid", "dean06.gateways.vneid.simulator", common, logs / "vneid.log"))
    return found


def archiver(variables: Mapping[str, str], logs: Path) -> Child:
    """The process that archives WAL; the last segment comes when the database ends, so it ends after it."""
    common = {**os.environ, **variables, "PYTHONUNBUFFERED": "1"}
    return Child("archiver", "dean06.runtime.archiver", common, logs / "archiver.log", outlives_database=True)
