"""A register of a few lines that keeps the protocol, and breaks it in one way when told to.

It shares nothing with ours: the control that shows which rule of the suite notices which fault.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a token for tests only, long enough"
SUBJECT, STRANGER, PARENT = "000188777345", "000377666555", "000299888456"
BEGAN = datetime(2024, 1, 1, 8, 0, tzinfo=UTC)
NOW = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)

#: What the register does wrong → the rules that must notice.
FAULTS: dict[str, set[str]] = {
    "down": {"heartbeat"},
    "no_token_needed": {"token.none", "token.wrong"},
    "token_prefix": {"token.wrong"},
    "claims_more": {"period.no_more"},
    "claims_less": {"period.covers"},
    "future": {"period.reach"},
    "half_period": {"period.reach"},
    "no_receiver": {"find.shape"},
    "codes": {"find.words"},
    "oldest_first": {"find.newest_first"},
    "offset_off": {"find.paging"},
    "total_of_page": {"find.paging"},
    "any_limit": {"find.limit"},
    "start_exclusive": {"find.period"},
    "end_inclusive": {"find.period"},
    "any_time": {"find.times"},
    "any_body": {"find.body"},
    "html_errors": {"find.body"},
    "no_asker": {"asker.required"},
    "anybody_asks": {"asker.other"},
    "refusal_tells": {"asker.other"},
    "stranger_has_rows": {"find.stranger"},
    "get_with_number": {"privacy.address"},
    "echo": {"privacy.answer"},
    "number_in_action": {"privacy.answer"},
    "kept": {"privacy.no_store"},
    "silent_parent": {"representation"},
    "stale": {"fresh"},
}


class Wrong(Exception):
    """A refusal with its status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Register:
    """The rows and the rules; `fault` names the one that is broken ("" for none)."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.times = [BEGAN + timedelta(days=day) for day in range(6)]

    def look(self) -> None:
        """A new look at the subject."""
        if self.fault != "stale":
            self.times.append(self.times[-1] + timedelta(days=1))

    def broken(self, *faults: str) -> bool:
        return self.fault in faults

    def admitted(self, shown: str) -> bool:
        given = shown.removeprefix("Bearer ")
        if self.broken("token_prefix"):
            return bool(given) and (TOKEN.startswith(given) or given == TOKEN)
        return given == TOKEN or self.broken("no_token_needed")

    def get(self, path: str) -> dict[str, Any]:
        if path == "heartbeat":
            return {"status": "DOWN" if self.broken("down") else "UP", "time": NOW.isoformat()}
        if path == "usagePeriod":
            start = {"claims_more": BEGAN - timedelta(days=400), "claims_less": BEGAN + timedelta(days=2)}
            end = NOW + timedelta(days=1) if self.broken("future") else NOW
            first = start.get(self.fault, BEGAN).isoformat()
            return {
                "periodStart": first,
                "periodEnd": None if self.broken("half_period") else end.isoformat(),
            }
        if self.broken("get_with_number") and path.startswith("findUsage?"):
            return self.find({"userCode": SUBJECT}, SUBJECT)
        raise Wrong(404)

    def find(self, body: Any, asker: str) -> dict[str, Any]:
        code = body.get("userCode") if isinstance(body, dict) else None
        if not (isinstance(code, str) and len(code) == 12):
            if self.broken("any_body"):
                return {"totalUsages": 0, "usages": []}
            raise Wrong(400)
        start, end, offset, limit = self._asked(body)
        self._may_ask(asker, code)
        rows = [t for t in self.times if code == SUBJECT or self.broken("stranger_has_rows")]
        if start:
            rows = [t for t in rows if (t > start if self.broken("start_exclusive") else t >= start)]
        if end:
            rows = [t for t in rows if (t <= end if self.broken("end_inclusive") else t < end)]
        rows.sort(reverse=not self.broken("oldest_first"))
        offset += 1 if self.broken("offset_off") and offset else 0
        page = rows[offset : offset + limit]
        total = len(page) if self.broken("total_of_page") else len(rows)
        answer: dict[str, Any] = {"totalUsages": total, "usages": [self._row(t) for t in page]}
        return {**answer, "userCode": code} if self.broken("echo") else answer

    def _asked(self, body: dict[str, Any]) -> tuple[datetime | None, datetime | None, int, int]:
        start, end = (self._moment(body.get(name)) for name in ("periodStart", "periodEnd"))
        offset, limit = body.get("offset", 0), body.get("limit", 100)
        if self.broken("any_limit"):
            return start, end, max(0, int(offset)), int(limit)
        if type(offset) is not int or type(limit) is not int or offset < 0 or not 1 <= limit <= 1000:
            raise Wrong(400)
        if start and end and end < start and not self.broken("any_time"):
            raise Wrong(400)
        return start, end, offset, limit

    def _moment(self, given: object) -> datetime | None:
        if given is None or (self.broken("any_time") and "+" not in str(given)):
            return None
        try:
            found = datetime.fromisoformat(str(given))
        except ValueError:
            raise Wrong(400) from None
        if found.tzinfo is None or "T" not in str(given):
            raise Wrong(400)
        return found

    def _may_ask(self, asker: str, code: str) -> None:
        if not asker and not self.broken("no_asker"):
            raise Wrong(400)
        if asker in {code, ""} or self.broken("anybody_asks"):
            return
        if (asker, code) != (PARENT, SUBJECT):
            raise Wrong(403)
        if not self.broken("silent_parent"):
            self.look()

    def _row(self, moment: datetime) -> dict[str, str]:
        actions = {"codes": "people.read", "number_in_action": f"Xem số {STRANGER} của anh/chị"}
        row = {
            "logtime": moment.isoformat(),
            "action": actions.get(self.fault, "Xem hồ sơ của anh/chị để giải quyết thủ tục"),
            "receiverCode": "xa-mot",
            "receiverSystem": "mau",
        }
        if self.broken("no_receiver"):
            del row["receiverCode"]
        return row


class Handler(BaseHTTPRequestHandler):
    """HTTP around a Register."""

    register: Register

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._run(lambda: self.register.get(self.path.lstrip("/")))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._run(lambda: self.register.find(self._json(raw), self.headers.get("X-Road-UserId", "")))

    @staticmethod
    def _json(raw: bytes) -> Any:
        try:
            return json.loads(raw)
        except ValueError:
            return None

    def _run(self, work: Any) -> None:
        try:
            if not self.register.admitted(self.headers.get("Authorization", "")):
                raise Wrong(401)
            self._send(200, work())
        except Wrong as wrong:
            tells = wrong.status == 403 and self.register.broken("refusal_tells")
            self._send(wrong.status, {"error": {"code": "wrong"}, **({"totalUsages": 3} if tells else {})})

    def _send(self, status: int, value: object) -> None:
        html = status == 400 and self.register.broken("html_errors")
        body = b"<h1>400</h1>" if html else json.dumps(value).encode()
        self.send_response(status)
        if not self.register.broken("kept"):
            self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(register: Register) -> Iterator[str]:
    """The register on a free port of this machine; gives its address."""
    handler = type("Bound", (Handler,), {"register": register})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
