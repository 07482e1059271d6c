"""Tokens of the programs that ask this one (Prometheus, portals), from files; they end by themselves.

OWASP ASVS 5.0.0, 13.2.1: no program is known by a credential that never changes. A token is taken for `DAYS`
from the moment its file was last written, and not a request longer, also when this program keeps running.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dean06.runtime.secret_files import SecretError, read_secret

DAYS = 90
LEAST = 32
"""Characters of a token: 128 random bits as hexadecimal digits."""
WARN_DAYS = 14
"""So long before its end a token is said to end: on the page of operations and in /metrics."""


@dataclass(frozen=True)
class Token:
    """What a program must show, and until when. `name`: the variable that names its file."""

    name: str
    text: str
    ends: datetime

    def opens(self, header: str, now: datetime | None = None) -> bool:
        """Whether a header `Authorization` bears this token in time."""
        kind, _space, given = header.partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self.text.encode())
        return bool(self.text) and same and kind.lower() == "bearer" and self.left(now) > timedelta()

    def left(self, now: datetime | None = None) -> timedelta:
        """How long it is still taken; not above zero: it has ended."""
        return self.ends - (now or datetime.now(UTC))

    @property
    def ended(self) -> bool:
        """No program is let in by it any more."""
        return self.left() <= timedelta()

    @property
    def ends_soon(self) -> bool:
        """Under `WARN_DAYS` are left."""
        return self.left() <= timedelta(days=WARN_DAYS)


def token(name: str, variables: Mapping[str, str] | None = None) -> Token | None:
    """The token in the file that `name`_FILE names; None when it is not set.

    Raises SecretError as `secret` does, for a token under `LEAST` characters, and for one that stands
    in the variable itself: it has no age.
    """
    given = os.environ if variables is None else variables
    if given.get(name):
        raise SecretError(
            name,
            f"mã truy cập phải để trong tệp; hãy dùng {name}_FILE (mã hết hạn {DAYS} ngày sau khi ghi tệp).",
            f"the token must stand in a file: use {name}_FILE ({DAYS} days from its last writing).",
        )
    path = given.get(f"{name}_FILE")
    if not path:
        return None
    text = read_secret(f"{name}_FILE", Path(path))
    if len(text) < LEAST:
        raise SecretError(
            f"{name}_FILE",
            f"mã truy cập phải có ít nhất {LEAST} ký tự ngẫu nhiên, ví dụ: openssl rand -hex 32",
            f"a token has at least {LEAST} random characters, for example: openssl rand -hex 32",
        )
    written = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
    return Token(f"{name}_FILE", text, written + timedelta(days=DAYS))
