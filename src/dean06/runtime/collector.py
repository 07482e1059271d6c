"""The machine that collects the logs: `LOG_FORWARD_URL` (`tls://host:6514`) and `LOG_FORWARD_CA` (PEM)."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dean06.runtime.failures import Exit, StartError

PORT = 6514  # syslog over TLS: RFC 5425, section 4.1


@dataclass(frozen=True, slots=True)
class Collector:
    """Where the lines go; `authority` vouches for its certificate (None: whom this machine trusts)."""

    host: str
    port: int
    authority: Path | None

    def connect(self, seconds: float) -> ssl.SSLSocket:
        """A connection whose certificate holds under this very name. Raises OSError (ssl.SSLError is one)."""
        context = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        line = socket.create_connection((self.host, self.port), timeout=seconds)
        try:
            return context.wrap_socket(line, server_hostname=self.host)
        except OSError:
            line.close()
            raise


def collector(variables: Mapping[str, str] | None = None) -> Collector | None:
    """The collector of the variables, None when there is none. Raises StartError for a malformed variable."""
    given = os.environ if variables is None else variables
    address, authority = given.get("LOG_FORWARD_URL") or "", given.get("LOG_FORWARD_CA") or ""
    if not address:
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or PORT
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    if parts.scheme != "tls" or not host or parts.path not in ("", "/") or parts.username or parts.query:
        raise _wrong("LOG_FORWARD_URL", address, "tls://nhat-ky.example:6514")
    if authority and not Path(authority).is_file():
        raise _wrong("LOG_FORWARD_CA", authority, "/etc/ssl/own-ca.pem")
    return Collector(host, port, Path(authority) if authority else None)


def _wrong(name: str, value: str, expected: str) -> StartError:
    return StartError(
        Exit.PROGRAM,
        f"Biến môi trường {name} có giá trị «{value}» không hợp lệ; ví dụ đúng: {expected}.",
        f"The environment variable {name} has the invalid value “{value}”; for example: {expected}.",
    )
