"""Points of the index of QĐ 766/QĐ-TTg out of two counts.

Each component is rounded to two decimals and the rounded ones are added, as the national portal shows them.
The published description says nothing of halves; they are rounded up here (`ROUNDING`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Final

ROUNDING: Final = ROUND_HALF_UP
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Component:
    """One component: `most` points, all of them from a share of `full_at` percent on (None: linear)."""

    code: str
    group: str
    label_vi: str
    label_en: str
    most: Decimal
    full_at: Decimal | None
    full_for_nothing: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Score:
    """Points of a component; `share` in percent, None where there was nothing to count."""

    component: Component
    share: Decimal | None
    points: Decimal


@cache
def components() -> dict[str, Component]:
    """Every component by its code."""
    told = tomllib.loads(files("dean06.plan.index766").joinpath("components.toml").read_text("utf-8"))
    return {row["code"]: _component(row) for row in told["component"]}


def _component(row: dict[str, object]) -> Component:
    return Component(
        code=str(row["code"]),
        group=str(row["group"]),
        label_vi=str(row["label_vi"]),
        label_en=str(row["label_en"]),
        most=Decimal(str(row["most"])),
        full_at=Decimal(str(row["full_at"])) if "full_at" in row else None,
        full_for_nothing=row["nothing"] == "full",
        seen=str(row.get("seen", "")),
    )


def score(code: str, numerator: int | None, denominator: int | None) -> Score:
    """The points of a component. Raises KeyError for an unknown code, ValueError for counts that cannot be.

    None or 0 as the denominator is "nothing to count": all points or none, as the component says.
    """
    component = components()[code]
    if not denominator:
        if numerator:
            raise ValueError("a numerator without a denominator")
        points = component.most if component.full_for_nothing else Decimal(0)
        return Score(component, None, points.quantize(_CENT))
    if numerator is None or not 0 <= numerator <= denominator:
        raise ValueError("the numerator lies between 0 and the denominator")
    share = Decimal(numerator * 100) / Decimal(denominator)
    return Score(component, share, _points(component, share))


def _points(component: Component, share: Decimal) -> Decimal:
    full_at = component.full_at or Decimal(100)
    reached = min(share / full_at, Decimal(1))
    return (reached * component.most).quantize(_CENT, ROUNDING)


def total(scores: Mapping[str, Score]) -> Decimal:
    """The sum of rounded points, as the portal adds them."""
    return sum((each.points for each in scores.values()), Decimal(0))


def contentment(late: int, complained: int, dossiers: int) -> Decimal:
    """The share of 5.4 in percent: neither late nor complained of; a dossier that is both counts twice.

    Never below 0. Raises ValueError for counts that cannot be.
    """
    if dossiers <= 0 or not (0 <= late <= dossiers and 0 <= complained <= dossiers):
        raise ValueError("late and complained lie between 0 and the dossiers")
    return max(Decimal(0), Decimal(100) - Decimal((late + complained) * 100) / Decimal(dossiers))


def score_share(code: str, share: Decimal) -> Score:
    """The points of a share (percent) that is not one of two counts, as that of 5.4.

    Raises ValueError, KeyError.
    """
    if not 0 <= share <= 100:
        raise ValueError("a share lies between 0 and 100")
    component = components()[code]
    return Score(component, share, _points(component, share))
