"""Until when a card holds: the printed day, what the law makes of it, and the day one would expect.

The rules are dated data (`data/validity.toml`, each with its article). The expected day is a plausibility
check beside the printed one and never replaces it: offices vary, and whether a card was lost, replaced or
withdrawn is known to the ministry alone, not to the card.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from vnid.dates import PartialDate

NO_EXPIRY: Final = "Không thời hạn"
"""What stands on a card that holds for life."""


class CardModel(StrEnum):
    """Cards with a chip, by the look they were issued in."""

    CCCD_2021 = "cccd2021"
    CAN_CUOC_2024 = "cancuoc2024"


class DocumentKind(StrEnum):
    """What rules of validity are written for."""

    CMND = "cmnd"  # chứng minh nhân dân, 9 or 12 digits
    CCCD = "cccd"  # căn cước công dân
    CAN_CUOC = "can_cuoc"  # căn cước


@dataclass(frozen=True, slots=True)
class Expected:
    """The days on which a card would rightly end; none where it holds for life.

    Two for whoever was born on 29 February: the law does not say which day that birthday is.
    """

    days: tuple[date, ...]
    source: str

    def fits(self, printed: date | None) -> bool:
        """Whether the printed day is one of them; None: printed without an end."""
        return printed in self.days if printed is not None else not self.days


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a document holds on a day. `until` is its last day, None without an end; `rule` is the article
    that moved the printed day, "" where none did."""

    valid: bool
    until: date | None
    rule: str = ""


@cache
def _rules() -> dict[str, list[dict[str, Any]]]:
    text = files("vnid").joinpath("data/validity.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _in_force(kind: str, on: date) -> dict[str, Any] | None:
    held = [rule for rule in _rules()[kind] if rule["from"] <= on]
    return max(held, key=lambda rule: rule["from"]) if held else None


def card_model(issued: date) -> CardModel | None:
    """The look of a card issued on a day; None before cards with a chip."""
    rule = _in_force("model", issued)
    return CardModel(rule["name"]) if rule else None


def expected_expiry(birth: PartialDate, issued: date) -> Expected | None:
    """When a card of this holder, issued on this day, would end: the first birthday of change after the
    issue, or the one after it when that was less than two years away.

    None when the day of birth is not known, lies after the issue, or no rule was in force.
    """
    born, rule = birth.whole, _in_force("milestones", issued)
    if born is None or rule is None or born > issued:
        return None
    early = _birthdays(issued, rule["early_years"])[-1]
    for age in rule["ages"]:
        days = _birthdays(born, age)
        if days[0] > issued and days[-1] >= early:
            return Expected(days, rule["source"])
    return Expected((), rule["source"])


def _birthdays(born: date, age: int) -> tuple[date, ...]:
    """The day at which somebody is so old; both readings for 29 February."""
    try:
        return (born.replace(year=born.year + age),)
    except ValueError:
        return date(born.year + age, 2, 28), date(born.year + age, 3, 1)


def validity(kind: DocumentKind, expiry: date | None, on: date) -> Validity:
    """Whether a document whose printed last day is `expiry` (None: no end) holds on a day."""
    until, source = expiry, ""
    for rule in _rules()["extension"]:
        moved = expiry is not None and rule["expires_from"] <= expiry < rule["expires_before"]
        if moved and kind in rule["kinds"]:
            until, source = rule["until"], rule["source"]
    for rule in _rules()["dead"]:
        if kind in rule["kinds"] and (until is None or until > rule["after"]):
            until, source = rule["after"], rule["source"]
    return Validity(until is None or on <= until, until, source)


def term_end(kind: DocumentKind, issued: date) -> date | None:
    """The last day of a document that prints none but holds for some years from its issue, else None."""
    for rule in _rules()["term"]:
        if kind in rule["kinds"]:
            return _birthdays(issued, rule["years"])[0]
    return None
