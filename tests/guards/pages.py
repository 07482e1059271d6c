"""Reading a page: its lists with what each offers, and rows that stand outside any list."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_ROWS = {"tbody": "tr", "ul": "li", "ol": "li"}
_APART = frozenset({"nav", "header", "footer", "form"})


@dataclass
class FoundList:
    """One list of `dean06.ui.tables` as the page offers it."""

    key: str
    search: bool = False
    filters: int = 0
    sorts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    pages: bool = False
    rows: int = 0
    total: int = 0


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    rows: int = 0


class Page(HTMLParser):
    """`lists` by key; `loose`: (class, rows) of every other run of rows; `files`: addresses of files."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lists: dict[str, FoundList] = {}
        self.loose: list[tuple[str, int]] = []
        self.files: list[str] = []
        self._stack: list[_Open] = []
        self._counting = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if self._stack and _ROWS.get(self._stack[-1].tag) == tag:
            self._stack[-1].rows += 1
        if tag not in VOID:
            self._stack.append(_Open(tag, attributes))
        self._note(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        while self._stack and (closed := self._stack.pop()).tag != tag:
            pass
        if tag not in _ROWS or not closed.rows:
            return
        inside = self._list()
        if inside:
            inside.rows += closed.rows if tag == "tbody" else 0
        elif not any(one.tag in _APART for one in self._stack):
            self.loose.append((self._name(closed), closed.rows))

    def handle_data(self, data: str) -> None:
        inside = self._list()
        if inside and self._counting and " trong " in data:
            words = data.partition(" trong ")[2].split()
            inside.total = int(words[0].replace(".", ""))
        self._counting = False

    def _name(self, closed: _Open) -> str:
        holder = self._stack[-1] if closed.tag == "tbody" and self._stack else closed
        return (holder.attributes.get("class", "").split() or [closed.tag])[0]

    def _list(self) -> FoundList | None:
        """The list around the place where the parser stands; a form stands for its list."""
        for one in reversed(self._stack):
            name = one.attributes.get("id", "")
            form = one.tag == "form" and name.endswith("-form")
            if name.startswith("list-") and (form or "list" in one.attributes.get("class", "").split()):
                key = name.removeprefix("list-").removesuffix("-form")
                return self.lists.setdefault(key, FoundList(key))
        return None

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        file = tag == "a" and "download" in attributes
        if file:
            self.files.append(attributes["href"])
        inside = self._list()
        if inside is None:
            return
        css = attributes.get("class", "").split()
        self._counting = "list-count" in css
        inside.search |= attributes.get("type") == "search"
        inside.filters += tag == "select"
        inside.pages |= "pager" in css
        if file:
            inside.files.append(attributes["href"])
        if tag == "a" and "-by-" in attributes.get("id", ""):
            inside.sorts.append(attributes["href"])
