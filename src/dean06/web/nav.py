"""The main navigation as data: add a line here when a new room gets its first page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, may


@dataclass(frozen=True, slots=True)
class Entry:
    """`short` is used in the bottom bar of phones (about 72 px wide); "" keeps the entry to the user's menu.

    `under`: what addresses of the room begin with, where they do not begin with the entry's own.
    """

    route: str
    label: str | Promise
    short: str | Promise
    icon: str
    needs: Callable[[Actor], bool] | None = None
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    label: str | Promise
    short: str | Promise
    icon: str
    url: str
    current: bool


def _operates(actor: Actor) -> bool:
    return may(actor, Action.OPERATE)


def _inspects(actor: Actor) -> bool:
    return may(actor, Action.VIEW_LOG)


def _works(actor: Actor) -> bool:
    return may(actor, Action.VIEW)


_UNITS = pgettext_lazy("navigation", "Đơn vị")
ENTRIES: tuple[Entry, ...] = (
    Entry("web:plan", _("Tổng quan kế hoạch"), _("Tổng quan"), "layout-dashboard"),
    Entry("web:tasks", _("Nhiệm vụ của đơn vị"), pgettext_lazy("navigation", "Nhiệm vụ"), "list-check"),
    Entry("units:list", _UNITS, _UNITS, "sitemap"),
    Entry("guidance:index", _("Bản ghi P0"), _("Bản ghi"), "clipboard-check"),
    Entry("web:search", _("Tìm kiếm"), _("Tìm kiếm"), "search"),
    Entry("people:home", _("Dữ liệu cá nhân"), "", "key", _works, ("/nguoi-dan/",)),
    Entry(
        "access:users",
        _("Người dùng"),
        "",
        "user",
        _operates,
        ("/tai-khoan/moi", "/tai-khoan/quyen/", "/tai-khoan/ra-soat"),
    ),
    Entry("audit:list", _("Nhật ký"), "", "history", _inspects),
    Entry("operations:state", _("Vận hành"), "", "settings", _operates),
)


def links(path: str, actor: Actor | None = None) -> list[Link]:
    """The entries of installed rooms that the actor may open; the nearest above `path` is the current one."""
    found: list[tuple[Entry, str]] = []
    for entry in ENTRIES:
        if entry.needs and not (isinstance(actor, Actor) and entry.needs(actor)):
            continue
        try:
            found.append((entry, reverse(entry.route)))
        except NoReverseMatch:  # the pilot is not installed in this province
            continue
    current = max(((_reach(entry, url, path), url) for entry, url in found), default=(0, ""))
    return [Link(e.label, e.short, e.icon, url, bool(current[0]) and url == current[1]) for e, url in found]


def _reach(entry: Entry, url: str, path: str) -> int:
    """How much of the address the entry's room explains; 0 when it is another room's."""
    starts = [url, *entry.under] if url != "/" else []
    return max((len(start) for start in starts if path.startswith(start)), default=int(path == url))
