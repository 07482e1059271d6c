"""A collector of logs for tests: takes RFC 5425 frames over TLS and keeps their messages."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Collecting:
    """`deaf`: a connection ends after the first bytes, as with a collector that crashes."""

    port: int
    messages: list[str] = field(default_factory=list)
    refused: int = 0
    deaf: bool = False

    def texts(self) -> list[str]:
        """What stands after the header and the byte-order mark of each message."""
        return [each.partition("\ufeff")[2] for each in self.messages]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def collecting(cert: Path, key: Path, port: int = 0, *, deaf: bool = False) -> Iterator[Collecting]:
    """Listen until the block ends; then every connection is cut."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", port), reuse_port=True) as door:
        door.settimeout(0.05)
        found = Collecting(door.getsockname()[1], deaf=deaf)
        ended = threading.Event()
        thread = threading.Thread(target=_serve, args=(door, context, found, ended), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            ended.set()
            thread.join()


def _serve(door: socket.socket, context: ssl.SSLContext, found: Collecting, ended: threading.Event) -> None:
    threads: list[threading.Thread] = []
    while not ended.is_set():
        try:
            line, _address = door.accept()
        except TimeoutError:
            continue
        thread = threading.Thread(target=_take, args=(line, context, found, ended), daemon=True)
        threads.append(thread)
        thread.start()
    for thread in threads:
        thread.join()


def _take(line: socket.socket, context: ssl.SSLContext, found: Collecting, ended: threading.Event) -> None:
    try:
        safe = context.wrap_socket(line, server_side=True)
    except OSError:
        found.refused += 1
        line.close()
        return
    rest = b""
    with safe:
        safe.settimeout(0.05)
        while not ended.is_set():
            try:
                got = safe.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            if found.deaf and got:
                return
            if not got:
                with contextlib.suppress(OSError):
                    safe.settimeout(1)
                    safe.unwrap()
                return
            rest = _frames(rest + got, found)


def _frames(data: bytes, found: Collecting) -> bytes:
    """Keep the whole messages of `data`; what is left."""
    while True:
        length, space, rest = data.partition(b" ")
        if not space or len(rest) < int(length):
            return data
        found.messages.append(rest[: int(length)].decode("utf-8"))
        data = rest[int(length) :]
