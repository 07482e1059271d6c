"""The real web server process on a free port and the worker's test database; raw bytes to speak with it."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WebServer:
    """Where it listens and what it writes."""

    port: int
    log: Path

    def connect(self, timeout: float = 5.0) -> socket.socket:
        """A plain connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def exchange(self, sent: bytes, *, patience: float = 1.5) -> bytes:
        """Everything that comes back for these bytes until the server closes or `patience` is over."""
        with self.connect(patience) as line:
            line.sendall(sent)
            return received(line)


def received(line: socket.socket) -> bytes:
    """Everything until the other side closes or stays silent for the socket's timeout."""
    found = bytearray()
    with contextlib.suppress(TimeoutError, ConnectionResetError, ssl.SSLError):
        while part := line.recv(65536):
            found += part
    return bytes(found)


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def web_server(folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[WebServer]:
    """`python -m dean06.runtime.serve` with these variables besides those of the test run."""
    port, log = free_port(), folder / "web.log"
    ours = {
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": "1",
        "DJANGO_SETTINGS_MODULE": "dean06.config.settings",
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "dean06.runtime.serve"],
            env={**os.environ, **ours, **(variables or {})},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, log)
        yield WebServer(port, log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"the web server did not start: {log.read_text(errors='replace')[-2000:]}")
