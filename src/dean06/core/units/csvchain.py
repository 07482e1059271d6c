"""Counts at a date and chains between two dates, computed from unit files that are otherwise sound.

Shares are exact decimals: 209 communes give 209 wholes or the difference is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dean06.core.units.csvread import ChainRow, ExpectedRow, Problem, SuccessionRow, Tables


def count_problems(t: Tables) -> Iterator[Problem]:
    """Rows of expected.csv whose count is not what the files give."""
    for row in t.expected:
        found = len(_present(t, kind=row.kind, day=row.day, under=row.under))
        if found != row.number:
            yield Problem("expected.csv", row.line, _count_message(row, found))


def _count_message(row: ExpectedRow, found: int) -> str:
    return f"ngày {row.day}, loại {row.kind}, trong “{row.under}”: đếm được {found}, phải có {row.number}"


def _present(t: Tables, *, kind: str, day: date, under: str) -> set[str]:
    """Keys of the units of a kind valid on the day and standing, directly or not, under a unit."""
    children: dict[str, list[str]] = defaultdict(list)
    for p in t.placements:
        if p.span.holds(day):
            children[p.parent].append(p.key)
    found: set[str] = set()
    waiting = [under]
    while waiting:
        for key in children[waiting.pop()]:
            waiting.append(key)
            if t.units[key].kind == kind and t.units[key].span.holds(day):
                found.add(key)
    return found


def chain_problems(t: Tables) -> Iterator[Problem]:
    """Rows of chains.csv that do not hold: a unit lost, doubled, or come from nowhere."""
    for row in t.chains:
        sources = _present(t, kind=row.kind, day=row.start, under=row.start_under)
        targets = _present(t, kind=row.kind, day=row.end, under=row.end_under)
        reached: set[str] = set()
        if not sources:
            yield Problem(
                "chains.csv", row.line, f"không có đơn vị nào trong “{row.start_under}” ngày {row.start}"
            )
        for source in sorted(sources):
            holders = _holders(t, source, row)
            reached |= holders.keys() & targets
            yield from _lost(t, row, source, holders, targets)
        for target in sorted(targets - reached):
            message = f"“{target}” có vào ngày {row.end} nhưng không đơn vị nào của ngày {row.start} dẫn đến"
            yield Problem("units.csv", t.units[target].line, message)


def _lost(
    t: Tables, row: ChainRow, source: str, holders: dict[str, Decimal], targets: set[str]
) -> Iterator[Problem]:
    """What of one unit does not stand among the targets on the last day."""
    total = sum((share for key, share in holders.items() if key in targets), Decimal(0))
    if total == 1:
        return
    where = ", ".join(f"“{key}” ({share})" for key, share in sorted(holders.items()) if key not in targets)
    what = f"mất dấu tại {where}" if where else f"cộng lại {total}"
    message = f"“{source}” không dẫn trọn vẹn đến {row.kind} của “{row.end_under}” ngày {row.end}: {what}"
    yield Problem("units.csv", t.units[source].line, message)


def _holders(t: Tables, source: str, row: ChainRow) -> dict[str, Decimal]:
    """Who holds what share of `source` on the last day, following successions in order of time."""
    steps = _steps(t, row)
    held = {source: Decimal(1)}
    for day in sorted(steps):
        before, held = held, defaultdict(Decimal)
        for key, share in before.items():
            for heir, part in steps[day].get(key, [(key, Decimal(1))]):
                held[heir] += share * part
    return dict(held)


def _steps(t: Tables, row: ChainRow) -> dict[date, dict[str, list[tuple[str, Decimal]]]]:
    """Successions after the first day and up to the last, by day and unit; functions are not territory."""
    steps: dict[date, dict[str, list[tuple[str, Decimal]]]] = {}
    for s in t.successions:
        if _counts(s, row):
            steps.setdefault(s.day, {}).setdefault(s.old, []).append((s.new, s.share))
    return steps


def _counts(s: SuccessionRow, row: ChainRow) -> bool:
    return s.kind != "function_transfer" and row.start < s.day <= row.end
