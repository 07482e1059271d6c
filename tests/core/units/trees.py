"""Small trees for tests: made by hand, or drawn at random with dated placements."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from hypothesis import strategies as st

from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Placement, Unit

FIRST = date(2020, 1, 1)
LAST = date(2024, 12, 31)
Span = tuple[date | None, date | None]
ALWAYS: Span = (None, None)


@contextmanager
def undone(reason: str = "test") -> Iterator[None]:
    """Inside, every row exists and may be written; afterwards nothing of it has happened (one example)."""
    with transaction.atomic():
        with wide(reason):
            yield
        transaction.set_rollback(True)


def unit(
    key: str,
    name: str = "",
    kind: Kind = Kind.COMMUNE,
    *,
    under: Unit | None = None,
    span: Span = ALWAYS,
) -> Unit:
    """A stored unit, placed under `under` for all its life. The closure is not rebuilt."""
    made = Unit.objects.create(
        key=key, name=name or key, kind=kind, valid_from=span[0], valid_to=span[1], document="QĐ thử"
    )
    if under is not None:
        place(made, under, span)
    return made


def place(child: Unit, parent: Unit, span: Span = ALWAYS) -> Placement:
    return Placement.objects.create(unit=child, parent=parent, valid_from=span[0], valid_to=span[1])


@dataclass(frozen=True)
class Drawn:
    """A random forest: the life of each unit by index, and (child, parent, span) with parent < child."""

    lives: tuple[Span, ...]
    placements: tuple[tuple[int, int, Span], ...]

    def store(self, prefix: str = "u") -> list[int]:
        """Write it and its closure; gives the ids by index."""
        units = Unit.objects.bulk_create(
            Unit(key=f"{prefix}-{i}", kind=Kind.COMMUNE, name=f"Xã {i}", valid_from=a, valid_to=b)
            for i, (a, b) in enumerate(self.lives)
        )
        Placement.objects.bulk_create(
            Placement(unit=units[child], parent=units[parent], valid_from=span[0], valid_to=span[1])
            for child, parent, span in self.placements
        )
        rebuild()
        return [made.id for made in units]

    def above(self, child: int, day: date) -> list[int]:
        """The slow, obvious way: climb from `child` on one day; [child, parent, …] while all exist."""
        path: list[int] = []
        here: int | None = child
        while here is not None and holds(self.lives[here], day):
            path.append(here)
            here = next((p for c, p, span in self.placements if c == here and holds(span, day)), None)
        return path


def holds(span: Span, day: date) -> bool:
    return (span[0] is None or span[0] <= day) and (span[1] is None or day < span[1])


_days = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def _spans(draw: st.DrawFn) -> Span:
    begin, end = draw(st.one_of(st.none(), _days)), draw(st.one_of(st.none(), _days))
    if begin is not None and end is not None and begin >= end:
        return (begin, begin + timedelta(days=30))
    return (begin, end)


def _pieces(cuts: Sequence[date]) -> list[Span]:
    edges = [None, *sorted(set(cuts)), None]
    return list(itertools.pairwise(edges))


@st.composite
def forests(draw: st.DrawFn, most: int = 9) -> Drawn:
    """Up to `most` units; each has at most one parent at a time, changing on up to two days."""
    count = draw(st.integers(1, most))
    lives = tuple(draw(_spans()) for _ in range(count))
    placements: list[tuple[int, int, Span]] = []
    for child in range(1, count):
        for span in _pieces(draw(st.lists(_days, max_size=2))):
            parent = draw(st.one_of(st.none(), st.integers(0, child - 1)))
            if parent is not None:
                placements.append((child, parent, span))
    return Drawn(lives, tuple(placements))


def probe_days(drawn: Drawn) -> list[date]:
    """A day inside every interval between the dates that occur, and each date itself."""
    dates = {d for span in (*drawn.lives, *(p[2] for p in drawn.placements)) for d in span if d}
    return sorted(
        {FIRST - timedelta(days=5), LAST + timedelta(days=400)}
        | dates
        | {d - timedelta(days=1) for d in dates}
    )
