"""A real Chromium against the real server and job worker, working on the demo province.

Playwright keeps an event loop in the main thread while it runs: the tests of this folder must not use
Django's models; `site.filled.rows(…)` asks the database.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from dean06.runtime.supervisor import Supervisor, children
from tests.browser.canary import Logs
from tests.browser.watch import Watch
from tests.filled import Filled

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)  # a page is what it should be, however busy the machine is
RENEW_AFTER = 240.0  # seconds; an administrator who does nothing is signed out after five minutes
Open = Callable[..., Page]


@dataclass
class Site:
    """The running province: its address, its data, and the sessions that tests share."""

    address: str
    filled: Filled
    sessions: dict[str, StorageState] = field(default_factory=dict)
    signed_in: dict[str, float] = field(default_factory=dict)
    logs: Logs = field(init=False)

    def __post_init__(self) -> None:
        self.logs = Logs(self.filled.data_dir / "logs")

    def url(self, path: str) -> str:
        """The full address of a path."""
        return self.address + path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(filled: Filled) -> Iterator[Site]:
    """Web server and job worker as `dean06 up` runs them, on a free port."""
    port, vneid = _free_port(), _free_port()
    demo = {"PORT": str(port), "DEMO_VNEID": "1", "VNEID_SIMULATOR_PORT": str(vneid)}
    logs = filled.data_dir / "logs"
    logs.mkdir(exist_ok=True)
    told: list[str] = []
    supervisor = Supervisor(children({**filled.variables, **demo}, logs), None, told.append)
    supervisor.start()
    try:
        supervisor.wait_healthy(f"http://127.0.0.1:{port}")
        yield Site(f"http://127.0.0.1:{port}", filled)
        supervisor.step()
        words = "\n".join(child.last_words(150) for child in supervisor.children)
        assert told == [], f"a process died: {told}\n{words}"
    finally:
        supervisor.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a page of it did anything it should not."""
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def new_context(site: Site, browser: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser profile of its own; options as Playwright's new_context."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        usual = {"locale": "vi-VN", "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = browser.new_context(**{"base_url": site.address, **usual, **options})
        context.set_default_timeout(10_000)
        watch.follow(context)
        made.append(context)
        return context

    yield make
    for context in made:
        watch.look_at(context, site.logs)
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of somebody who is not signed in."""
    return new_context().new_page()


@pytest.fixture
def as_role(site: Site, browser: Browser, new_context: Callable[..., BrowserContext]) -> Open:
    """`as_role("lanhdao")`: a page of that demo account, signed in once for the whole run."""

    def open_page(username: str, **options: Any) -> Page:
        if time.monotonic() - site.signed_in.get(username, -RENEW_AFTER) >= RENEW_AFTER:
            site.signed_in[username] = time.monotonic()
            with browser.new_context(base_url=site.address) as context:
                sign_in(context.new_page(), username, site.filled.password)
                site.sessions[username] = context.storage_state()
        return new_context(storage_state=site.sessions[username], **options).new_page()

    return open_page


def sign_in(page: Page, username: str, password: str, *, start: str = "/p0/") -> None:
    """Through the form, as a person does; `start` is the page that was asked for."""
    page.goto(start)
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("main form button")
    page.wait_for_url(lambda url: urlsplit(url).path == start)
