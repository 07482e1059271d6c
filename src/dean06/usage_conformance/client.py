"""Asking a register over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 30


class Unreachable(Exception):
    """No answer at all: nothing can be said about the register."""


@dataclass(frozen=True)
class Answer:
    """What came back; `value` is None when it is no JSON."""

    status: int
    headers: Mapping[str, str]
    text: str
    value: Any


@dataclass(frozen=True)
class Target:
    """A register and what is known of it.

    `subject`: a code with three looks at least. `stranger`: one without any, who represents nobody.
    `representative`: one who represents `subject`, if there is any. `has_oldest`: the oldest look of the
    whole register is one at `subject`. `look`: makes a new look at `subject` happen.
    """

    base: str
    token: str
    subject: str
    stranger: str
    representative: str = ""
    has_oldest: bool = False
    look: Callable[[], None] | None = field(default=None, repr=False)

    def get(self, name: str, token: str | None = None) -> Answer:
        """GET an operation, with another token ("" for none) when given."""
        return self._ask("GET", name, None, self._headers(token, ""))

    def find(
        self, *, user: str | None = None, asker: str | None = None, token: str | None = None, **body: Any
    ) -> Answer:
        """findUsage for `user` (the subject), asked by `asker` (the same; "" for nobody)."""
        code = self.subject if user is None else user
        headers = self._headers(token, code if asker is None else asker)
        return self.post({"userCode": code, **body}, headers)

    def post(self, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        """findUsage with any body; bytes go as they are."""
        given = self._headers(None, self.subject) if headers is None else dict(headers)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._ask("POST", "findUsage", data, {**given, "Content-Type": "application/json"})

    def _headers(self, token: str | None, asker: str) -> dict[str, str]:
        shown = self.token if token is None else token
        return {
            **({"Authorization": f"Bearer {shown}"} if shown else {}),
            **({"X-Road-UserId": asker} if asker else {}),
        }

    def _ask(self, method: str, name: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        url = f"{self.base.rstrip('/')}/{name}"
        if not url.startswith(("http://", "https://")):
            raise Unreachable(f"{self.base} is no HTTP address")
        request = urllib.request.Request(url, data=data, method=method, headers=dict(headers))  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                return _answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read())
        except (urllib.error.URLError, OSError) as error:
            raise Unreachable(f"{url}: {error}") from error


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    text = body.decode("utf-8", errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return Answer(status, {name.lower(): given for name, given in headers.items()}, text, value)
