"""Identity numbers where none may be: addresses, headers, logs, and whatever a browser keeps.

Looks for every number of the shape, not for one that is known: a leak of any person is a leak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_plus

from playwright.sync_api import BrowserContext, Error, Page

CANARY = "001299000747"
"""Synthetic: the code of a province and of a century and year, then six digits that nobody was given."""

_SHAPE = re.compile(r"(?<![\w-])0\d{11}(?![\w-])")
_GAPS = re.compile(r"(?<=\d)[\s.]+(?=\d)")

_KEPT = """async () => {
  const all = {local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie};
  all.name = window.name;
  all.databases = [];
  for (const {name} of await indexedDB.databases()) {
    const database = await new Promise((done, fail) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => fail(opening.error);
    });
    for (const store of database.objectStoreNames) {
      const asked = database.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { asked.onsuccess = done; });
      all.databases.push([name, store, asked.result]);
    }
    database.close();
  }
  all.caches = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) all.caches.push([name, request.url]);
  all.history = JSON.stringify(history.state);
  return JSON.stringify(all);
}"""


def numbers(text: str) -> list[str]:
    """What looks like an identity number in `text`, also percent-encoded or written in groups."""
    plain = unquote_plus(text)
    return sorted({*_SHAPE.findall(plain), *_SHAPE.findall(_GAPS.sub("", plain))})


def of_headers(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Names of the headers that hold a number."""
    return [name for name, value in headers if numbers(value)]


def of_page(page: Page) -> list[str]:
    """Where a page that is still open keeps a number: its address, storage, databases, caches, history."""
    if page.is_closed() or not page.url.startswith("http"):
        return []
    found = [f"address of a page: {page.url}"] if numbers(page.url) else []
    try:
        kept = str(page.evaluate(_KEPT))
    except Error as error:  # a page in the middle of going away holds nothing any more
        if "context was destroyed" in str(error) or "closed" in str(error):
            return found
        raise
    return [*found, f"kept in the browser by {page.url}: {kept}"] if numbers(kept) else found


def of_context(context: BrowserContext) -> list[str]:
    """All of its pages, and its cookies, also those that scripts cannot read."""
    found = [each for page in context.pages for each in of_page(page)]
    cookies = [f"{cookie.get('name')}={cookie.get('value')}" for cookie in context.cookies()]
    return found + [f"cookie: {cookie}" for cookie in cookies if numbers(cookie)]


class Logs:
    """Reads what was added to log files since the last look."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self.read: dict[Path, int] = {}

    def added(self) -> list[str]:
        """New lines that hold a number."""
        found = []
        for path in sorted(path for folder in self.folders for path in folder.glob("*.log*")):
            with path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(min(self.read.get(path, 0), size))
                text = file.read().decode("utf-8", errors="replace")
                self.read[path] = size
            found += [f"log {path.name}: {line}" for line in text.splitlines() if numbers(line)]
        return found
