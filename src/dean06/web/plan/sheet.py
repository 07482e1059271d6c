"""One target as its page shows it: what is asked, how it is measured, its figures by unit and over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from dean06.core.errors import NotFound
from dean06.core.units import queries as units
from dean06.core.units.models import Kind
from dean06.plan import engine, figures
from dean06.plan.models import Item, ItemParty, Plan, StatedFigure
from dean06.plan.queries import source_lines
from dean06.ui import formats
from dean06.ui.charts import Chart
from dean06.ui.figures import Badge, Figure, Source
from dean06.ui.language import localized
from dean06.ui.tree import Node
from dean06.web.plan.lines import Line, build, items_with_codes, label_of, periods_shown, shown
from dean06.web.plan.overview import party_name
from dean06.web.plan.place import Place
from dean06.web.plan.readings import ReadingFact, readings_of

VIEW = "view"
_TREE_KINDS = (Kind.PROVINCE, Kind.DISTRICT, Kind.COMMUNE, Kind.POLICE_POST, Kind.ONE_STOP_DESK)


@dataclass(frozen=True, slots=True)
class HistoryFact:
    """The figure of one period: when it was counted, by which version, whether it is frozen."""

    key: str
    figure: Figure
    computed_at: datetime
    version: int
    frozen: bool
    explain: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What somebody stated, beside what the records say."""

    statement: StatedFigure
    stated: Figure
    counted: Figure | None
    difference: Badge | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A target for a unit and a period, under the reading that the page looks at."""

    item: Item
    line: Line
    code: str  # the indicator shown, "" when none counts the item
    figure: Figure
    quote: Sequence[tuple[int, str]]
    responsible: Sequence[str]
    cooperating: Sequence[str]
    readings: Sequence[ReadingFact]
    twins: Sequence[tuple[str, str]]

    @property
    def counted(self) -> bool:
        """True when an indicator counts the item."""
        return bool(self.code)

    @property
    def title(self) -> str:
        """Id and label, for the title of the page."""
        return f"{self.item.code} · {self.line.label}"

    @property
    def decision(self) -> str:
        """The reading that somebody decided, by whom, in which document; "" while nobody did."""
        return next((f"{one.text} ({one.decided})" for one in self.readings if one.settled), "")

    @property
    def chart(self) -> Chart:
        """The trend with its goal line."""
        return Chart("line", _("Diễn biến qua các kỳ"), self.line.trend, self.line.goal)

    @property
    def measure(self) -> list[tuple[str, object]]:
        """How the target is measured, in words."""
        item, indicator = self.item, engine.get(self.code) if self.code else None
        pairs: list[tuple[str, object]] = [
            (_("Cách biết"), item.get_known_by_display()),
            (_("Đối tượng đếm"), item.unit_of_count or (indicator.subject_vi if indicator else "")),
            (_("Tử số"), item.numerator_text),
            (_("Mẫu số"), item.denominator_text),
            (_("Lý do"), item.known_by_reason),
            (_("Tính theo"), item.get_nature_display()),
            (_("Chiều"), item.get_direction_display()),
            (
                _("Mục tiêu theo kế hoạch"),
                item.goal_text or (formats.percent(item.goal) if item.goal else ""),
            ),
            (
                _("Hạn theo kế hoạch"),
                item.deadline_text or (formats.day(item.deadline) if item.deadline else ""),
            ),
        ]
        if indicator:
            pairs.append(
                (
                    _("Chỉ số"),
                    _("%(code)s (phiên bản %(version)s)") % {"code": self.code, "version": indicator.version},
                )
            )
        return [(term, value) for term, value in pairs if value]


def sheet_of(plan: Plan, place: Place, code: str) -> Sheet:
    """The page of the item `code`. Raises NotFound when the plan has no such item."""
    item = items_with_codes(plan, place.unit.id).defer(None).filter(code=code).first()
    if item is None:
        raise NotFound(_("Kế hoạch không có mục “%(code)s”.") % {"code": code})
    periods = periods_shown(place.period, place.first)
    readings, looked_at = readings_of(item, place)
    if looked_at:
        item.chosen_code = looked_at  # type: ignore[attr-defined]
    line = build([item], place.unit.id, periods)[0]
    parties = list(ItemParty.objects.filter(item=item).select_related("unit").order_by("order"))
    return Sheet(
        item=item,
        line=line,
        code=line.code,
        figure=line.figure,
        quote=source_lines(plan, item.line_from, item.line_to),
        responsible=[party_name(one) for one in parties if one.role == "responsible"],
        cooperating=[party_name(one) for one in parties if one.role == "cooperating"],
        readings=readings,
        twins=_twins(plan, item),
    )


def _twins(plan: Plan, item: Item) -> list[tuple[str, str]]:
    same = Item.objects.filter(plan=plan, same_as=item.same_as_id or item.pk).exclude(pk=item.pk)
    found = [(one.code, label_of(one)) for one in same.order_by("order")]
    if item.same_as is not None:
        found.insert(0, (item.same_as.code, label_of(item.same_as)))
    return found


def tree_of(sheet: Sheet, place: Place) -> list[Node]:
    """The same figures as a tree: districts, communes, points with their counts."""
    nodes = units.tree(place.period.cutoff, root_id=place.unit.id, kinds=_TREE_KINDS)
    table = engine.observations_for([sheet.code], [node.unit.id for node in nodes], [place.period])
    children: dict[int, list[Node]] = {}
    for node in reversed(nodes):
        raw = table.get(sheet.code, node.unit.id, place.period)
        inner = tuple(reversed(children.pop(node.depth + 1, [])))
        if (raw is None or not raw.denominator) and not inner and node.depth:
            continue
        figure = shown(raw, goal=sheet.line.goal, direction=sheet.item.direction, source=Source.COUNTED)
        note = f"{figure.text} · {figure.fraction}" if figure.fraction else figure.text
        made = Node(
            localized(node.unit), place.url(unit=node.unit.key, view=""), note, node.depth == 0, False, inner
        )
        children.setdefault(node.depth, []).append(made)
    return children.get(0, [])


def history(sheet: Sheet, place: Place) -> list[HistoryFact]:
    """The figure of every period shown in the trend, the newest first."""
    periods = periods_shown(place.period, place.first)
    table = engine.observations_for([sheet.code], [place.unit.id], periods)
    facts = []
    for period in reversed(periods):
        raw = table.get(sheet.code, place.unit.id, period)
        if raw is None:
            continue
        facts.append(
            HistoryFact(
                key=period.key,
                figure=shown(
                    raw, goal=sheet.line.goal, direction=sheet.item.direction, source=Source.COUNTED
                ),
                computed_at=raw.computed_at,
                version=raw.definition_version,
                frozen=raw.frozen,
                explain=place.url(explain=period.key) if raw.frozen else "",
            )
        )
    return facts


def beside(sheet: Sheet, place: Place) -> list[Beside]:
    """Statements in force of the unit and period, each beside the counted figure."""
    goal, direction = sheet.line.goal, sheet.item.direction
    counted = sheet.figure if sheet.counted else None
    found = []
    for statement in figures.stated_figures(sheet.item.pk, place.unit.id, place.period):
        stated = shown(figures.figure_of(statement), goal=goal, direction=direction, source=statement.kind)
        found.append(Beside(statement, stated, counted, _difference(stated, counted)))
    return found


def _difference(stated: Figure, counted: Figure | None) -> Badge | None:
    if counted is None or stated.percent is None or counted.percent is None:
        return None
    points = (stated.percent - counted.percent).quantize(Decimal("0.1"))
    if stated.percent == counted.percent:
        return Badge(_("Khớp số đếm"), "check", "good")
    sign = "+" if points > 0 else ""
    label = _("Lệch %(points)s điểm %%") % {"points": sign + formats.number(points, 1)}
    return Badge(label, "alert-triangle", "warn")
