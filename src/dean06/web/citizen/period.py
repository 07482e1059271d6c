"""The days a citizen asks about, read from the address of his page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import Invalid, Reason

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; None is open."""

    first: date | None
    last: date | None

    @property
    def start(self) -> datetime | None:
        """The first moment, inclusive."""
        return clock.local_midnight(self.first) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The first moment that is no longer asked for."""
        return clock.local_midnight(self.last + timedelta(days=1)) if self.last else None

    def query(self, **more: object) -> str:
        """The same days as part of an address."""
        given = {"tu": self.first, "den": self.last, **more}
        return "?" + urlencode({name: value for name, value in given.items() if value})


def asked(get: QueryDict) -> Period:
    """The period in an address. Raises Invalid for a day that is none, or an end before its beginning."""
    first = _day(get.get("tu", ""), _("Từ ngày"))
    last = _day(get.get("den", ""), _("Đến ngày"))
    if first and last and last < first:
        raise Invalid([Reason(_("Ngày cuối phải từ ngày đầu trở đi."), field=_("Đến ngày"))])
    return Period(first, last)


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid([Reason(_("Ngày phải có dạng năm-tháng-ngày."), field=name)]) from error
    if not 2000 <= found.year <= 2100:
        raise Invalid([Reason(_("Năm phải từ 2000 đến 2100."), field=name)])
    return found


def page_number(get: QueryDict) -> int:
    """The page asked for, from 1; anything else is the first."""
    text = get.get("trang", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
