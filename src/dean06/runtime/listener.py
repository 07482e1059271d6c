"""The listening socket outlives every web process: the supervisor holds it, web servers share it in turn.

A connection that arrives while no process accepts waits in the kernel's queue instead of being refused. A web
server that is to end first stops accepting, answers what it has accepted, and only then closes: a connection
accepted a moment before its request arrives would otherwise be dropped.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

LISTENER = "DEAN06_LISTENER"
"""Variable with the number of the open socket."""
READY = "DEAN06_READY"
"""Variable with the number of a pipe: each web process writes a byte when it has loaded the program."""
BACKLOG = 1024  # connections that wait; the kernel allows 4096 by default
LINGER = 1.0  # seconds a server that stopped accepting gives accepted connections to send their request

Application = Callable[..., Iterable[bytes]]


def given(variable: str) -> int | None:
    """The number of an open file that the parent process handed over."""
    text = os.environ.get(variable, "")
    return int(text) if text.isdigit() else None


def tell_ready() -> None:
    """Say to the supervisor that this process can serve."""
    pipe = given(READY)
    if pipe is not None:
        with contextlib.suppress(BrokenPipeError):  # a worker that came later: nobody waits any more
            os.write(pipe, b".")
        os.close(pipe)


class Draining:
    """In a web process: after SIGUSR1 it accepts no more, and asks keep-alive clients to connect anew."""

    def __init__(self, listener: int, application: Application) -> None:
        self._socket, self._application = os.fstat(listener), application
        self._on = False
        signal.signal(signal.SIGUSR1, self._stop_accepting)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """WSGI (PEP 3333); the server in front takes the header as its own."""
        if not self._on:
            return self._application(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], *rest)

        return self._application(environ, start)

    def _stop_accepting(self, _number: int, _frame: FrameType | None) -> None:
        """Put a socket that nobody connects to in the place of the shared one, in this process only."""
        self._on = True
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            nobody.listen(1)
            nobody.setblocking(False)
            for number in _copies(self._socket):
                os.dup2(nobody.fileno(), number, inheritable=False)


def _copies(wanted: os.stat_result) -> list[int]:
    """Numbers under which this process has the same socket open."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            state = os.fstat(int(entry.name))
        except OSError:  # the listing's own, closed by now
            continue
        if (state.st_dev, state.st_ino) == (wanted.st_dev, wanted.st_ino):
            found.append(int(entry.name))
    return found
