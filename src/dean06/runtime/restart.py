"""New processes in the place of the present ones, without a refused or dropped request.

The new web server starts beside the old one on the same socket; only when each of its workers has loaded the
program does the old one stop accepting. A new version that does not start leaves the old one serving.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dean06.runtime import process
from dean06.runtime.failures import Exit, StartError
from dean06.runtime.layout import Layout
from dean06.runtime.listener import READY
from dean06.runtime.locks import FileLock
from dean06.runtime.supervisor import Child, Supervisor

_PATIENCE = 90.0  # seconds a new web server may take to load
_ANSWER = 300.0  # seconds `dean06 restart` waits for the outcome: migrations run first
_DRAIN = 25.0  # seconds: linger, requests under way, kill
_NOTE, _PID, _LOCK = "restart.json", "up.pid", "up.lock"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a restart; `words` tell what failed."""

    number: str
    at: str
    ok: bool
    words: str


def renew(supervisor: Supervisor, prepare: Callable[[], bool], workers: int, root: Path) -> None:
    """Prepare with the new program, start a new web server, end the old one; then jobs. Notes the outcome."""
    words = "" if prepare() else "prepare"
    web = supervisor.children[0]
    if not words and not _renew_web(supervisor, web, workers):
        words = web.last_words() or "web"
    if not words:
        for child in supervisor.children[1:]:
            child.stop(25.0)
            child.start()
    if words:
        supervisor.tell(f"Không khởi động lại được, bản đang chạy vẫn phục vụ (restart failed): {words}")
    else:
        supervisor.tell("Đã khởi động lại, không ngắt kết nối nào (restarted without losing a request).")
    _note(root, Outcome(secrets.token_hex(8), datetime.now(UTC).isoformat(), not words, words))


def _renew_web(supervisor: Supervisor, web: Child, workers: int) -> bool:
    reading, writing = os.pipe()
    fresh = replace(
        web,
        process=None,
        keep=(*web.keep, writing),
        variables={**web.variables, READY: str(writing)},
    )
    try:
        fresh.start()
        os.close(writing)
        if not _loaded(supervisor, fresh, reading, workers):
            fresh.stop(5.0)
            return False
    finally:
        os.close(reading)
    old, web.process, web.started, web.failures = web.process, fresh.process, fresh.started, 0
    if old is not None:
        process.stop(old, (signal.SIGUSR2, _DRAIN))
    return True


def _loaded(supervisor: Supervisor, fresh: Child, reading: int, workers: int) -> bool:
    """Whether each worker has written its byte, before the process ends or patience does."""
    deadline, count = time.monotonic() + _PATIENCE, 0
    while time.monotonic() < deadline and not supervisor.stopping:
        supervisor.step()
        if fresh.process is None or fresh.process.poll() is not None:
            return False
        if select.select([reading], [], [], 0.1)[0]:
            got = len(os.read(reading, 64))
            count += got
            if count >= workers:
                return True
            if got == 0:
                return False
    return False


@contextlib.contextmanager
def announced(root: Path) -> Iterator[None]:
    """While the block runs, `dean06 restart` finds this process."""
    lock = FileLock(root / _LOCK)
    lock.acquire(timeout=2.0)
    (root / _PID).write_text(str(os.getpid()), encoding="ascii")
    try:
        yield
    finally:
        (root / _PID).unlink(missing_ok=True)
        lock.release()


def ask(layout: Layout) -> Outcome:
    """Have the running `dean06 up` of this data directory restart; what came of it.

    Raises StartError when none runs or none answers in five minutes.
    """
    lock = FileLock(layout.root / _LOCK)
    if not layout.root.is_dir() or lock.acquire():
        lock.release()
        raise StartError(
            Exit.BUSY,
            f"Không có «dean06 up» nào đang chạy trên {layout.root}.",
            f"No `dean06 up` is running on {layout.root}.",
        )
    lock.release()
    before = _outcome(layout.root)
    os.kill(int((layout.root / _PID).read_text(encoding="ascii")), signal.SIGUSR2)
    deadline = time.monotonic() + _ANSWER
    while time.monotonic() < deadline:
        now = _outcome(layout.root)
        if now is not None and now != before:
            return now
        time.sleep(0.1)
    raise StartError(
        Exit.PROGRAM,
        f"«dean06 up» chưa trả lời sau {_ANSWER:.0f} giây; xem {layout.logs}.",
        f"`dean06 up` has not answered in {_ANSWER:.0f} seconds; see {layout.logs}.",
    )


def _note(root: Path, outcome: Outcome) -> None:
    half = root / f".{_NOTE}.partial"
    content = {"number": outcome.number, "at": outcome.at, "ok": outcome.ok, "words": outcome.words}
    half.write_text(json.dumps(content), encoding="utf-8")
    half.replace(root / _NOTE)


def _outcome(root: Path) -> Outcome | None:
    try:
        note = json.loads((root / _NOTE).read_text(encoding="utf-8"))
        return Outcome(str(note["number"]), str(note["at"]), bool(note["ok"]), str(note["words"]))
    except (FileNotFoundError, ValueError, KeyError):
        return None
