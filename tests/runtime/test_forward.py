"""Lines of the logs leave for another machine: over checked TLS, each at least once, in their order."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.runtime.certificates import Authority, authority, self_signed
from tests.runtime.collecting import Collecting, collecting, free_port

from dean06.runtime import environment, forward
from dean06.runtime.collector import PORT, Collector, collector
from dean06.runtime.failures import StartError
from dean06.runtime.forward import Forwarder, message
from dean06.runtime.supervisor import children

LINE = "2026-11-24T03:12:12.345+00:00 WARNING dean06.access từ chối 403"
NAME = "localhost"


@pytest.fixture
def root(tmp_path: Path) -> Authority:
    return authority(tmp_path)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "log"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "_BACK_OFF", (0.0,))
    monkeypatch.setattr(forward, "_SURE", 0.0)


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def write(log: Path, *lines: str) -> None:
    with log.open("a", encoding="utf-8") as sink:
        sink.writelines(f"{line}\n" for line in lines)


def forwarder(logs: Path, root: Authority, port: int) -> Forwarder:
    made = Forwarder(logs, Collector(NAME, port, root.trusted), host="may-1")
    made.load()
    return made


def delivered(working: Forwarder, taken: Collecting, count: int) -> None:
    """Step until the collector has `count` messages and the forwarder counts them as sent."""
    until(lambda: working.step() in (True, False) and len(taken.messages) >= count)
    for _ in range(2):
        working.step()
    assert working.problem == ""


def test_a_line_becomes_a_message_of_the_standard() -> None:
    told = message("web", LINE.encode(), "may-1")
    length, _space, text = told.partition(b" ")
    assert int(length) == len(text)
    head, body = text.split(b"\xef\xbb\xbf")
    assert head == b"<132>1 2026-11-24T03:12:12.345+00:00 may-1 dean06-web - - - "
    assert body.decode() == LINE


@pytest.mark.parametrize(
    ("line", "priority"),
    [
        (b'{"at": "2026-11-24T03:12:12.345+00:00", "level": "ERROR", "message": "x"}', b"<131>"),
        (b"2026-11-24 03:12:12 UTC [7] FATAL:  the database system is shutting down", b"<130>"),
        (b"  Traceback (most recent call last):", b"<134>"),
        (b"\xff\xfe broken", b"<134>"),
    ],
)
def test_the_level_is_that_of_the_line(line: bytes, priority: bytes) -> None:
    told = message("web", line, "-").partition(b" ")[2]
    assert told.startswith(priority)
    told.decode("utf-8")


def test_each_line_of_each_log_arrives_once_and_in_order(logs: Path, root: Authority, tmp_path: Path) -> None:
    write(logs / "web.log", LINE, "  Traceback")
    write(logs / "postgres.log", "x")
    write(logs / "forward.log", "own words are not sent")
    with collecting(*root.issue(tmp_path, NAME)) as taken:
        working = forwarder(logs, root, taken.port)
        delivered(working, taken, 3)
        write(logs / "web.log", "second")
        delivered(working, taken, 4)
        working.close()
        assert taken.texts() == ["x", LINE, "  Traceback", "second"]
        again = forwarder(logs, root, taken.port)
        write(logs / "web.log", "third")
        delivered(again, taken, 5)
        again.close()
        assert taken.texts()[4:] == ["third"]


@pytest.mark.parametrize("kind", ["nobody trusts it", "another name"])
def test_a_collector_whose_certificate_does_not_hold_gets_nothing(
    logs: Path, root: Authority, tmp_path: Path, kind: str
) -> None:
    write(logs / "web.log", LINE)
    pair = self_signed(tmp_path, NAME) if kind == "nobody trusts it" else root.issue(tmp_path, "evil.example")
    with collecting(*pair) as taken:
        working = forwarder(logs, root, taken.port)
        working.step()
        until(lambda: taken.refused == 1)
        assert "certificate" in working.problem.lower()
        assert taken.messages == []
        working.close()
        assert taken.messages == []
    note = json.loads((logs / forward.STATE).read_text())
    assert note["problem"] == working.problem
    assert note["since"]


def test_lines_wait_for_a_collector_that_is_away(logs: Path, root: Authority, tmp_path: Path) -> None:
    port, pair = free_port(), root.issue(tmp_path, NAME)
    working = forwarder(logs, root, port)
    write(logs / "web.log", "while it was away")
    working.step()
    assert "refused" in working.problem
    with collecting(*pair, port) as taken:
        delivered(working, taken, 1)
        assert taken.texts() == ["while it was away"]
    assert json.loads((logs / forward.STATE).read_text())["problem"] == ""
    working.close()


def test_a_batch_that_a_crash_may_have_swallowed_is_sent_again(
    logs: Path, root: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward, "_SURE", 60.0)  # however slow this machine is, the crash comes before it
    pair = root.issue(tmp_path, NAME)
    write(logs / "web.log", "one", "two")
    with collecting(*pair, deaf=True) as taken:
        working = forwarder(logs, root, taken.port)
        working.step()
        until(lambda: working.step() in (True, False) and bool(working.problem))
        assert taken.messages == []
        taken.deaf = False
        monkeypatch.setattr(forward, "_SURE", 0.0)
        delivered(working, taken, 2)
        assert taken.texts() == ["one", "two"]
        working.close()


def test_a_collector_that_hangs_up_between_batches_is_called_again(
    logs: Path, root: Authority, tmp_path: Path
) -> None:
    port, pair = free_port(), root.issue(tmp_path, NAME)
    working = forwarder(logs, root, port)
    write(logs / "web.log", "one")
    with collecting(*pair, port) as taken:
        delivered(working, taken, 1)
    working.step()
    assert working.problem == "", "nothing was lost: nothing is told"
    with collecting(*pair, port) as taken:
        write(logs / "web.log", "two")
        delivered(working, taken, 1)
        assert taken.texts() == ["two"]
    working.close()


def test_lines_that_could_not_be_sent_in_time_are_told(logs: Path, root: Authority, tmp_path: Path) -> None:
    log, aside = logs / "web.log", logs / "web.log.1"
    write(log, "one")
    with collecting(*root.issue(tmp_path, NAME)) as taken:
        working = forwarder(logs, root, taken.port)
        delivered(working, taken, 1)
        with log.open("rb"):  # holds the inode: it is not given to the next file
            for text in ("two", "three"):
                log.replace(aside)
                write(log, text)
            delivered(working, taken, 4)
        working.close()
        assert taken.texts() == [
            "one",
            "WARNING lines of this log were gone before they could be sent",
            "two",
            "three",
        ]


def test_a_broken_note_begins_anew_and_says_so(
    logs: Path, root: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (logs / forward.STATE).write_text('{"places": [1]}')
    write(logs / "web.log", "one")
    with collecting(*root.issue(tmp_path, NAME)) as taken:
        working = forwarder(logs, root, taken.port)
        delivered(working, taken, 1)
        working.close()
    assert "sent from its beginning" in caplog.text


def test_the_process_sends_the_last_words_when_it_is_told_to_stop(
    logs: Path, root: Authority, tmp_path: Path
) -> None:
    write(logs / "web.log", "first")
    with collecting(*root.issue(tmp_path, NAME)) as taken:
        given = {"DATA_DIR": str(logs.parent), "LOG_FORWARD_CA": str(root.trusted)}
        given["LOG_FORWARD_URL"] = f"tls://{NAME}:{taken.port}"
        with (logs / "forward.log").open("wb") as own:
            running = subprocess.Popen(
                [sys.executable, "-m", "dean06.runtime.forward"], env={**os.environ, **given}, stderr=own
            )
        until(lambda: taken.texts() == ["first"], 60)
        write(logs / "web.log", "last words")
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
        assert taken.texts() == ["first", "last words"]
    assert (logs / "forward.log").read_text() == ""


def test_it_is_kept_where_a_collector_is_named_and_ends_after_those_that_write(tmp_path: Path) -> None:
    assert "forward" not in [each.name for each in children({}, tmp_path)]
    kept = children({"LOG_FORWARD_URL": "tls://nhat-ky.example", "DEMO_VNEID": "1"}, tmp_path)
    assert kept[-1].name == "forward"


@pytest.mark.parametrize(
    "address",
    ["nhat-ky.example", "http://nhat-ky.example", "tls://", "tls://a:b@c", "tls://a:99999", "tls://a/x"],
)
def test_a_malformed_address_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(StartError, match=re.escape(address)):
        environment.read({"LOG_FORWARD_URL": address})


def test_the_authority_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="LOG_FORWARD_CA"):
        collector({"LOG_FORWARD_URL": "tls://a", "LOG_FORWARD_CA": str(tmp_path / "none.pem")})
    assert collector({"LOG_FORWARD_URL": "tls://a"}) == Collector("a", PORT, None)
    assert collector({}) is None
