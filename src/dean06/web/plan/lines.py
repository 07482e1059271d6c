"""An item of the plan with its figure, as one line of a page: the facts, ready to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dean06.plan import engine, figures
from dean06.plan.models import AdoptedTarget, Item, ItemIndicator, Plan, StatedFigure
from dean06.plan.periods import Period, until
from dean06.ui import formats
from dean06.ui.charts import Point
from dean06.ui.figures import Badge, Figure, Source, State, deadline_badge, verdict_badge

TREND = 12  # periods in a trend
_HEAVY = ("quote", "ambiguity", "numerator_text", "denominator_text", "known_by_reason")

StatedKey = tuple[int, str, str]  # item, period, kind


class Status(StrEnum):
    """What a page says about a line, beyond the bare number."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    NO_GOAL = "no_goal"  # measured, but the plan states nothing to reach
    NOTHING_AROSE = "nothing_arose"
    MISSING = "missing"
    PLANNED = "planned"
    NOT_MEASURABLE = "not_measurable"
    CONTEXT = "context"  # a scope, not a thing to measure


def status_label(status: Status) -> str:
    """The word for a status, for chips and files."""
    return {
        Status.REACHED: _("Đạt"),
        Status.NOT_REACHED: _("Chưa đạt"),
        Status.NO_GOAL: _("Không ghi mục tiêu"),
        Status.NOTHING_AROSE: _("Không phát sinh"),
        Status.MISSING: _("Chưa có số liệu"),
        Status.PLANNED: _("Chưa triển khai trên hệ thống"),
        Status.NOT_MEASURABLE: _("Không đo được"),
        Status.CONTEXT: _("Không phải nội dung đo"),
    }[status]


def label_of(item: Item) -> str:
    """The item's short label in the language of the page."""
    return item.label_en if (get_language() or "vi").startswith("en") and item.label_en else item.label_vi


@dataclass(frozen=True)
class Line:
    """`code`: the indicator of the chosen reading, "" when none counts the item. `trend` ends with the
    period shown; `before` is the percentage of the period before it.
    """

    item: Item
    code: str
    goal: Decimal | None
    adopted: bool
    figure: Figure
    trend: tuple[Point, ...]
    before: Decimal | None
    stated: Figure | None  # typed by somebody beside the counted figure

    @property
    def label(self) -> str:
        """The item's short label in the language of the page."""
        return label_of(self.item)

    @property
    def planned(self) -> bool:
        """True when the plan wants it counted but no room of the system keeps its records yet."""
        waits = self.item.planned or (self.item.known_by == "counted" and not self.code)
        return waits and self.figure.state == State.MISSING

    @cached_property
    def status(self) -> Status:
        """What the page says about the line."""
        if self.item.known_by == "none":
            return Status.CONTEXT
        if self.planned:
            return Status.PLANNED
        state = self.figure.state
        if state == State.MEASURED:
            met = self.figure.met
            return Status.NO_GOAL if met is None else Status.REACHED if met else Status.NOT_REACHED
        return Status(state.value)

    @property
    def status_text(self) -> str:
        """The same in words."""
        return status_label(self.status)

    @property
    def quiet(self) -> bool:
        """True when there is nothing to measure yet, or at all: the line stands back."""
        return self.status in {Status.PLANNED, Status.CONTEXT, Status.NOT_MEASURABLE}

    @property
    def verdict(self) -> Badge | None:
        """Reached or not; None without a goal or a figure."""
        return verdict_badge(self.figure.met)

    @property
    def suggested(self) -> bool:
        """True when the goal is the plan's suggestion that no unit adopted."""
        return self.goal is not None and not self.adopted and self.item.binding == "suggested"

    @property
    def change(self) -> Decimal | None:
        """Percentage points against the period before."""
        now = self.figure.percent
        return None if now is None or self.before is None else now - self.before

    @property
    def change_mark(self) -> Badge | None:
        """The change against the period before as a mark."""
        return change_badge(self.change, self.item.direction)

    @property
    def differs(self) -> bool:
        """True when somebody typed another figure than the records give."""
        return self.stated is not None and self.stated.percent != self.figure.percent

    @property
    def gaps(self) -> int:
        """How many rows are not met."""
        counted = self.figure.source == Source.COUNTED and self.figure.denominator
        return (self.figure.denominator or 0) - (self.figure.numerator or 0) if counted else 0

    def deadline(self, today: date) -> Badge:
        """The days left, or how long the deadline has passed."""
        return deadline_badge(self.item.deadline, today, met=self.figure.met)


def change_badge(change: Decimal | None, direction: str) -> Badge | None:
    """+3,2 điểm % with an arrow; better is green, worse is grey: a fall asks for a look, not for alarm."""
    if change is None:
        return None
    rounded = change.quantize(Decimal("0.1"))
    title = _("So với kỳ trước, điểm phần trăm")
    if not rounded:
        return Badge(_("Không đổi"), "minus", "mute", title)
    better = (rounded > 0) == (direction == "up")
    sign = "+" if rounded > 0 else ""
    label = _("%(change)s điểm %%") % {"change": sign + formats.number(rounded)}
    return Badge(label, "arrow-up" if rounded > 0 else "arrow-down", "good" if better else "warn", title)


def items_with_codes(plan: Plan, unit_id: int) -> QuerySet[Item]:
    """The plan's items in order, each with `chosen_code` and the goal `adopted_goal` of the unit."""
    chosen = ItemIndicator.objects.filter(chosen=True).order_by("order", "id")
    own = chosen.filter(item=OuterRef("pk")).values("indicator")[:1]
    twin = chosen.filter(item=OuterRef("same_as")).values("indicator")[:1]
    adopted = AdoptedTarget.objects.filter(item=OuterRef("pk"), unit_id=unit_id).values("goal")[:1]
    return (
        Item.objects.filter(plan=plan)
        .select_related("pilot")
        .annotate(chosen_code=Coalesce(Subquery(own), Subquery(twin)), adopted_goal=Subquery(adopted))
        .defer(*_HEAVY)
        .order_by(F("pilot__order").asc(nulls_last=True), "order")
    )


def periods_shown(period: Period, first: Period) -> tuple[Period, ...]:
    """The periods of a trend: the last twelve, none before the plan."""
    return until(max(first, period.back(TREND)[0]), period)


def lines_of(plan: Plan, unit_id: int, period: Period, first: Period, *, quotes: bool = False) -> list[Line]:
    """Every item of the plan with the unit's figures, by three queries; with its long texts if `quotes`."""
    items = items_with_codes(plan, unit_id)
    if quotes:
        items = items.defer(None)
    return build(list(items), unit_id, periods_shown(period, first))


def build(items: Sequence[Item], unit_id: int, periods: Sequence[Period]) -> list[Line]:
    """Lines of items from `items_with_codes`, by two queries: counted figures and stated ones."""
    codes = {item.pk: code_of(item) for item in items}
    known = _Known(
        unit_id,
        tuple(periods),
        engine.observations_for({code for code in codes.values() if code}, [unit_id], periods),
        stated_of([unit_id], periods).get(unit_id, {}),
    )
    return [_line(item, codes[item.pk], known) for item in items]


def code_of(item: Item) -> str:
    """The item's chosen indicator when this installation counts it, else ""."""
    code = getattr(item, "chosen_code", None) or ""
    return code if item.known_by == "counted" and engine.is_registered(code) else ""


def stated_of(unit_ids: Iterable[int], periods: Iterable[Period]) -> dict[int, dict[StatedKey, StatedFigure]]:
    """The statements in force of units and periods, one query: unit → (item, period, kind) → statement."""
    found: dict[int, dict[StatedKey, StatedFigure]] = {}
    rows = StatedFigure.objects.filter(
        unit_id__in=list(unit_ids), period__in=[one.key for one in periods], superseded_by__isnull=True
    )
    for row in rows:
        found.setdefault(row.unit_id, {})[row.item_id, row.period, row.kind] = row
    return found


def shown(figure: engine.Figure | None, *, goal: Decimal | None, direction: str, source: str) -> Figure:
    """A figure of the plan as the page components take it."""
    if figure is None:
        return Figure(goal=goal, direction=direction, source=Source(source))
    exact = figure.value if figure.denominator is None else None
    return Figure(figure.numerator, figure.denominator, goal, direction, Source(figure.source.value), exact)


@dataclass(frozen=True, slots=True)
class _Known:
    """The figures of a unit over the periods of a trend."""

    unit_id: int
    periods: tuple[Period, ...]
    counted: engine.FigureTable
    stated: Mapping[StatedKey, StatedFigure]

    def figure(self, item: Item, code: str, period: Period) -> engine.Figure | None:
        if code:
            return self.counted.get(code, self.unit_id, period)
        if item.known_by in {"imported", "declared"}:
            statement = self.stated.get((item.pk, period.key, item.known_by))
            return figures.figure_of(statement) if statement is not None else None
        return None


def _line(item: Item, code: str, known: _Known) -> Line:
    adopted: Decimal | None = getattr(item, "adopted_goal", None)
    goal = adopted if adopted is not None else item.goal
    source = item.known_by if item.known_by != "none" else Source.NOT_MEASURABLE

    def show(figure: engine.Figure | None, how: str) -> Figure:
        return shown(figure, goal=goal, direction=item.direction, source=how)

    series = [show(known.figure(item, code, one), source) for one in known.periods]
    typed = known.stated.get((item.pk, known.periods[-1].key, "declared")) if code else None
    return Line(
        item=item,
        code=code,
        goal=goal,
        adopted=adopted is not None,
        figure=series[-1],
        trend=tuple(
            Point(formats.period_short(one.key), figure.percent, figure.fraction)
            for one, figure in zip(known.periods, series, strict=True)
        ),
        before=series[-2].percent if len(series) > 1 else None,
        stated=show(figures.figure_of(typed), "declared") if typed else None,
    )
