"""Child processes that never outlive their parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The operating-system account a child runs under."""

    name: str
    uid: int
    gid: int


def die_with_parent(signal_number: int, parent: int) -> None:
    """Ask the kernel to send `signal_number` to this process when `parent` dies (Linux only)."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:  # the parent died before the request was in place
        os.kill(os.getpid(), signal_number)


def exit_after_parent(seconds: float) -> None:
    """End this process, whatever it waits for, `seconds` after its parent died.

    The death signal asks for an orderly end; a process that then waits for a database which died with the
    same parent would wait long. A daemon thread watches.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        time.sleep(seconds)
        os._exit(1)

    threading.Thread(target=watch, name="exit-after-parent", daemon=True).start()


def _before_exec(signal_number: int) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        die_with_parent(signal_number, parent)

    return prepare


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: IO[bytes] | None = None,
    output: IO[bytes] | None = None,
    account: Account | None = None,
    death_signal: int = signal.SIGTERM,
    folder: Path | None = None,
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches only us. It inherits `keep`.

    The death signal is bound to the calling *thread* (the main one), asked for after the change of account.
    """
    return subprocess.Popen(  # noqa: S603 - commands are built by this package, never by users
        [str(part) for part in command],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output or log,
        stderr=subprocess.STDOUT if log else None,
        cwd=folder,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        start_new_session=True,
        pass_fds=tuple(keep),
        preexec_fn=_before_exec(death_signal),  # noqa: PLW1509 - runs before any thread exists
    )


def stop(process: subprocess.Popen[bytes], *steps: tuple[int, float]) -> None:
    """Send each (signal, seconds) in turn until the process is gone; SIGKILL to its group at the end."""
    for number, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process.pid)
    process.wait()


def kill_group(leader: int) -> None:
    """Kill whatever is left of the session started with process `leader`."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """True when a process with this id runs, whoever owns it.

    One that has ended and waits for its parent to notice (a slow init in a container) does not run.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    """The state letter of a process; empty when unknown. It follows the name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][:1]
    except OSError:
        return ""


def command_name(pid: int) -> str:
    """Name of the program running as `pid`; empty when unknown (no /proc, process gone)."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def processes_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder`: PostgreSQL's processes sit in their data directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if entry.readlink() == folder:
                found.append(int(entry.parent.name))
    return found
