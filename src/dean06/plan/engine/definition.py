"""What an indicator is: one query over records, and how to name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.functional import Promise

from dean06.plan.periods import Period

#: stock: the state at the cut-off. flow: what arose in the period, and since the plan began.
Nature = Literal["stock", "flow"]

#: The columns an indicator yields, in this order.
COLUMNS = ("unit_id", "subject", "label", "met", "at")


@dataclass(frozen=True, slots=True)
class Window:
    """The time a figure speaks of: instants `start` ≤ t < `end`, the tree of the day `on` (the cut-off).

    A stock indicator reads `on` (or `end`); a flow indicator reads `start` and `end`. Never the clock:
    the same window gives the same rows as long as the records stand.
    """

    period: Period
    start: datetime
    end: datetime
    on: date

    @classmethod
    def of(cls, period: Period, *, since: date | None = None) -> Window:
        """The window of a period; with `since`, from that day's first instant (the cumulative figure)."""
        from dean06.core.clock import local_midnight

        start = local_midnight(since) if since is not None else period.start
        return cls(period=period, start=start, end=period.end, on=period.cutoff)


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows as SQL: columns unit_id, subject, label, met, at by position.

    Parameters as psycopg takes them: `%(name)s` with a mapping or `%s` with a sequence; a literal per cent
    sign is doubled. Names beginning with "engine_" are the engine's own.
    """

    sql: str
    params: Mapping[str, object] | Sequence[object] = ()


RowsQuery = QuerySet[Any, Any] | RawRows


@dataclass(frozen=True, slots=True)
class Indicator:
    """A list of things that should be true: every row counts once, `met` ones are the numerator.

    `subject` names the thing ("unit:17") and with `evidence_url` leads to the record that proves it.
    `version` goes up when the meaning of `rows` changes: frozen figures keep the version that counted them.
    """

    code: str
    title_vi: str | Promise
    title_en: str | Promise
    subject_vi: str | Promise
    nature: Nature
    version: int
    rows: Callable[[Window], RowsQuery]
    evidence_url: Callable[[str], str]
