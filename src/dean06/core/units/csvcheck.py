"""Proof that a folder of unit files (plans/<plan>/units) is a sound picture of units in time.

`check_units(folder)` gives every defect found: headers and fields, keys that resolve, validity that is
sane, one code with one meaning and one parent at a time, placements inside the life of both ends without
a gap, no circle above a unit or among successions, successions that pass on the whole of a unit on the
day it ends, the counts of expected.csv, and the chains of chains.csv: every unit there on the first day
is found whole among the units of the last day, none appears from nowhere, nothing is lost or doubled.

What a province has (which dates, how many) is data in expected.csv and chains.csv, never in this code.
Pure: no Django, no database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from dean06.core.units.csvchain import chain_problems, count_problems
from dean06.core.units.csvread import CodeRow, PlacementRow, Problem, SuccessionRow, Tables, read_tables

R = TypeVar("R", CodeRow, PlacementRow)

Check = Callable[[Tables], Iterator[Problem]]


def check_units(folder: Path) -> list[Problem]:
    """Every defect of the unit files in `folder`, sorted by file and line; an empty list is the proof.

    Counts and chains are computed only from files without another defect: on a broken tree or a
    circle of successions their answer would mean nothing.
    """
    tables, problems = read_tables(folder)
    for check in _STRUCTURE:
        problems.extend(check(tables))
    if not problems:
        problems.extend(count_problems(tables))
        problems.extend(chain_problems(tables))
    return sorted(set(problems))


def _references(t: Tables) -> Iterator[Problem]:
    named: list[tuple[str, int, str]] = [
        *(("placements.csv", p.line, key) for p in t.placements for key in (p.key, p.parent)),
        *(("codes.csv", c.line, c.key) for c in t.codes),
        *(("aliases.csv", a.line, a.key) for a in t.aliases),
        *(("successions.csv", s.line, key) for s in t.successions for key in (s.old, s.new)),
        *(("expected.csv", e.line, e.under) for e in t.expected),
        *(("chains.csv", c.line, key) for c in t.chains for key in (c.start_under, c.end_under)),
    ]
    for file, line, key in named:
        if key not in t.units:
            yield Problem(file, line, f"không có đơn vị “{key}” trong units.csv")


def _repeats(t: Tables) -> Iterator[Problem]:
    yield from _twice("aliases.csv", ((a.line, (a.key, a.alias)) for a in t.aliases))
    yield from _twice("successions.csv", ((s.line, (s.old, s.new, s.day)) for s in t.successions))
    yield from _twice("expected.csv", ((e.line, (e.day, e.kind, e.under)) for e in t.expected))


def _twice(file: str, rows: Iterable[tuple[int, tuple[Hashable, ...]]]) -> Iterator[Problem]:
    first: dict[tuple[Hashable, ...], int] = {}
    for line, key in rows:
        earlier = first.setdefault(key, line)
        if earlier != line:
            yield Problem(file, line, f"lặp lại dòng {earlier} ({', '.join(map(str, key))})")


def _by(rows: Iterable[R], key: Callable[[R], Hashable]) -> Mapping[Hashable, list[R]]:
    groups: dict[Hashable, list[R]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _overlaps(rows: list[R]) -> Iterator[tuple[R, R]]:
    """Pairs of rows valid at the same time; of each row only the first clash is given."""
    for number, row in enumerate(rows):
        clash = next((other for other in rows[:number] if other.span.overlaps(row.span)), None)
        if clash is not None:
            yield clash, row


def _code_overlaps(t: Tables) -> Iterator[Problem]:
    for rows in _by(t.codes, lambda c: (c.scheme, c.code)).values():
        for first, row in _overlaps(rows):
            message = (
                f"mã {row.scheme}:{row.code} của “{row.key}” {row.span} chồng hiệu lực với "
                f"“{first.key}” {first.span} ở dòng {first.line}"
            )
            yield Problem("codes.csv", row.line, message)


def _placement_overlaps(t: Tables) -> Iterator[Problem]:
    for key, rows in _by(t.placements, lambda p: p.key).items():
        for first, row in _overlaps(rows):
            message = (
                f"“{key}” có hai đơn vị cấp trên cùng lúc: “{row.parent}” {row.span} và "
                f"“{first.parent}” {first.span} ở dòng {first.line}"
            )
            yield Problem("placements.csv", row.line, message)


def _outside(t: Tables) -> Iterator[Problem]:
    """Codes and placements that reach beyond the life of a unit they name."""
    for c in t.codes:
        unit = t.units.get(c.key)
        if unit is not None and not c.span.within(unit.span):
            message = f"mã {c.scheme}:{c.code} {c.span} vượt hiệu lực {unit.span} của “{c.key}”"
            yield Problem("codes.csv", c.line, message)
    for p in t.placements:
        for key in (p.key, p.parent):
            unit = t.units.get(key)
            if unit is not None and not p.span.within(unit.span):
                message = f"quan hệ trực thuộc {p.span} vượt hiệu lực {unit.span} của “{key}”"
                yield Problem("placements.csv", p.line, message)


def _gaps(t: Tables) -> Iterator[Problem]:
    """A unit with a parent must have one on each day it exists; in a gap it would drop out of the tree."""
    for key, found in _by(t.placements, lambda p: p.key).items():
        unit = t.units.get(str(key))
        if unit is None:
            continue
        rows = sorted(found, key=lambda p: (p.span.start is not None, p.span.start or 0, p.line))
        if rows[0].span.start != unit.span.start:
            message = (
                f"“{key}” bắt đầu {unit.span.start or '…'} nhưng trực thuộc từ {rows[0].span.start or '…'}"
            )
            yield Problem("placements.csv", rows[0].line, message)
        if rows[-1].span.end != unit.span.end:
            message = (
                f"“{key}” kết thúc {unit.span.end or '…'} nhưng trực thuộc đến {rows[-1].span.end or '…'}"
            )
            yield Problem("placements.csv", rows[-1].line, message)
        for one, two in pairwise(rows):
            if one.span.end is not None and two.span.start is not None and one.span.end < two.span.start:
                message = f"“{key}” không có đơn vị cấp trên từ {one.span.end} đến {two.span.start}"
                yield Problem("placements.csv", two.line, message)


def _same_names(t: Tables) -> Iterator[Problem]:
    """Two units of one kind and name under one parent at one time are one unit entered twice."""
    known = [p for p in t.placements if p.key in t.units]
    groups = _by(known, lambda p: (p.parent, t.units[p.key].kind, t.units[p.key].name))
    for rows in groups.values():
        for first, row in _overlaps(rows):
            if first.key != row.key:
                name = t.units[row.key].name
                message = f"“{row.key}” và “{first.key}” cùng tên “{name}”, cùng cấp trên, cùng thời gian"
                yield Problem("placements.csv", row.line, message)


def _placement_cycles(t: Tables) -> Iterator[Problem]:
    """Circles above a unit on any day a placement begins (between those days nothing is added)."""
    days = {p.span.start for p in t.placements}
    for day in sorted(days, key=lambda d: (d is not None, d or 0)):
        now = [p for p in t.placements if (p.span.holds(day) if day else p.span.start is None)]
        circle = _circle((p.key, p.parent) for p in now)
        if circle:
            line = next(p.line for p in now if p.key in circle)
            message = f"vòng trực thuộc từ {day or '…'}: {' → '.join(circle)}"
            yield Problem("placements.csv", line, message)
            return


def _succession_cycles(t: Tables) -> Iterator[Problem]:
    circle = _circle((s.old, s.new) for s in t.successions)
    if circle:
        line = next(s.line for s in t.successions if s.old in circle and s.new in circle)
        yield Problem("successions.csv", line, f"vòng kế thừa: {' → '.join(circle)}")


def _circle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """Keys of one circle in the order it is walked, or an empty list."""
    graph: dict[str, list[str]] = defaultdict(list)
    for old, new in edges:
        graph[old].append(new)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _succession_days(t: Tables) -> Iterator[Problem]:
    """A succession names a unit that exists until that day and one that exists on it."""
    for s in t.successions:
        old, new = t.units.get(s.old), t.units.get(s.new)
        if old is None or new is None:
            continue
        if s.kind == "function_transfer":
            if not old.span.holds(s.day) and old.span.end != s.day:
                message = f"“{s.old}” {old.span} không tồn tại vào ngày {s.day}"
                yield Problem("successions.csv", s.line, message)
        elif old.span.end != s.day:
            message = (
                f"“{s.old}” {old.span} phải kết thúc đúng ngày kế thừa {s.day}, nếu không sẽ bị tính hai lần"
            )
            yield Problem("successions.csv", s.line, message)
        if not new.span.holds(s.day):
            message = f"đơn vị nhận “{s.new}” {new.span} không có hiệu lực vào ngày {s.day}"
            yield Problem("successions.csv", s.line, message)


def _shares(t: Tables) -> Iterator[Problem]:
    whole: dict[tuple[str, object], list[SuccessionRow]] = defaultdict(list)
    for s in t.successions:
        if s.kind != "function_transfer":
            whole[s.old, s.day].append(s)
    for (key, day), rows in whole.items():
        total = sum((s.share for s in rows), Decimal(0))
        if total != 1:
            what = f"mất {1 - total}" if total < 1 else f"thừa {total - 1}"
            message = f"tỷ lệ kế thừa của “{key}” ngày {day} cộng lại {total}, phải bằng 1 ({what})"
            yield Problem("successions.csv", rows[0].line, message)


_STRUCTURE: tuple[Check, ...] = (
    _references,
    _repeats,
    _code_overlaps,
    _placement_overlaps,
    _outside,
    _gaps,
    _same_names,
    _placement_cycles,
    _succession_cycles,
    _succession_days,
    _shares,
)
