"""What sticks out of a page."""

from __future__ import annotations

from typing import cast

from playwright.sync_api import Page

_STICKS_OUT = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const wide = e => e.getBoundingClientRect().right > innerWidth + 0.5;
  const out = [...document.querySelectorAll('body *')].filter(wide);
  return [`${document.documentElement.scrollWidth} > ${innerWidth}`,
          ...out.slice(0, 5).map(e => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 40)}`)];
}"""


def sticking_out(page: Page) -> list[str]:
    """Empty when the page does not scroll sideways, else by how much and the elements that make it."""
    return cast(list[str], page.evaluate(_STICKS_OUT))
