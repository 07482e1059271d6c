"""Collects what is wrong with a sheet, so that its sender can mend all of it at once."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid, Reason

CAP: Final = 200
"""Reasons told one by one; the rest is told as a count."""


class Problems:
    """The reasons found so far."""

    def __init__(self) -> None:
        self._reasons: list[Reason] = []
        self._more = 0

    def add(self, message: str, *, field: str | None = None, row: int | None = None) -> None:
        """Note one reason; beyond CAP it only counts."""
        if len(self._reasons) < CAP:
            self._reasons.append(Reason(message, field=field, row=row))
        else:
            self._more += 1

    def raise_if_any(self) -> None:
        """Raise Invalid with everything noted."""
        if not self._reasons:
            return
        more = [Reason(_("và %(count)s lỗi khác") % {"count": self._more})] if self._more else []
        raise Invalid([*self._reasons, *more])


def letters(column: int) -> str:
    """The letters of a column (1 → A, 27 → AA)."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def count(number: int) -> str:
    """A count as people here write it (20.000)."""
    return f"{number:,}".replace(",", ".")
