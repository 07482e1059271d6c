"""The main navigation as data: add a line here when a new room gets its first page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Entry:
    """`short` is used in the bottom bar of phones (about 72 px wide)."""

    route: str
    label: str | Promise
    short: str | Promise
    icon: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str | Promise
    short: str | Promise
    icon: str
    url: str
    current: bool


_UNITS = pgettext_lazy("navigation", "Đơn vị")
ENTRIES: tuple[Entry, ...] = (
    Entry("web:plan", _("Tổng quan kế hoạch"), _("Tổng quan"), "layout-dashboard"),
    Entry("web:tasks", _("Nhiệm vụ của đơn vị"), pgettext_lazy("navigation", "Nhiệm vụ"), "list-check"),
    Entry("units:list", _UNITS, _UNITS, "sitemap"),
    Entry("guidance:index", _("Bản ghi P0"), _("Bản ghi"), "clipboard-check"),
    Entry("web:search", _("Tìm kiếm"), _("Tìm kiếm"), "search"),
)


def links(path: str) -> list[Link]:
    """The entries whose room is installed, the one standing nearest above `path` marked as current."""
    found: list[tuple[Entry, str]] = []
    for entry in ENTRIES:
        try:
            found.append((entry, reverse(entry.route)))
        except NoReverseMatch:  # the pilot is not installed in this province
            continue
    above = [url for _entry, url in found if path == url or (url != "/" and path.startswith(url))]
    current = max(above, key=len, default="")
    return [Link(e.label, e.short, e.icon, url, url == current) for e, url in found]
