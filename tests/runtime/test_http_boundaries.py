"""Where a message ends (RFC 9112, section 6): raw bytes to the real server, nothing is smuggled behind one.

Each ambiguous message carries a whole second request behind it. A server that reads the end of the first one
otherwise than a proxy before it would answer the second.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest
from tests.runtime.web_server import WebServer, received, web_server

HIDDEN = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
END = b"0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"


def post(*headers: bytes, body: bytes, version: bytes = b"1.1") -> bytes:
    head = [b"POST /dang-nhap HTTP/" + version, b"Host: 127.0.0.1", *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def get(*headers: bytes, path: bytes = b"/health") -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: 127.0.0.1", *headers]) + b"\r\n\r\n"


def statuses(answer: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


def whole(number: int) -> bytes:
    return b"Content-Length: %d" % number


LENGTH = whole(len(HIDDEN))
# Refused as a whole: the framing is contradictory or malformed.
MALFORMED = {
    "two lengths": post(whole(0), LENGTH, body=HIDDEN),
    "a list of lengths": post(b"Content-Length: 0, 5", body=HIDDEN),
    "a length with a sign": post(b"Content-Length: +%d" % len(HIDDEN), body=HIDDEN),
    "a hexadecimal length": post(b"Content-Length: 0x10", body=HIDDEN),
    "a negative length": post(b"Content-Length: -1", body=HIDDEN),
    "a length beyond all numbers": post(b"Content-Length: " + b"9" * 30, body=HIDDEN),
    "a space before the colon of a length": post(b"Content-Length : 0", body=HIDDEN),
    "a space before the colon of an encoding": post(b"Transfer-Encoding : chunked", whole(0), body=HIDDEN),
    "a folded header": post(b"X: a", b" Content-Length: 0", CHUNKED, body=END + HIDDEN),
    "a folded encoding": post(b"Transfer-Encoding:\r\n chunked", whole(0), body=HIDDEN),
    "a header that begins with a space": get(b" X: y") + HIDDEN,
    "a carriage return alone": post(b"X: y\rContent-Length: 0", body=HIDDEN),
    "a zero byte": get(b"X: a\0b") + HIDDEN,
    "an encoding that is none": post(b"Transfer-Encoding: xchunked", body=END + HIDDEN),
    "chunked not last": post(b"Transfer-Encoding: chunked, identity", body=END + HIDDEN),
    "two encodings": post(CHUNKED, b"Transfer-Encoding: identity", body=END + HIDDEN),
    "an encoding behind a vertical tab": post(b"Transfer-Encoding: \x0bchunked", whole(0), body=HIDDEN),
    "chunks in HTTP/1.0": post(CHUNKED, b"Connection: keep-alive", body=END + HIDDEN, version=b"1.0"),
    "HTTP/0.9": b"GET /health\r\n" + HIDDEN,
    "another protocol": b"GET /health HTTP/1.9\r\nHost: 127.0.0.1\r\n\r\n" + HIDDEN,
}
# Understood as RFC 9112 says, answered once, and nothing more is read from this connection.
ANSWERED_ONCE = {
    "a length besides chunks": post(whole(4), CHUNKED, body=END + HIDDEN),
    "chunks besides a length": post(CHUNKED, whole(5 + len(HIDDEN)), body=END + HIDDEN),
    "a line feed inside a chunk's extension": post(CHUNKED, body=b"3;a\nabc\r\n0\r\n\r\n" + HIDDEN),
    "chunks that end with line feeds alone": post(CHUNKED, body=b"3\nabc\n0\n\n" + HIDDEN),
    "a negative chunk": post(CHUNKED, body=b"-1\r\n\r\n" + END + HIDDEN),
    "a chunk beyond all numbers": post(CHUNKED, body=b"f" * 17 + b"\r\nabc\r\n" + END + HIDDEN),
    "a chunk with a prefix": post(CHUNKED, body=b"0x3\r\nabc\r\n" + END + HIDDEN),
    "a chunk longer than it says": post(CHUNKED, body=b"3\r\nabcdef\r\n" + END + HIDDEN),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with web_server(tmp_path_factory.mktemp("boundaries")) as running:
        yield running


def closed(server: WebServer, sent: bytes) -> tuple[bytes, bool]:
    """What came back, and whether the server closed the connection."""
    with server.connect(3.0) as line:
        line.sendall(sent)
        answer = received(line)
        line.settimeout(0.2)
        try:
            return answer, line.recv(1) == b""
        except TimeoutError:
            return answer, False
        except ConnectionResetError:
            return answer, True


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_message_is_refused_and_the_connection_closed(server: WebServer, name: str) -> None:
    answer, over = closed(server, MALFORMED[name])
    assert statuses(answer) in ([], [400])
    assert over


@pytest.mark.parametrize("name", ANSWERED_ONCE)
def test_an_ambiguous_message_gets_one_answer_and_hides_no_other(server: WebServer, name: str) -> None:
    answer, over = closed(server, ANSWERED_ONCE[name])
    assert len(statuses(answer)) == 1
    assert 404 not in statuses(answer)
    assert b"smuggled" not in answer
    assert over


def test_a_length_besides_chunks_is_ignored(server: WebServer) -> None:
    """RFC 9112, 6.3: the program would answer 413 to this length, and the server would wait for the bytes."""
    alone = server.exchange(post(b"Content-Length: 90000000", body=b""))
    assert statuses(alone) in ([], [413])
    besides = server.exchange(post(b"Content-Length: 90000000", CHUNKED, body=END))
    assert statuses(besides) == [403]


def test_only_one_version_of_the_protocol_is_spoken(server: WebServer) -> None:
    """No HTTP/2: frames and a length that contradict each other cannot be sent."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
    assert not server.exchange(preface).startswith(b"\0\0")
    settings = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAA")
    assert statuses(server.exchange(get(*settings))) == [200]


def test_control_what_is_written_properly_is_answered(server: WebServer) -> None:
    """Two requests one after another, chunks with an extension: these tests would see a second answer."""
    assert statuses(server.exchange(get() + get(path=b"/smuggled"))) == [200, 404]
    assert statuses(server.exchange(post(CHUNKED, body=b"3;a=b\r\nabc\r\n0\r\n\r\n"))) == [403]
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as line:
        line.sendall(post(whole(3), body=b"abc") + HIDDEN)
        assert statuses(received(line)) == [403, 404]
