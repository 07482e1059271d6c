"""Where a request comes from."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest

AGENT_LENGTH = 300


def client_address(request: HttpRequest | None) -> str:
    """The address of who asks; "" when there is none.

    Behind PROXIES trusted proxies it is the entry of X-Forwarded-For that the outermost of them wrote;
    what a visitor writes further left is never believed.
    """
    if request is None:
        return ""
    meta = request.META
    count = int(getattr(settings, "PROXIES", 0))
    found = str(meta.get("REMOTE_ADDR", ""))
    if count:
        chain = [
            part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()
        ]
        found = chain[-count] if len(chain) >= count else found
    return found.split(",")[0].strip()


def network(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the /64 that one household or office gets in IPv6."""
    try:
        known = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 6:
        mapped = known.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def address_hash(address: str) -> str:
    """A keyed digest by which two addresses can be compared without being kept."""
    return hmac.new(settings.SECRET_KEY.encode(), f"address {address}".encode(), hashlib.sha256).hexdigest()[
        :32
    ]


def agent(request: HttpRequest | None) -> str:
    """What the browser calls itself."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:AGENT_LENGTH] if request is not None else ""
