"""Identity numbers typed anywhere stay out of addresses, headers, logs and browser storage.

Every other browser test is watched in the same way (conftest.py); the controls here show that the watch can
fail.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import canary
from tests.browser.canary import CANARY, Logs
from tests.browser.conftest import Open, Site
from tests.browser.places import PLACES, Place
from tests.browser.watch import Watch

SPACED = "001 299 000 747"
_ASKING = "form:not([method=post]):not([method=dialog]) input:not([type=hidden], [type=date])"


@pytest.mark.parametrize("typed", [CANARY, SPACED])
@pytest.mark.parametrize("path", ["/", "/tim-kiem", "/don-vi/", "/p0/", "/p0/danh-sach/can-bo"])
def test_a_number_typed_into_a_search_is_not_sent(as_role: Open, path: str, typed: str) -> None:
    page = as_role("thutruong")
    page.goto(path)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    fields = page.locator(_ASKING)
    tried = 0
    for field in fields.all():
        if not field.is_visible() or field.get_attribute("type") not in {None, "text", "search"}:
            continue
        field.fill(typed)
        page.wait_for_timeout(500)  # longer than the pause after which a search goes out by itself
        field.press("Enter")
        page.wait_for_timeout(100)
        assert field.evaluate("field => field.validity.customError")
        field.fill("")
        tried += 1
    assert tried > 0
    assert [url for url in asked if canary.numbers(url)] == []


def test_an_ordinary_search_still_goes_out(as_role: Open) -> None:
    page = as_role("lanhdao")
    page.goto("/tim-kiem")
    page.fill("main input[name=q]", "video")
    page.wait_for_url("**/tim-kiem?q=video")


def test_the_server_refuses_and_does_not_write_down_a_number_in_an_address(
    site: Site, as_role: Open, watch: Watch
) -> None:
    watch.expect(400)
    page = as_role("lanhdao")
    watch.numbers_expected = True  # this test types the address itself
    for address in (f"/tim-kiem?q={CANARY}", "/tim-kiem?q=001+299+000+747", f"/{CANARY}"):
        page.goto(address)
        assert "Số định danh không được nằm trong địa chỉ" in page.content()
        assert not canary.numbers(page.locator("body").inner_html())
    page.goto("/")
    assert Logs(site.filled.data_dir / "logs").added() == []


@pytest.mark.parametrize("place", [place for place in PLACES if place.status == 200], ids=str)
def test_no_page_of_the_program_keeps_a_number(site: Site, as_role: Open, page: Page, place: Place) -> None:
    shown = page if place.role is None else as_role(place.role)
    shown.goto(place.address(site))
    assert canary.of_context(shown.context) == []


# --- controls: the watch sees what it is meant to see ----------------------------------------------

_IN_DATABASE = """number => new Promise(done => {
  const opening = indexedDB.open('people', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('seen', {autoIncrement: true});
  opening.onsuccess = () => {
    const write = opening.result.transaction('seen', 'readwrite');
    write.objectStore('seen').add({number});
    write.oncomplete = () => { opening.result.close(); done(null); };
  };
})"""


@pytest.mark.parametrize(
    "leak",
    [
        "number => localStorage.setItem('last', number)",
        "number => sessionStorage.setItem('last', JSON.stringify({number}))",
        "number => { document.cookie = `last=${number}`; }",
        "number => history.replaceState({number}, '')",
        "number => history.replaceState(null, '', '?so=' + number)",
        "async number => { await (await caches.open('x')).put('/a?so=' + number, new Response('')); }",
        _IN_DATABASE,
    ],
)
def test_control_a_number_kept_in_the_browser_is_found(
    new_context: Callable[..., BrowserContext], watch: Watch, leak: str
) -> None:
    watch.numbers_expected = True
    context = new_context()
    page = context.new_page()
    page.goto("/dang-nhap")
    assert canary.of_context(context) == []
    page.evaluate(leak, CANARY)
    assert canary.of_context(context)


def test_control_a_number_in_an_address_or_header_is_a_problem(
    new_context: Callable[..., BrowserContext], watch: Watch
) -> None:
    page = new_context().new_page()
    leaky = {"x-person": CANARY}
    page.route("**/mot", lambda route: route.fulfill(status=200, body="x", headers=leaky))
    page.route("**/hai**", lambda route: route.fulfill(status=200, body="x"))
    page.goto("/mot")
    assert [problem for problem in watch.problems if "x-person" in problem]
    page.goto(f"/hai?so={SPACED.replace(' ', '%20')}")
    assert [problem for problem in watch.problems if "number in an address" in problem]
    watch.problems.clear()
    watch.numbers_expected = True


def test_control_a_number_in_a_log_is_found_once(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    (tmp_path / "web.log").write_text("started\n", encoding="utf-8")
    assert logs.added() == []
    with (tmp_path / "web.log").open("a", encoding="utf-8") as file:
        file.write(f"WARNING person {CANARY} not found\n")
    assert len(logs.added()) == 1
    assert logs.added() == []


@pytest.mark.parametrize(
    "text", ["2023-12-01 10:20:30.123456", "0-0001-299000747000", "a001299000747", "1001299000747"]
)
def test_control_other_numbers_are_left_alone(text: str) -> None:
    assert canary.numbers(text) == []
