"""Small charts drawn by the server as SVG, and the data of the large ones (frontend/src/charts.ts)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dean06.ui import formats

Value = Decimal | float | int | None


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a trend; `value` in percent, None where nothing was measured."""

    label: str
    value: Value
    note: str = ""  # "149/220", shown in the table and the tooltip


@dataclass(frozen=True, slots=True)
class Chart:
    """A large chart: `kind` "line" or "bar", percentages, an optional goal line.

    Everything is in the table too, so the page is complete without JavaScript.
    """

    kind: str
    title: str
    points: Sequence[Point]
    goal: Value = None

    @property
    def data(self) -> dict[str, Any]:
        """The chart as its script reads it, percentages as plain numbers."""
        return {
            "title": self.title,
            "goal": None if self.goal is None else float(self.goal),
            "goalLabel": _("Mục tiêu"),
            "points": [
                {"label": p.label, "value": None if p.value is None else float(p.value), "note": p.note}
                for p in self.points
            ],
        }


def trend_text(points: Sequence[Point]) -> str:
    """The trend in words: "Từ 12 % (6/2023) đến 67,5 % (11/2023)"."""
    known = [p for p in points if p.value is not None]
    if not known:
        return _("Chưa có số liệu")
    first, last = known[0], known[-1]
    if first is last:
        return f"{formats.percent(last.value)} ({last.label})"
    return _("Từ %(first)s (%(from)s) đến %(last)s (%(to)s)") % {
        "first": formats.percent(first.value),
        "from": first.label,
        "last": formats.percent(last.value),
        "to": last.label,
    }


def _segments(points: Sequence[Point], width: int, height: int) -> list[list[tuple[float, float]]]:
    """The line in pieces, broken where a period has no value: a gap is never drawn as a slope."""
    step = (width - 4) / max(len(points) - 1, 1)
    pieces: list[list[tuple[float, float]]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            pieces.append([])
            continue
        share = min(max(float(point.value), 0.0), 100.0)
        pieces[-1].append((2 + index * step, _y(share, height)))
    return [piece for piece in pieces if piece]


def _y(share: float, height: int) -> float:
    return 2 + (100 - share) / 100 * (height - 4)


def sparkline(
    points: Sequence[Point], *, goal: Value = None, width: int = 96, height: int = 24
) -> SafeString:
    """A trend as inline SVG on a fixed 0–100 scale, so that rows can be compared; text as its name."""
    pieces = _segments(points, width, height)
    shapes = ""  # numbers only: nothing of it comes from outside
    if goal is not None:
        y = f"{_y(min(max(float(goal), 0.0), 100.0), height):.1f}"
        shapes += f'<line class="spark-goal" x1="0" x2="{width}" y1="{y}" y2="{y}"/>'
    for piece in pieces:
        if len(piece) > 1:
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in piece)
            shapes += f'<polyline class="spark-line" points="{corners}"/>'
    if pieces:
        x, end = pieces[-1][-1]
        shapes += f'<circle class="spark-end" cx="{x:.1f}" cy="{end:.1f}" r="2"/>'
    return format_html(
        '<svg class="spark" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">'
        "{3}</svg>",
        width,
        height,
        trend_text(points),
        mark_safe(shapes),  # noqa: S308 - made above
    )
