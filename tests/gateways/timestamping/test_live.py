"""The live client against an authority that really listens: what holds is taken, nothing else is."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509 import load_pem_x509_certificates

from dean06.gateways.timestamping import Refused, Unreachable
from dean06.gateways.timestamping.live import LiveTimestamper
from dean06.gateways.timestamping.simulator import WAYS, SimulatedAuthority


@pytest.fixture(scope="module")
def tsa() -> Iterator[SimulatedAuthority]:
    with SimulatedAuthority() as authority:
        yield authority


def client(tsa: SimulatedAuthority, way: str = "tsa", seconds: float = 10) -> LiveTimestamper:
    return LiveTimestamper(tsa.url(way), load_pem_x509_certificates(tsa.root_pem), seconds)


def test_a_good_answer(tsa: SimulatedAuthority) -> None:
    stamp = client(tsa).stamp("nội dung".encode())
    assert abs(datetime.now(UTC) - stamp.at) < timedelta(minutes=1)
    assert stamp.authority == "CN=Cấp dấu thời gian giả lập"
    assert len(stamp.token) > 500


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("wrong-nonce", "Nonce mismatch"),
        ("wrong-digest", "Mismatch between messages"),
        ("expired", "certificate has expired"),
        ("unknown", "certificate signature failure"),
        ("rejected", "not GRANTED"),
        ("garbage", "ASN.1"),
    ],
)
def test_an_answer_that_does_not_hold_is_refused(tsa: SimulatedAuthority, way: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        client(tsa, way).stamp(b"x")
    assert str(refused.value).startswith("127.0.0.1:")


def test_every_way_of_the_simulator_is_tried_here() -> None:
    tried = {"wrong-nonce", "wrong-digest", "expired", "unknown", "rejected", "garbage", "tsa", "slow"}
    assert set(WAYS) == tried


def test_a_server_that_is_down_is_unreachable(tsa: SimulatedAuthority) -> None:
    with pytest.raises(Unreachable, match="HTTP 503"):
        client(tsa, "down").stamp(b"x")


def test_a_slow_server_is_given_up(tsa: SimulatedAuthority) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match="timed out"):
        client(tsa, "slow", 0.3).stamp(b"x")
    assert time.monotonic() - began < 5


def test_a_port_where_nobody_listens(tsa: SimulatedAuthority) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    dead = LiveTimestamper(f"http://127.0.0.1:{port}/", load_pem_x509_certificates(tsa.root_pem))
    with pytest.raises(Unreachable, match="refused"):
        dead.stamp(b"x")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_only_http_is_spoken(tsa: SimulatedAuthority, address: str) -> None:
    with pytest.raises(Unreachable, match="unknown url type"):
        LiveTimestamper(address, load_pem_x509_certificates(tsa.root_pem)).stamp(b"x")


def _whole(visitor: socket.socket) -> None:
    """Read one request: its head, then as many bytes as the head announces."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += visitor.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    announced = re.search(rb"(?i)content-length: *(\d+)", head)
    left = int(announced[1]) - len(body) if announced else 0
    while left > 0:
        left -= len(visitor.recv(left))


def _answering(*pieces: bytes, pause: float = 0.0) -> tuple[str, threading.Thread]:
    """A server for one request that says just this.

    It reads the request to its end first: closing with unread bytes would reset the connection.
    """
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as visitor:
            _whole(visitor)
            try:
                for piece in pieces:
                    visitor.sendall(piece)
                    time.sleep(pause)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}/", thread


@pytest.mark.parametrize(
    ("head", "error", "reason"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", Refused, "HTTP 302"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>", Refused, "text/html instead"),
        (b"nonsense\r\n\r\n", Unreachable, "nonsense"),
        (b"", Unreachable, "closed connection|reset by peer"),
    ],
)
def test_other_answers(tsa: SimulatedAuthority, head: bytes, error: type[Exception], reason: str) -> None:
    address, thread = _answering(head)
    with pytest.raises(error, match=reason):
        LiveTimestamper(address, load_pem_x509_certificates(tsa.root_pem)).stamp(b"x")
    thread.join(5)


_REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n"


def test_an_endless_answer_is_cut(tsa: SimulatedAuthority) -> None:
    address, thread = _answering(_REPLY, *[b"x" * 50_000] * 5)
    with pytest.raises(Refused, match="more than 200000 bytes"):
        LiveTimestamper(address, load_pem_x509_certificates(tsa.root_pem)).stamp(b"x")
    thread.join(5)


def test_a_trickling_answer_is_given_up(tsa: SimulatedAuthority) -> None:
    address, thread = _answering(_REPLY, *[b"x"] * 20, pause=0.1)
    with pytest.raises(Unreachable, match="took more than"):
        LiveTimestamper(address, load_pem_x509_certificates(tsa.root_pem), 0.5).stamp(b"x")
    thread.join(5)
