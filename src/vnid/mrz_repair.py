"""Proposes what a badly read Vietnamese card zone said, from its redundancy; never decides.

The number stands 1⅔ times in the first line with two check digits of its own. A proposal is made only when
one single reading makes every check digit hold, and it names each sign that it changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from vnid.mrz import Check, checks_for, is_vietnamese_card, split_lines

# What reading machines confuse, in both directions.
_TO_DIGIT: Final = dict(zip("OQDUILZASGTBRP", "00001124567889", strict=True))
_TO_LETTER: Final = dict(zip("01245678", "OIZASGTB", strict=True))
_TWINS: Final = dict(
    zip("0123456789", ("68", "74", "7", "89", "19", "6", "058", "12", "0369", "438"), strict=True)
)
_FILLERS: Final = frozenset("«‹({[")
_DIGITS: Final = (frozenset(range(5, 27)) | {29}, frozenset((*range(7), *range(8, 15), 29)), frozenset[int]())
_LETTERS: Final = (frozenset((0, 1, 2, 3, 4)), frozenset((7, 15, 16, 17)), frozenset(range(30)))
_BLANK: Final = (frozenset((27, 28)), frozenset(range(18, 29)), frozenset[int]())
_MOST_DOUBTS: Final = 2  # signs changed beyond what their places demand


@dataclass(frozen=True, slots=True)
class Change:
    """One sign: line and position from 1, what was read, what is proposed, and why."""

    line: int
    position: int
    read: str
    proposed: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines whose check digits all hold, and how they differ from those read."""

    lines: tuple[str, str, str]
    changes: tuple[Change, ...]


def propose(text: str) -> Proposal | None:
    """What a card's zone most likely said; None when nothing or more than one thing fits.

    Raises MrzError when the text has no lines of a card.
    """
    read = split_lines(text)
    lines = tuple(_by_place(line, number) for number, line in enumerate(read))
    if not is_vietnamese_card(lines):
        return None
    checks = checks_for(lines)
    fits = lines if _sound(lines, checks) else _only(_from_twin_number(lines, checks))
    if fits is None:
        fits = _only(_by_doubts(lines, checks))
    if fits is None:
        return None
    return Proposal((fits[0], fits[1], fits[2]), tuple(_changes(read, lines, fits)))


def _by_place(line: str, number: int) -> str:
    """Digits where only digits stand, letters where only letters do, fillers where nothing does."""
    signs = list(line)
    for at, sign in enumerate(signs):
        if at in _BLANK[number]:
            signs[at] = "<"
        elif at in _DIGITS[number]:
            signs[at] = _TO_DIGIT.get(sign, sign)
        elif at in _LETTERS[number]:
            signs[at] = "<" if sign in _FILLERS else _TO_LETTER.get(sign, sign)
    return "".join(signs)


def _sound(lines: tuple[str, ...], checks: tuple[Check, ...]) -> bool:
    if not all(lines[0][at].isdigit() for at in _DIGITS[0]):
        return False
    if not all(sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<" for line in lines for sign in line):
        return False
    return lines[0][5:14] == lines[0][18:27] and all(check.holds(lines) for check in checks)


def _from_twin_number(lines: tuple[str, ...], checks: tuple[Check, ...]) -> Iterator[tuple[str, ...]]:
    """The nine digits that stand twice, each way."""
    first = lines[0]
    for nine in {first[5:14], first[18:27]}:
        whole = (first[:5] + nine + first[14:18] + nine + first[27:], *lines[1:])
        if _sound(whole, checks):
            yield whole


def _by_doubts(lines: tuple[str, ...], checks: tuple[Check, ...]) -> Iterator[tuple[str, ...]]:
    """Up to two digits exchanged for those that machines take for them, both twins at once."""
    places = [
        (number, at) for number in (0, 1) for at in sorted(_DIGITS[number]) if not 5 <= at < 14 or number
    ]
    places.append((0, 14))
    for count in range(1, _MOST_DOUBTS + 1):
        found = False
        for chosen in combinations(places, count):
            for signs in product(*(_TWINS.get(lines[number][at], "") for number, at in chosen)):
                whole = _with(lines, chosen, signs)
                if _sound(whole, checks):
                    found = True
                    yield whole
        if found:
            return


def _with(
    lines: tuple[str, ...], places: tuple[tuple[int, int], ...], signs: tuple[str, ...]
) -> tuple[str, ...]:
    changed = [list(line) for line in lines]
    for (number, at), sign in zip(places, signs, strict=True):
        changed[number][at] = sign
    changed[0][5:14] = changed[0][18:27]
    return tuple("".join(line) for line in changed)


def _only(found: Iterator[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The one candidate, or None for none or several."""
    different = set(found)
    return different.pop() if len(different) == 1 else None


def _changes(read: tuple[str, ...], placed: tuple[str, ...], fits: tuple[str, ...]) -> Iterator[Change]:
    for number, (was, put, now) in enumerate(zip(read, placed, fits, strict=True)):
        for at in range(len(now)):
            if was[at] != now[at]:
                why = "place" if put[at] == now[at] else "redundancy"
                yield Change(number + 1, at + 1, was[at], now[at], why)
