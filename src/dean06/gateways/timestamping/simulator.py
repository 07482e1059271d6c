"""An authority for demos and tests: listens on a socket, issues real tokens, misbehaves when told to.

`python -m dean06.gateways.timestamping.simulator --port 3161 --cert root.pem`, then `TSA_URL` and `TSA_CERT`.
The last part of the address chooses how it answers: `/tsa` well, `/wrong-nonce`, `/slow`, … (`WAYS`).
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from pyasn1.error import PyAsn1Error

from dean06.gateways.timestamping.tokens import Authority, answer, expired, make_authority, rejection

MOST_BYTES = 10_000


class SimulatedAuthority:
    """`with SimulatedAuthority() as tsa: LiveTimestamper(tsa.url(), roots)`. Its own root, its own clock."""

    def __init__(self, port: int = 0, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.way = ""  # when set, every request is answered so, whatever its address
        self.authority = make_authority()
        self.expired = expired(self.authority)
        self.stop_waiting = threading.Event()
        self.asked = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def url(self, way: str = "tsa") -> str:
        """The address under which it answers in that way."""
        return f"http://127.0.0.1:{self._server.server_port}/{way}"

    @property
    def root_pem(self) -> bytes:
        """What an operator would trust."""
        return self.authority.root_pem

    def __enter__(self) -> SimulatedAuthority:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_waiting.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def token(self, query: bytes, signer: Authority | None = None) -> bytes:
        """A good answer."""
        return answer(signer or self.authority, query, at=self.now())


def _garbage(_tsa: SimulatedAuthority, _query: bytes) -> bytes:
    return b"\x30\x03\x02\x01"


def _slow(tsa: SimulatedAuthority, query: bytes) -> bytes:
    tsa.stop_waiting.wait(30)
    return tsa.token(query)


WAYS: dict[str, Callable[[SimulatedAuthority, bytes], bytes]] = {
    "tsa": lambda tsa, query: tsa.token(query),
    "slow": _slow,
    "wrong-nonce": lambda tsa, query: answer(tsa.authority, query, at=tsa.now(), nonce_shift=1),
    "wrong-digest": lambda tsa, query: answer(tsa.authority, query, at=tsa.now(), other_digest=True),
    "expired": lambda tsa, query: tsa.token(query, tsa.expired),
    "unknown": lambda tsa, query: tsa.token(query, make_authority()),
    "rejected": lambda _tsa, _query: rejection(),
    "garbage": _garbage,
}


def _handler(tsa: SimulatedAuthority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            tsa.asked += 1
            query = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BYTES))
            way = WAYS.get(tsa.way or self.path.strip("/"))
            if way is None:  # "down", and every other address
                self._say(503, b"", "text/plain")
                return
            try:
                self._say(200, way(tsa, query), "application/timestamp-reply")
            except PyAsn1Error:
                self._say(400, b"", "text/plain")

        def _say(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):  # who asked has given up
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the one who asks tells what came."""

    return Handler


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A simulated time-stamp authority, for demos.")
    parser.add_argument("--port", type=int, default=3161)
    parser.add_argument("--cert", type=Path, required=True, help="where to write its root certificate (PEM)")
    given = parser.parse_args()
    with SimulatedAuthority(given.port) as tsa:
        given.cert.write_bytes(tsa.root_pem)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
