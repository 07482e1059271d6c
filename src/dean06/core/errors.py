"""The few exceptions an action raises; every boundary (web, API, command) maps these and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing wrong with an input: what, in which field, in which row of a sheet (1-based, header = 1)."""

    message: str
    field: str | None = None
    row: int | None = None

    def __str__(self) -> str:
        place = [_("dòng %(row)s") % {"row": self.row}] if self.row is not None else []
        if self.field:
            column = _("cột “%(name)s”") if self.row is not None else "“%(name)s”"
            place.append(column % {"name": self.field})
        return f"{', '.join(place)}: {self.message}" if place else self.message


class Dean06Error(Exception):
    """Base of the errors whose text may be shown to the user as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Denied(Dean06Error):
    """The actor may not do this to this object."""


class Conflict(Dean06Error):
    """Somebody else changed the object meanwhile, or its state forbids the action."""


class NotFound(Dean06Error):
    """No such object, or none that the actor may see."""


class Invalid(Dean06Error):
    """The input is refused as a whole; nothing was written."""

    def __init__(self, reasons: Sequence[Reason] | str) -> None:
        self.reasons: tuple[Reason, ...] = (Reason(reasons),) if isinstance(reasons, str) else tuple(reasons)
        super().__init__("; ".join(str(reason) for reason in self.reasons))
