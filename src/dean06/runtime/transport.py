"""What may go over a network unencrypted: nothing. Checked before anything connects or listens.

OWASP ASVS 5.0.0, 12.2 and 12.3: TLS for visitors, between the parts, and to the database, never a fall back.
A Unix socket and the loopback interface stay inside the machine.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping

import psycopg
from psycopg.conninfo import conninfo_to_dict

_NEEDED = "verify-full"
_NAMES_OF_THIS_MACHINE = {"localhost", "localhost.localdomain", "ip6-localhost"}


def is_local(host: str) -> bool:
    """Whether `host` stays inside this machine: empty, a socket's folder, a loopback name or address."""
    bare = host.strip("[]")
    if not bare or bare.startswith(("/", "@")) or bare.lower() in _NAMES_OF_THIS_MACHINE:
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def remote_hosts(url: str, variables: Mapping[str, str] | None = None) -> list[str]:
    """The hosts of a PostgreSQL URL outside this machine, also those libpq takes from PGHOST."""
    given = os.environ if variables is None else variables
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return []  # no connection comes of it; the error that it causes names the URL
    chosen = [str(parts.get(name) or given.get(f"PG{name.upper()}") or "") for name in ("hostaddr", "host")]
    hosts = [host.strip() for text in chosen for host in text.split(",")]
    return [host for host in dict.fromkeys(hosts) if not is_local(host)]


def unencrypted(url: str, variables: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """Why this database may not be asked, in Vietnamese and English; None when it may.

    On another host only `sslmode=verify-full` is taken: every lesser mode falls back to plain text or accepts
    anybody's certificate (libpq, “SSL Mode Descriptions”). A service file could say anything: refused too.
    """
    given = os.environ if variables is None else variables
    hosts = remote_hosts(url, given)
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return None
    if "service" in parts or given.get("PGSERVICE"):
        return (
            "không dùng tệp dịch vụ (service, PGSERVICE); hãy ghi rõ máy chủ và sslmode trong địa chỉ.",
            "a service file (service, PGSERVICE) is not taken; write host and sslmode into the address.",
        )
    mode = str(parts.get("sslmode") or given.get("PGSSLMODE") or "prefer")
    if not hosts or mode == _NEEDED:
        return None
    return (
        f"cơ sở dữ liệu ở máy khác ({hosts[0]}) phải dùng sslmode={_NEEDED}, hiện là sslmode={mode}; "
        f"hãy thêm ?sslmode={_NEEDED}&sslrootcert=/đường/dẫn/ca.pem vào địa chỉ.",
        f"a database on another host ({hosts[0]}) needs sslmode={_NEEDED}, it has sslmode={mode}; "
        f"add ?sslmode={_NEEDED}&sslrootcert=/path/to/ca.pem to the address.",
    )
