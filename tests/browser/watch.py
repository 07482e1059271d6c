"""Eyes on everything a page does: errors, failed requests, requests to anywhere but this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

_OURS = re.compile(r"http://127\.0\.0\.1:\d+/|data:|blob:|about:")


@dataclass
class Watch:
    """What went wrong in the contexts of one test. `expected`: statuses ≥ 400 the test provokes."""

    problems: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

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

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # given up by the browser: a download, a newer search
            self.problems.append(f"{request.failure}: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.url}")
