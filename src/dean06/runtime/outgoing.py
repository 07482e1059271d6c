"""Where web and jobs may connect: to this machine, and to the hosts that the variables name. Nowhere else.

Enforced inside the interpreter by an audit hook (PEP 578), which no later code can take away; so a fault that
lets somebody choose an address reaches nothing (OWASP ASVS 5.0.0, 13.2.4 and 13.2.5). libpq connects by
itself, and only to DATABASE_URL. A firewall of the installation comes besides (docs/connections.md).
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from dean06.runtime.secret_files import secret
from dean06.runtime.transport import is_local, remote_hosts

SERVICES = ("TSA_URL", "VNEID_ISSUER")
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
DATABASES = ("DATABASE_URL", "DATABASE_APP_URL")
_log = logging.getLogger("dean06.outgoing")


class NotListedError(PermissionError):
    """An address that no variable names; an OSError, so that callers treat it as a service out of reach."""


def hosts(variables: Mapping[str, str] | None = None) -> frozenset[str]:
    """The hosts outside this machine that the variables name.

    OUTGOING_HOSTS adds others, comma-separated: VNeID may publish its keys on a second host.
    """
    given = os.environ if variables is None else variables
    found = {urlsplit(given.get(name, "")).hostname or "" for name in (*SERVICES, *PROXIES)}
    found |= {host.strip().lower() for host in given.get("OUTGOING_HOSTS", "").split(",")}
    for name in DATABASES:
        found |= {host.lower() for host in remote_hosts(secret(name, given) or "postgresql:///", given)}
    return frozenset(host for host in found if host and not is_local(host))


class Gate:
    """The hook: names are compared as they are looked up, addresses with what those lookups gave."""

    def __init__(self, listed: frozenset[str]) -> None:
        self.listed = listed
        self.resolved: set[str] = set()
        self._lookup = socket.getaddrinfo

    def getaddrinfo(self, host: Any, *rest: Any, **options: Any) -> Any:
        """`socket.getaddrinfo`, which remembers the addresses of listed hosts."""
        found = self._lookup(host, *rest, **options)
        if _text(host).lower() in self.listed:
            self.resolved |= {str(entry[4][0]) for entry in found}
        return found

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            self._check(_text(arguments[0]))
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            if isinstance(address, tuple):
                self._check(_text(address[0]))

    def _check(self, host: str) -> None:
        bare = host.partition("%")[0].lower()
        if is_local(bare) or bare in ("0.0.0.0", "::") or bare in self.listed or bare in self.resolved:  # noqa: S104
            return
        _log.warning("connection to a host that no variable names: refused")
        raise NotListedError(f"{host} is not listed")


def enforce(variables: Mapping[str, str] | None = None) -> Gate:
    """Close this process to every host but the listed ones, for the rest of its life."""
    gate = Gate(hosts(variables))
    socket.getaddrinfo = gate.getaddrinfo
    sys.addaudithook(gate)
    return gate


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host or "")
