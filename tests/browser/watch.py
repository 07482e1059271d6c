"""Eyes on everything a page does: errors, failed requests, requests elsewhere, numbers in the open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

from tests.browser import canary

_OURS = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+/|data:|blob:|about:")


@dataclass
class Watch:
    """What went wrong in the contexts of one test.

    `expected`: statuses ≥ 400 the test provokes. `numbers_expected`: the test itself puts identity numbers
    where none may be.
    """

    problems: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    numbers_expected: bool = False

    def expect(self, *statuses: int) -> None:
        """Answers with these statuses are part of the test."""
        self.expected.update(statuses)

    def follow(self, context: BrowserContext) -> None:
        """Watch every page of a context, those it opens later too."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or message.text.startswith("Failed to load resource"):
            return  # the status of an answer is looked at in _response
        self.problems.append(f"console {message.type}: {message.text} ({message.page and message.page.url})")

    def _request(self, request: Request) -> None:
        if not _OURS.match(request.url):
            self.problems.append(f"request to outside: {request.url}")
        if not self.numbers_expected and _in_the_open(request):
            self.problems.append(f"identity number in an address or header: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # given up by the browser: a download, a newer search
            self.problems.append(f"{request.failure}: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.url}")
        if not self.numbers_expected and (names := canary.of_headers(response.headers.items())):
            self.problems.append(f"identity number in the headers {names}: {response.url}")

    def look_at(self, context: BrowserContext, logs: canary.Logs) -> None:
        """At the end of a test: what its pages keep, and what the programs wrote to their logs meanwhile."""
        found = canary.of_context(context) + logs.added()
        if not self.numbers_expected:
            self.problems += [f"identity number: {each}" for each in found]


def _in_the_open(request: Request) -> bool:
    address = request.url.startswith("http") and bool(canary.numbers(request.url))
    return address or bool(canary.of_headers(request.headers.items()))
