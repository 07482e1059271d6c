"""The style guide in a real Chromium: nothing from outside, no violation, lists that work with and without
JavaScript, on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.ui.kit_urls")]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def kit(django_db_blocker: Any) -> Iterator[str]:
    """The address of the style guide, served with the worker's database."""
    with django_db_blocker.unblock():
        server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
        server.daemon = True
        server.start()
        server.is_ready.wait()
        assert server.error is None
        yield f"http://127.0.0.1:{server.port}/kit"
        server.terminate()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        locale="vi", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    tab = context.new_page()
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda m: problems.append(m.text) if m.type in {"error", "warning"} else None)
    tab.on(
        "request",
        lambda r: (
            problems.append(r.url) if not re.match(r"(http://127\.0\.0\.1:\d+/|blob:|data:)", r.url) else None
        ),
    )
    yield tab
    context.close()
    assert problems == []


def _all_charts(page: Page) -> None:
    """Bring every chart into view once, so that it is drawn."""
    for figure in page.locator("figure.chart").all():
        figure.scroll_into_view_if_needed()
    expect(page.locator(".chart-canvas svg")).to_have_count(2)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_violation_and_no_sideways_scroll(
    kit: str, page: Page, width: int, theme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(kit)
    assert page.get_attribute("html", "data-bs-theme") == theme
    _all_charts(page)
    found = Axe().run(page)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_list_is_searched_sorted_and_paged_without_leaving_the_page(kit: str, page: Page) -> None:
    page.goto(kit)
    page.evaluate("window.stayed = true")
    page.fill("#list-desks-q", "dai dong")
    expect(page.locator(".list-count")).to_have_text("1–12 trong 12 bộ phận")
    expect(page.locator("#announcer")).to_have_text("1–12 trong 12 bộ phận")
    assert page.evaluate("document.activeElement.id") == "list-desks-q"
    assert "q=dai+dong" in page.url
    assert "district" not in page.url
    page.fill("#list-desks-q", "")
    expect(page.locator(".list-count")).to_contain_text("103")
    page.click("#list-desks-by-posters")
    expect(page.locator("th:has(#list-desks-by-posters)")).to_have_attribute("aria-sort", "ascending")
    assert page.evaluate("document.activeElement.id") == "list-desks-by-posters"
    page.click("#list-desks-next")
    expect(page.locator(".list-count")).to_contain_text("26–50")
    assert page.evaluate("window.stayed") is True
    page.go_back()
    expect(page.locator(".list-count")).to_contain_text("1–25")
    expect(page.locator("header.topbar")).to_have_count(1)


def test_a_failing_list_says_so(kit: str, browser: Browser) -> None:
    page = browser.new_page(locale="vi")
    page.goto(kit)
    page.route("**/kit?**", lambda route: route.fulfill(status=500, body="<p>x</p>"))
    page.click("#list-desks-by-posters")
    expect(page.locator(".flashes")).to_contain_text("Không tải được dữ liệu")
    expect(page.locator(".list-table tbody tr")).to_have_count(25)
    page.close()


def test_everything_is_there_without_javascript(kit: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="vi")
    page = context.new_page()
    page.goto(kit)
    page.fill("#list-desks-q", "dai dong")
    page.click(".list-form button")
    expect(page.locator(".list-count")).to_have_text("1–12 trong 12 bộ phận")
    expect(page.locator("figure table").first).to_be_visible()
    expect(page.locator(".js-only").first).to_be_hidden()
    context.close()


def test_keys_open_search_and_close_menus(kit: str, page: Page) -> None:
    page.goto(kit)
    page.locator(".skip-link").focus()
    assert page.evaluate("document.querySelector('a, button, input').className") == "skip-link"
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(kit)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "top-q"
    page.click("summary.tool-user")
    expect(page.locator(".menu-who")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-who")).to_be_hidden()


def test_the_theme_is_kept_and_never_flashes(kit: str, page: Page) -> None:
    page.goto(kit)
    page.click("details.menu >> nth=0")
    page.click("[data-theme-choice=dark]")
    page.goto(kit, wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_a_destructive_form_asks_first(kit: str, page: Page) -> None:
    page.goto(kit)
    page.click(".btn-danger")
    expect(page.locator("#confirm")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.url == kit
    page.click(".btn-danger")
    page.click("#confirm [value=yes]")
    page.wait_for_url(f"{kit}?")


def test_a_file_is_previewed_or_refused_before_it_is_sent(kit: str, page: Page) -> None:
    page.goto(kit)
    page.set_input_files("#id_photo", {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    expect(page.locator("[data-upload-name]")).to_contain_text("a.png")
    page.set_input_files("#id_photo", {"name": "b.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    expect(page.locator("[data-upload-error]")).to_contain_text("không thuộc loại được nhận")
    assert page.evaluate("document.querySelector('#id_photo').files.length") == 0
    big = b"0" * 8_000_001
    page.set_input_files("#id_photo", {"name": "c.jpg", "mimeType": "image/jpeg", "buffer": big})
    expect(page.locator("[data-upload-error]")).to_contain_text("vượt quá giới hạn")


def test_a_chart_is_told_by_keys(kit: str, page: Page) -> None:
    page.goto(kit)
    _all_charts(page)
    canvas = page.locator(".chart-canvas").first
    assert "67,7" in (canvas.get_attribute("aria-label") or "")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#announcer")).to_have_text("7/2023: 12\N{NO-BREAK SPACE}% (26/220)")


def test_paper_has_the_notice_the_figures_and_the_addresses_of_proofs(kit: str, page: Page) -> None:
    page.set_viewport_size({"width": 690, "height": 980})  # A4 between its margins
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(kit)
    expect(page.locator(".ribbon")).to_be_visible()
    expect(page.locator(".mainnav")).to_be_hidden()
    expect(page.locator(".list-form")).to_be_hidden()
    proof = "getComputedStyle(document.querySelector('a.evidence'), '::after').content"
    assert "/kit" in page.evaluate(proof)
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
