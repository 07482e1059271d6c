"""Visitors who keep their connection and their session, and how long the server lets them wait."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

SIGN_IN = "/dang-nhap"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds`: from sending the request to the last byte of the answer."""

    status: int
    seconds: float
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """One connection that stays open."""

    def __init__(self, address: str, cookies: dict[str, str] | None = None) -> None:
        place = urlsplit(address)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        self.cookies = dict(cookies or {})

    def get(self, path: str) -> Answer:
        """One page, as a browser that speaks Vietnamese asks for it; once more when the server has hung up on
        a connection that nobody used for long."""
        try:
            return self._ask("GET", path, None, {"Accept-Language": "vi"})
        except http.client.RemoteDisconnected:
            self._connection.close()
            return self._ask("GET", path, None, {"Accept-Language": "vi"})

    def sign_in(self, username: str, password: str) -> None:
        """Through the form, as a person does. Raises AssertionError when refused."""
        token = _TOKEN.search(self.get(SIGN_IN).text)
        assert token is not None, "the sign-in page has no form"
        form = {"username": username, "password": password, "csrfmiddlewaretoken": token[1]}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self._ask("POST", SIGN_IN, urlencode(form), kind).status == 302, f"{username} was refused"

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.perf_counter()
        self._connection.request(method, path, body, headers | {"Cookie": cookie})
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, seconds, content)


def together(visitors: Sequence[Visitor], path: str, times: int) -> list[Answer]:
    """Every visitor asks for the page `times` times, all at once."""

    def ask(visitor: Visitor) -> list[Answer]:
        return [visitor.get(path) for _ in range(times)]

    if len(visitors) == 1:
        return ask(visitors[0])
    with ThreadPoolExecutor(len(visitors)) as pool:
        return [answer for answers in pool.map(ask, visitors) for answer in answers]
