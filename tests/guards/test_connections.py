"""docs/connections.md names whatever the program connects to and wherever it writes logs."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dean06.core.audit.models import AuditEntry
from dean06.core.usage.models import UsageRecord
from dean06.runtime import outgoing
from dean06.runtime.supervisor import children

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dean06"
TEXT = (ROOT / "docs" / "connections.md").read_text(encoding="utf-8")
CONNECTIONS, LOGS = TEXT.split("## Connections")[1].split("### A proxy")[0], TEXT.split("## Logs")[1]
_VARIABLE = re.compile(r"[\"']([A-Z][A-Z_]*(?:_URL|_ISSUER|_PROXY|_HOSTS))[\"']")
_NETWORK = re.compile(
    r"^\s*(?:import|from) (?:urllib\.request|http\.client|http\.server|socket|ssl|uvicorn|requests)\b", re.M
)
NOT_TO_CONNECT_TO = {"ALLOWED_HOSTS", "LOGIN_URL", "STATIC_URL", "OWNER_URL", "APP_URL", "LOGIN_REDIRECT_URL"}
SPEAKING = {  # each file that may open a connection or a port, and the row that it belongs to
    "cli/up.py": "visitors",
    "gateways/timestamping/live.py": "time-stamp authority",
    "gateways/timestamping/simulator.py": "time-stamp authority",
    "gateways/vneid/live.py": "web → VNeID",
    "gateways/vneid/simulator.py": "simulated VNeID",
    "runtime/checks.py": "visitors",
    "runtime/demo_vneid.py": "simulated VNeID",
    "runtime/listener.py": "visitors",
    "runtime/outgoing.py": "proxy to the outside",
    "runtime/supervisor.py": "supervisor",
    "runtime/restart.py": "supervisor",
    "runtime/tls.py": "visitors",
    "usage_conformance/client.py": "portals",
}


def sources() -> Mapping[str, str]:
    return {
        path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")
    }


def test_every_address_that_a_variable_gives_is_named() -> None:
    found = {name for text in sources().values() for name in _VARIABLE.findall(text)} - NOT_TO_CONNECT_TO
    assert {"DATABASE_URL", "TSA_URL", "VNEID_ISSUER", "HTTPS_PROXY"} <= found
    assert {name for name in found if f"`{name}`" not in CONNECTIONS} == set()


def test_every_file_that_speaks_with_the_network_belongs_to_a_row() -> None:
    speaking = {path for path, text in sources().items() if _NETWORK.search(text)}
    assert speaking - set(SPEAKING) == set(), "a new connection: describe it in docs/connections.md"
    rows = [line for line in CONNECTIONS.splitlines() if "→" in line]
    assert all(any(row in line.split("|")[1] for line in rows) for row in SPEAKING.values())


def test_the_hosts_that_web_and_jobs_may_reach_are_those_named() -> None:
    for name in (*outgoing.SERVICES, *outgoing.DATABASES, "HTTPS_PROXY", "HTTP_PROXY", "OUTGOING_HOSTS"):
        assert f"`{name}`" in CONNECTIONS


def test_every_row_tells_how_it_is_protected_and_who_is_who() -> None:
    rows = [
        line.strip("|").split("|")
        for line in CONNECTIONS.splitlines()
        if "→" in line and "from →" not in line
    ]
    assert len(rows) >= 10
    assert all(len(row) == 5 and row[2].strip(" –") for row in rows)
    assert [row[0].strip() for row in rows if not row[3].strip(" –")] == ["web → simulated VNeID"]


def test_every_log_that_is_written_is_in_the_inventory(tmp_path: Path) -> None:
    kept = children({"DEMO_VNEID": "1"}, tmp_path)
    written = {child.log.name for child in kept} | {"postgres.log"}
    written |= {name for text in sources().values() for name in re.findall(r"[\"']([a-z]+\.log)[\"']", text)}
    assert {"web.log", "worker.log", "postgres.log"} <= written
    assert {name for name in written if f"`DATA_DIR/log/{name}`" not in LOGS} == set()
    listed = set(re.findall(r"`DATA_DIR/log/([a-z]+\.log)`", LOGS))
    assert listed <= written, "a log that nobody writes any more"
    for model in (AuditEntry, UsageRecord):
        assert f"`{model._meta.db_table}`" in LOGS


def test_logs_go_to_the_files_of_the_inventory_only(settings: Any) -> None:
    """No handler that sends records elsewhere, no file opened by logging itself, no print."""
    handlers = {each["class"] for each in settings.LOGGING["handlers"].values()}
    assert handlers == {"logging.StreamHandler"}  # into the file that the supervisor opened
    forbidden = re.compile(
        r"logging\.handlers|FileHandler|SysLogHandler|HTTPHandler\(\)\)?\s*#|syslog|sentry"
    )
    found = {path for path, text in sources().items() if forbidden.search(text)}
    assert found == set()


def test_every_row_of_a_log_is_whole() -> None:
    rows = [line.strip("|").split("|") for line in LOGS.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 7
    assert all(len(row) == 7 and all(cell.strip() for cell in row) for row in rows)


def test_the_suites_of_the_proxys_example_are_strong_and_in_the_servers_order() -> None:
    """OpenSSL reads the very words of the example: forward secrecy and AEAD only, the strongest first."""
    [words] = re.findall(r"ssl_ciphers ([^;]+);", TEXT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(words)
    suites = [each for each in context.get_ciphers() if each["protocol"] != "TLSv1.3"]
    assert [each["name"] for each in suites] == words.split(":")
    assert all(each["aead"] and each["kea"] == "kx-ecdhe" for each in suites)
    bits = [each["strength_bits"] for each in suites]
    assert bits == sorted(bits, reverse=True)
    assert "ssl_prefer_server_ciphers on;" in TEXT
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in TEXT
