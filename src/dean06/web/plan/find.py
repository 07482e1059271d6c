"""Looking for words among the lines of the plan, and the order in which a section shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from dean06.web.plan.lines import Line
from dean06.web.plan.place import Place
from vnid.text import fold

FIND, SORT = "q", "sort"
BY_RESULT, BY_GAP = "result", "gap"
LONGEST = 100
_MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class SortChoice:
    value: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader looks for and in which order; an unknown order is the plan's own.

    `kept`: the other parameters of the page, which the form carries along.
    """

    text: str
    sort: str
    kept: Sequence[tuple[str, str]]

    @property
    def words(self) -> list[str]:
        """The words looked for, folded."""
        return fold(self.text).split()[:_MAX_WORDS]

    @property
    def sorts(self) -> list[SortChoice]:
        """The orders on offer, the chosen one marked."""
        choices = [
            ("", _("Thứ tự trong kế hoạch")),
            (BY_RESULT, _("Kết quả thấp trước")),
            (BY_GAP, _("Xa mục tiêu nhất trước")),
        ]
        return [SortChoice(value, label, value == self.sort) for value, label in choices]


def wish_of(place: Place) -> Wish:
    """What the address asks for."""
    sort = place.params.get(SORT, "")
    return Wish(
        text=place.params.get(FIND, "").strip()[:LONGEST],
        sort=sort if sort in {BY_RESULT, BY_GAP} else "",
        kept=place.kept_without(FIND, SORT),
    )


def found(lines: Sequence[Line], words: Sequence[str]) -> list[Line]:
    """The lines whose code, labels or quote hold every word. Their items must be loaded with the quote."""
    return [line for line in lines if all(word in _text(line) for word in words)] if words else list(lines)


def _text(line: Line) -> str:
    item = line.item
    return fold(f"{item.code} {item.label_vi} {item.label_en} {item.quote}")


def ordered(lines: Sequence[Line], sort: str) -> list[Line]:
    """Lines in the order asked for; those without a value to compare come last, in the plan's order."""
    if sort == BY_RESULT:
        return sorted(lines, key=lambda line: _last_without(line.figure.percent))
    if sort == BY_GAP:
        return sorted(lines, key=lambda line: _last_without(_beyond(line)))
    return list(lines)


def _last_without(value: Decimal | None) -> tuple[bool, Decimal]:
    return value is None, value or Decimal(0)


def _beyond(line: Line) -> Decimal | None:
    """Percentage points past the goal, negative while they lack; None without a goal or a share."""
    percent = line.figure.percent
    if percent is None or line.goal is None:
        return None
    return line.goal - percent if line.item.direction == "down" else percent - line.goal
