"""Every kind of page for everybody: WCAG 2.2 AA, light and dark, office screen and phone, keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.browser.layout import sticking_out
from tests.browser.places import PLACES, Place
from tests.browser.watch import Watch

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that a theme changes
_CHARTS = "document.querySelectorAll('figure[data-chart]').forEach(figure => figure.scrollIntoView())"

# Every place where Tab has to stop, numbered, with its looks before it has the focus.
_STOPS = """() => {
  const own = e => { const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join('|') };
  const looks = e => own(e) + own(e.parentElement);  // a field in a frame lights up its frame
  window.looks = looks;
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && e.getClientRects().length && !e.disabled && e.tabIndex >= 0;
  return [...document.querySelectorAll(all)].filter(seen).map((e, number) => {
    e.dataset.stop = number; e.dataset.calm = looks(e); return e.outerHTML.slice(0, 120) })
}"""
_FROM_THE_TOP = (
    "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
)
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const seen = window.looks(e) !== e.dataset.calm;
  return {stop: e.dataset.stop ?? '', seen, what: e.outerHTML.slice(0, 120)}
}"""


def _open(place: Place, site: Site, as_role: Open, page: Page, watch: Watch) -> Page:
    watch.expect(place.status)
    tab = as_role(place.role) if place.role else page
    answer = tab.goto(place.address(site))
    assert answer is not None
    assert answer.status == place.status
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    return tab


def _violations(tab: Page, *, only_colours: bool = False) -> list[Any]:
    options = {**WCAG, "runOnly": COLOURS if only_colours else WCAG["runOnly"]}
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(Axe().axe_script)
    found = tab.evaluate("options => axe.run(options)", options)["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_nobody_is_shut_out(place: Place, site: Site, as_role: Open, page: Page, watch: Watch) -> None:
    tab = _open(place, site, as_role, page, watch)
    wrong: dict[str, Any] = {}
    for width in (1280, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.evaluate(_CHARTS)
        if wide := sticking_out(tab):
            wrong[f"{width} wide"] = wide
        for theme in ("light", "dark"):
            tab.emulate_media(color_scheme=theme)
            expect(tab.locator("html")).to_have_attribute("data-bs-theme", theme)
            if found := _violations(tab, only_colours=theme == "dark"):
                wrong[f"{width} {theme}"] = found
    assert wrong == {}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_keyboard_reaches_everything(
    place: Place, site: Site, as_role: Open, page: Page, watch: Watch
) -> None:
    tab = _open(place, site, as_role, page, watch)
    tab.evaluate(_FROM_THE_TOP)
    stops = tab.evaluate(_STOPS)
    reached: set[str] = set()
    seen: set[str] = set()
    for number in range(3 * len(stops) + 40):  # a field for a day has a stop for each of its parts
        tab.keyboard.press("Tab")
        at = tab.evaluate(_FOCUSED)
        if at is None:
            break
        if number == 0:
            assert "skip-link" in at["what"]
        reached.add(at["stop"])
        if at["seen"]:  # a field for a day shows the focus of its button inside it
            seen.add(at["stop"])
    assert [
        stops[i] for i in range(len(stops)) if str(i) not in reached and 'type="radio"' not in stops[i]
    ] == []
    assert [stops[int(stop)] for stop in sorted(reached - seen) if stop] == []


def test_the_skip_link_leads_past_the_navigation(as_role: Open) -> None:
    page = as_role("lanhdao")
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("menu", ["details.menu >> nth=0", "details.menu >> nth=1"])
def test_menus_close_with_escape_and_give_the_focus_back(as_role: Open, menu: str) -> None:
    page = as_role("lanhdao")
    page.goto("/")
    summary = page.locator(menu).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(menu).locator(".menu-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(menu).locator(".menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()
