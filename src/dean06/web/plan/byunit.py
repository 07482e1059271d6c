"""One target by unit: the units below ranked by their counted figure, and what the units below stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy, pgettext

from dean06.core.units import queries as units
from dean06.core.units.models import Kind
from dean06.plan import engine, figures
from dean06.plan.models import StatedFigure
from dean06.ui.figures import Figure, Source, source_badge
from dean06.ui.language import localized
from dean06.ui.tables import Column, Empty, Filter, Table
from dean06.web.plan.lines import shown
from dean06.web.plan.place import Place
from dean06.web.plan.sheet import Sheet

LEVEL: Final = "level"
STATE: Final = "state"  # the filter of the ranked list
EVERY: Final = "every"


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A unit below with its figure; `place` in the ranking is None where no case arose."""

    place: int | None
    label: str
    href: str
    figure: Figure

    @property
    def missing(self) -> int | None:
        """How many things counted there are not met."""
        known = self.figure
        return (known.denominator or 0) - (known.numerator or 0) if known.denominator else None

    @property
    def state(self) -> str:
        """Its choice in the filter of the list."""
        if self.figure.percent is None:
            return "none"
        return "unjudged" if self.figure.met is None else "reached" if self.figure.met else "short"


@dataclass(frozen=True, slots=True)
class StatedUnit:
    """What a unit below stated, with the document that carries it."""

    label: str
    href: str
    figure: Figure
    document: str
    document_date: date
    signer: str

    @property
    def source(self) -> str:
        """Imported or declared, as the filter takes it."""
        return self.figure.source.value


_STATES: Final = (
    ("reached", gettext_lazy("Đạt")),
    ("short", gettext_lazy("Chưa đạt")),
    ("unjudged", gettext_lazy("Không ghi mục tiêu")),
    ("none", gettext_lazy("Không phát sinh")),
    (EVERY, gettext_lazy("Mọi đơn vị, cả không phát sinh")),
)


def _share(row: RankedUnit | StatedUnit) -> Decimal | None:
    percent = row.figure.percent
    return None if percent is None else percent.quantize(Decimal("0.01"))


RANKING: Final[Table[RankedUnit]] = Table(
    key="ranking",
    prefix="r-",
    caption=gettext_lazy("Theo đơn vị"),
    noun=gettext_lazy("đơn vị"),
    columns=(
        Column(
            "label", gettext_lazy("Đơn vị"), "label", order="label", css="main", link=lambda row: row.href
        ),
        Column("place", gettext_lazy("Hạng"), "place", order="place", css="num"),
        Column(
            "result",
            gettext_lazy("Kết quả"),
            "figure",
            order="result",
            export=_share,
            rank=lambda row: row.figure.percent,
        ),
        Column("numerator", gettext_lazy("Tử số"), "figure.numerator", in_page=False),
        Column("denominator", gettext_lazy("Mẫu số"), "figure.denominator", in_page=False),
        Column("missing", gettext_lazy("Còn thiếu"), "missing", order="missing", css="num"),
    ),
    filters=(
        Filter(
            "state",
            gettext_lazy("Tình trạng"),
            _STATES,
            keep=lambda row, value: value in {EVERY, row.state},
        ),
    ),
    search=lambda row: row.label,
    search_label=gettext_lazy("Tìm đơn vị theo tên"),
    default_order="place",
    empty=Empty(gettext_lazy("Không có đơn vị trực thuộc nào phát sinh.")),
)

STATED: Final[Table[StatedUnit]] = Table(
    key="stated",
    prefix="b-",
    caption=gettext_lazy("Số liệu của các đơn vị"),
    noun=gettext_lazy("số liệu"),
    columns=(
        Column(
            "label", gettext_lazy("Đơn vị"), "label", order="label", css="main", link=lambda row: row.href
        ),
        Column(
            "result",
            gettext_lazy("Số liệu"),
            "figure",
            order="result",
            export=_share,
            rank=lambda row: row.figure.percent,
        ),
        Column("source", gettext_lazy("Nguồn"), lambda row: source_badge(row.source), order="source"),
        Column("document", gettext_lazy("Văn bản"), "document", order="document"),
        Column("date", gettext_lazy("Ngày văn bản"), "document_date", order="date", css="date"),
        Column("signer", gettext_lazy("Người ký"), "signer", order="signer"),
    ),
    filters=(
        Filter(
            "source",
            gettext_lazy("Nguồn"),
            StatedFigure._meta.get_field("kind").flatchoices,
            keep=lambda row, value: bool(row.source == value),
        ),
    ),
    search=lambda row: f"{row.label} {row.document} {row.signer}",
    search_label=gettext_lazy("Tìm theo đơn vị, văn bản, người ký"),
    default_order="label",
    empty=Empty(gettext_lazy("Chưa đơn vị trực thuộc nào khai số liệu")),
)


def ranked(sheet: Sheet, place: Place) -> list[RankedUnit]:
    """The units below by value, best first, those without a case last: those directly under the unit, or
    all of the level asked for."""
    level = place.params.get(LEVEL, "")
    kinds = (level,) if level in Kind.values else ()
    lower = sheet.item.direction == "down"
    found = engine.rank(sheet.code, place.period, place.unit.id, kinds=kinds, lower_is_better=lower)
    goal, direction = sheet.line.goal, sheet.item.direction

    def figure(one: engine.Ranked) -> Figure:
        return shown(one.figure, goal=goal, direction=direction, source=Source.COUNTED)

    return [RankedUnit(one.rank, localized(one), _page_of(place, one.key), figure(one)) for one in found]


def with_cases(rows: Sequence[RankedUnit], place: Place) -> tuple[Sequence[RankedUnit], int]:
    """The rows to show and how many without a case stay back: all show once searched or filtered for."""
    asked = any(place.params.get(RANKING.prefix + name) for name in ("q", STATE))
    kept = rows if asked else [row for row in rows if row.state != "none"]
    return (kept, len(rows) - len(kept)) if kept else (rows, 0)


def _page_of(place: Place, key: str) -> str:
    """The same page for a unit below; which rows were looked for here means nothing there."""
    return place.url(**{"unit": key, "r-q": "", "r-page": "", "r-state": "", "b-q": "", "b-page": ""})


def levels(place: Place) -> Sequence[tuple[str, str, bool]]:
    """(label, address, chosen) of the kinds of units that can be ranked below the unit."""
    offered: tuple[Kind, ...] = {
        Kind.PROVINCE: (Kind.DISTRICT, Kind.COMMUNE, Kind.ONE_STOP_DESK, Kind.POLICE_POST),
        Kind.DISTRICT: (Kind.COMMUNE, Kind.ONE_STOP_DESK, Kind.POLICE_POST),
    }.get(place.unit.kind, ())
    if not offered:
        return []
    level = place.params.get(LEVEL, "")
    choices = [("", pgettext("units", "Trực thuộc")), *((kind.value, str(kind.label)) for kind in offered)]
    return [(label, place.url(**{LEVEL: value, "r-page": ""}), level == value) for value, label in choices]


def stated(sheet: Sheet, place: Place) -> list[StatedUnit]:
    """Statements in force of the units below, in Vietnamese order of their names."""
    rows = (
        StatedFigure.objects.filter(
            item=sheet.item,
            period=place.period.key,
            superseded_by__isnull=True,
            unit_id__in=units.descendant_ids(place.unit.id, place.period.cutoff),
        )
        .exclude(unit_id=place.unit.id)
        .select_related("unit")
        .order_by("unit__sort_key", "kind")
    )
    return [_stated(row, sheet, place) for row in rows]


def _stated(row: StatedFigure, sheet: Sheet, place: Place) -> StatedUnit:
    goal, direction = sheet.line.goal, sheet.item.direction
    return StatedUnit(
        label=localized(row.unit),
        href=_page_of(place, row.unit.key),
        figure=shown(figures.figure_of(row), goal=goal, direction=direction, source=row.kind),
        document=f"{row.document_number}, {row.source}",
        document_date=row.document_date,
        signer=row.signer,
    )
