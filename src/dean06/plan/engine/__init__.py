"""The engine of indicators: what is counted, the figures, and the rows behind each of them.

An app declares `Indicator`s and registers them in AppConfig.ready(). Pages and commands read figures
(`observation`, `observations_for`, `rank`, `trend`) and rows (`gaps`, `evidence`); actions call `touch` after
a record changed; jobs call `refresh` and `freeze`. docs/adr/0003-indicators.md tells why it is so.
"""

from dean06.plan.engine.compute import Refreshed, refresh
from dean06.plan.engine.definition import Indicator, RawRows, RowsQuery, Window
from dean06.plan.engine.explain import Difference, Explanation, Was, Why, explain
from dean06.plan.engine.figure import Figure, Source, percentage
from dean06.plan.engine.freezing import freeze, is_frozen
from dean06.plan.engine.models import Span
from dean06.plan.engine.queries import (
    FigureTable,
    Ranked,
    TrendPoint,
    observation,
    observations_for,
    rank,
    trend,
)
from dean06.plan.engine.registry import every, get, is_registered, register, unregister
from dean06.plan.engine.rows import EvidenceRow, RowFilter, RowPage, evidence, find_rows, gaps
from dean06.plan.engine.touch import touch, touch_all

__all__ = [
    "Difference",
    "EvidenceRow",
    "Explanation",
    "Figure",
    "FigureTable",
    "Indicator",
    "Ranked",
    "RawRows",
    "Refreshed",
    "RowFilter",
    "RowPage",
    "RowsQuery",
    "Source",
    "Span",
    "TrendPoint",
    "Was",
    "Why",
    "Window",
    "every",
    "evidence",
    "explain",
    "find_rows",
    "freeze",
    "gaps",
    "get",
    "is_frozen",
    "is_registered",
    "observation",
    "observations_for",
    "percentage",
    "rank",
    "refresh",
    "register",
    "touch",
    "touch_all",
    "trend",
    "unregister",
]
