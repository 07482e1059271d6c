"""Sends every line of every log to another machine (`python -m dean06.runtime.forward`): syslog over TLS.

Messages are RFC 5424, framed by their length and sent over TLS with a checked certificate (RFC 5425): OWASP
ASVS 5.0.0, 16.4.3. The places that were sent are remembered beside the logs, so that a restart, here or
there, loses no line that still stands in a file. The protocol acknowledges nothing: lines count as sent when
the connection is still open a second after them; else they are sent again, and a line may arrive twice.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from dean06.runtime import environment, outgoing
from dean06.runtime.collector import Collector, collector
from dean06.runtime.layout import Layout
from dean06.runtime.logtail import Place, look
from dean06.runtime.process import exit_after_parent

OWN = "forward.log"
STATE = "forward.json"  # beside the logs; read by core.operations.queries
_LOOK = 1.0  # seconds between looks at the logs
_PATIENCE = 10.0  # seconds for a connection, and for a batch to be taken
_SURE = 1.0  # seconds that a connection stays open after what was taken
_LAST = 3.0  # seconds for the last lines, when told to stop
_BACK_OFF = (1.0, 2.0, 5.0, 10.0, 30.0)
_ORPHANED = 5.0
_FACILITY = 16 * 8  # local0: RFC 5424, section 6.2.1
_INFO = 6
_SEVERITY = {
    b"CRITICAL": 2,
    b"PANIC": 2,
    b"FATAL": 2,
    b"ERROR": 3,
    b"WARNING": 4,
    b"INFO": _INFO,
    b"LOG": _INFO,
    b"DEBUG": 7,
}
_LEVEL = re.compile(rb"\b(CRITICAL|PANIC|FATAL|ERROR|WARNING|INFO|LOG|DEBUG)\b")
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")
_HEAD = 100  # bytes of a line in which its time and level stand
_log = logging.getLogger("dean06.forward")


def message(log: str, line: bytes, host: str) -> bytes:
    """One line of `log` (its name without the ending) as a message of RFC 5424, framed as RFC 5425 says.

    Time and level are those of the line; where it gives none, the nil value and "informational".
    """
    head = line[:_HEAD]
    level = _LEVEL.search(head)
    at = _TIME.search(head)
    severity = _SEVERITY[level[0]] if level else _INFO
    start = f"<{_FACILITY + severity}>1 {at[0].decode() if at else '-'} {host} dean06-{log} - - - "
    text = start.encode() + b"\xef\xbb\xbf" + line.decode("utf-8", "replace").encode()
    return b"%d %b" % (len(text), text)


@dataclass
class Forwarder:
    """The logs of one folder on their way to one collector."""

    logs: Path
    collector: Collector
    host: str = field(default_factory=lambda: re.sub(r"[^!-~]", "-", socket.gethostname())[:255] or "-")
    places: dict[str, Place] = field(default_factory=dict)
    problem: str = ""
    since: str = ""
    stopping: bool = False
    _line: ssl.SSLSocket | None = field(default=None, init=False)
    _read: dict[str, Place] = field(default_factory=dict, init=False)
    _waiting: dict[str, Place] = field(default_factory=dict, init=False)
    _waiting_since: float = field(default=0.0, init=False)
    _failures: int = field(default=0, init=False)
    _retry_at: float = field(default=0.0, init=False)

    def load(self) -> None:
        """Go on where the last process ended; from the beginning where its note is missing or broken."""
        with contextlib.suppress(FileNotFoundError):
            try:
                note = json.loads((self.logs / STATE).read_text(encoding="utf-8"))
                self.places = {name: Place(**place) for name, place in note["places"].items()}
                self.problem, self.since = str(note["problem"]), str(note["since"])
            except (ValueError, KeyError, TypeError, AttributeError):
                _log.warning("%s is broken: every log is sent from its beginning", STATE)

    def step(self) -> bool:
        """One look: confirm the last batch, send the next of each log. Whether more may wait."""
        if time.monotonic() < self._retry_at:
            return False
        try:
            self._settle()
            return self._send_new()
        except (OSError, ssl.SSLError) as error:
            self._broken(error)
            return False

    def close(self) -> None:
        """Send what is left while the collector takes it, say goodbye, note the places."""
        deadline = time.monotonic() + _LAST
        with contextlib.suppress(OSError, ssl.SSLError):
            while self._send_new() and time.monotonic() < deadline:
                pass
            if self._line is not None:
                self._line.settimeout(_LAST)
                self._line.unwrap()  # waits for the collector's goodbye: it has taken everything before it
                self._confirm(self._read)
        self._drop()
        self._note()

    def _send_new(self) -> bool:
        more = False
        for log in sorted(self.logs.glob("*.log")):
            if log.name == OWN:
                continue
            found = look(log, self._read.get(log.name) or self.places.get(log.name, Place()))
            if found.gap:
                words = b"WARNING lines of this log were gone before they could be sent"
                self._send(log.stem, (words,))
            if found.lines:
                self._send(log.stem, found.lines)
            self._read[log.name] = found.after
            more = more or bool(found.lines)
        return more

    def _send(self, log: str, lines: Iterable[bytes]) -> None:
        if self._line is None:
            self._line = self.collector.connect(_PATIENCE)
        self._line.sendall(b"".join(message(log, line, self.host) for line in lines))

    def _settle(self) -> None:
        """Count as sent what the collector has had for a while; it may hang up when it has everything."""
        if self._line is None:
            return
        unsure = {name: place for name, place in self._read.items() if self.places.get(name) != place}
        if self._hung_up(self._line):
            if unsure:
                raise ConnectionResetError("the collector closed the connection")
            self._drop()
        elif self._waiting and time.monotonic() - self._waiting_since >= _SURE:
            self._confirm(self._waiting)
        elif unsure and not self._waiting:
            self._waiting, self._waiting_since = unsure, time.monotonic()

    def _hung_up(self, line: ssl.SSLSocket) -> bool:
        line.settimeout(0)
        try:
            while line.recv(4096):  # a collector has nothing to say: whatever it says is not listened to
                pass
        except ssl.SSLWantReadError:
            return False
        finally:
            line.settimeout(_PATIENCE)
        return True

    def _confirm(self, places: Mapping[str, Place]) -> None:
        if self.problem:
            _log.warning("lines are sent again")
        self.problem = self.since = ""
        self._failures = 0
        self.places |= places
        self._waiting = {}
        self._note()

    def _broken(self, error: Exception) -> None:
        self._drop()
        self._read.clear()
        self._waiting = {}
        self._retry_at = time.monotonic() + _BACK_OFF[min(self._failures, len(_BACK_OFF) - 1)]
        self._failures += 1
        if not self.problem:
            _log.warning("lines cannot be sent: %s", error)
            self.since = datetime.now(UTC).isoformat()
        self.problem = str(error) or type(error).__name__
        self._note()

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _note(self) -> None:
        note = {
            "to": self.collector.host,
            "problem": self.problem,
            "since": self.since,
            "places": {name: asdict(place) for name, place in self.places.items()},
        }
        half = self.logs / f"{STATE}.half"
        half.write_text(json.dumps(note), encoding="utf-8")
        half.replace(self.logs / STATE)

    def run(self) -> None:
        """Until told to stop."""
        self.load()
        while not self.stopping:
            if not self.step():
                time.sleep(_LOOK)
        self.close()


def main(variables: Mapping[str, str] | None = None) -> None:
    """Forward the logs of DATA_DIR to LOG_FORWARD until SIGTERM."""
    exit_after_parent(_ORPHANED)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    given = os.environ if variables is None else variables
    chosen, place = environment.read(given), collector(given)
    if place is None:
        return
    outgoing.enforce({"OUTGOING_HOSTS": place.host})
    working = Forwarder(Layout(chosen.data_dir).logs, place)

    def ask(_number: int, _frame: FrameType | None) -> None:
        working.stopping = True

    signal.signal(signal.SIGTERM, ask)
    working.run()


if __name__ == "__main__":
    main()
