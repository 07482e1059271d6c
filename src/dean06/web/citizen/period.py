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
TYPED = "%d/%m/%Y"  # as on every other page


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
        first, last = (day and f"{day:{TYPED}}" for day in (self.first, self.last))
        given = {"tu": first, "den": last, **more}
        return "?" + urlencode({name: value for name, value in given.items() if value})


def asked(get: QueryDict) -> Period:
    """The period in an address, typed 05/09/2023. Raises Invalid for no day, an end too early."""
    first = _day(get.get("tu", ""), _("Từ ngày"))
    last = _day(get.get("den", ""), _("Đến ngày"))
    if first and last and last < first:
        raise Invalid([Reason(_("Ngày cuối phải từ ngày đầu trở đi."), field=_("Đến ngày"))])
    return Period(first, last)


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        found = datetime.strptime(text.strip(), TYPED).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise Invalid([Reason(_("Ngày phải viết dạng 05/09/2023."), field=name)]) from error
    if not 2000 <= found.year <= 2100:
        raise Invalid([Reason(_("Năm phải từ 2000 đến 2100."), field=name)])
    return found


def page_number(get: QueryDict) -> int:
    """The page asked for, from 1; anything else is the first."""
    text = get.get("trang", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
