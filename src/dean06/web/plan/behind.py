"""The rows behind a figure as lists: what is missing, and what proves the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Final, overload

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dean06.core.clock import VIETNAM
from dean06.core.units.facts import facts
from dean06.pilots.guidance import queries as guidance
from dean06.plan import engine
from dean06.plan.engine import EvidenceRow, RowFilter
from dean06.plan.engine.rows import Sort
from dean06.plan.periods import Period
from dean06.ui.language import localized
from dean06.ui.tables import Column, Empty, Filter, ListState, Table
from dean06.ui.tables.query import Asked, asked
from dean06.web.plan.place import Place
from dean06.web.plan.remedies import Remedy, remedies
from vnid.text import sort_key

UNDER: Final = "under"
_SORTS: Final[dict[str, Sort]] = {
    "": "unit",
    "label": "label",
    "-label": "label_down",
    "place": "parent",
    "-place": "parent_down",
    "at": "oldest",
    "-at": "newest",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """A row as a list shows it, with the names of its unit and of the one above."""

    unit_id: int
    label: str
    unit: str
    above: str
    at: datetime | None
    url: str
    remedies: Sequence[Remedy]
    photo: str  # address of a photo among its records, "" when there is none

    @property
    def place(self) -> str:
        """Where the subject belongs; without the unit when the unit is the subject itself."""
        parts = (self.above,) if self.label == self.unit else (self.unit, self.above)
        return ", ".join(part for part in parts if part)

    @property
    def place_order(self) -> tuple[bool, str, str]:
        """By the unit above, then by the unit, in Vietnamese order; as the engine sorts a page."""
        return not self.above, sort_key(self.above), sort_key(self.unit)

    @property
    def since(self) -> date | None:
        """The Vietnamese calendar day of `at`."""
        return self.at.astimezone(VIETNAM).date() if self.at else None


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of an indicator in a unit's subtree and a period, met or not.

    `parts`: key → id of the units directly below, which the reader may choose among.
    """

    code: str
    period: Period
    unit_id: int
    met: bool
    parts: Mapping[str, int] = field(default_factory=dict)

    def within(self, wish: Asked) -> Source:
        """The rows of the part chosen, all when none is."""
        return replace(self, unit_id=self.parts.get(wish.chosen.get(UNDER, ""), self.unit_id))


def source_of(code: str, place: Place, *, met: bool) -> Source:
    """The rows of an indicator at the place a page looks at."""
    parts = {one.key: one.id for one in place.below}
    return Source(code, place.period, place.unit.id, met, parts)


def _link(row: Proof) -> str:
    return row.url


_LABEL: Final = Column[Proof]("label", _("Đối tượng"), "label", order="label", css="main", link=_link)
_PLACE: Final = Column[Proof]("place", _("Thuộc"), "place", order="place", rank=attrgetter("place_order"))

GAPS: Final[Table[Proof]] = Table(
    key="gaps",
    prefix="g-",
    caption=_("Còn phải làm"),
    noun=_("việc"),
    columns=(_LABEL, _PLACE),
    found=True,
    search_label=_("Tìm theo đối tượng, đơn vị"),
    empty=Empty(_("Không còn việc nào"), _("Mọi đối tượng trong phạm vi này đều đạt, hoặc không phát sinh.")),
)


def at_place(table: Table[Proof], place: Place) -> Table[Proof]:
    """The list with a choice among the units directly below the place."""
    if not place.below:
        return table
    choices = [(one.key, localized(one)) for one in place.below]
    label = pgettext_lazy("units", "Trực thuộc")
    return replace(table, filters=(Filter(UNDER, label, choices, keep=lambda _row, _value: True),))


def gaps_to_fix() -> Table[Proof]:
    """The list of gaps for somebody who may record: each row leads to the forms that close it."""

    def links(row: Proof) -> SafeString:
        return format_html_join(", ", '<a href="{}">{}</a>', ((one.href, one.label) for one in row.remedies))

    fix = Column[Proof]("fix", _("Ghi nhận tại"), links, in_export=False)
    return replace(GAPS, columns=(*GAPS.columns, fix))


EVIDENCE: Final[Table[Proof]] = Table(
    key="evidence",
    prefix="e-",
    caption=_("Bằng chứng"),
    noun=_("bằng chứng"),
    columns=(_LABEL, _PLACE, Column("at", _("Đạt từ"), "since", order="at", css="date")),
    found=True,
    search_label=_("Tìm theo đối tượng, đơn vị"),
    empty=Empty(_("Chưa có bằng chứng nào"), _("Khi có bản ghi đầu tiên, bản ghi hiện ở đây.")),
)


def with_photos(table: Table[Proof], code: str) -> Table[Proof]:
    """The list of proofs with a column for photos, where the records behind the indicator have any."""
    if not guidance.has_photos(code):
        return table
    shown = Column[Proof](
        "photo", _("Ảnh"), lambda row: gettext("Có") if row.photo else gettext("Chưa"), link=_photo
    )
    return replace(table, columns=(*table.columns, shown))


def _photo(row: Proof) -> str | None:
    return row.photo or None


def proofs(rows: Iterable[EvidenceRow], source: Source) -> list[Proof]:
    """Rows with the place of their subject, one query."""
    kept = list(rows)
    known = facts((row.unit_id for row in kept), source.period.cutoff)

    def above(row: EvidenceRow) -> str:
        unit = known.get(row.unit_id)
        return unit.parent_name if unit else ""

    def forms(row: EvidenceRow) -> list[Remedy]:
        unit = known.get(row.unit_id)
        return [] if row.met or unit is None else remedies(source.code, row.unit_id, unit.kind)

    pages = guidance.photo_pages(source.code, [row.unit_id for row in kept]) if source.met else {}
    return [
        Proof(
            unit_id=row.unit_id,
            label=row.label,
            unit=row.unit_name,
            above=above(row),
            at=row.at,
            url=row.evidence_url,
            remedies=forms(row),
            photo=pages.get(row.unit_id, ""),
        )
        for row in kept
    ]


class Rows(Sequence[Proof]):
    """The rows of a source page by page: only what is shown is read, and the total with it."""

    def __init__(self, source: Source, wish: Asked) -> None:
        self._source, self._wish = source, wish
        self._total, self._page = 0, 0
        self._rows: list[Proof] = []
        self._read(wish.page)

    def _read(self, page: int) -> None:
        source, wish = self._source, self._wish
        found = fetch(source, wish.query, _SORTS[wish.sort], page, wish.size)
        self._total, self._page, self._rows = found.total, page, proofs(found.rows, source)

    def __len__(self) -> int:
        return self._total

    @overload
    def __getitem__(self, index: int) -> Proof: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Proof]: ...
    def __getitem__(self, index: int | slice) -> Proof | Sequence[Proof]:
        start = index if isinstance(index, int) else index.start or 0
        page = start // self._wish.size + 1
        if page != self._page:
            self._read(page)
        return self._rows[start % self._wish.size] if isinstance(index, int) else self._rows


def fetch(source: Source, search: str, sort: Sort, page: int, size: int | None) -> engine.RowPage:
    """A page of rows from the engine."""
    return engine.find_rows(
        source.code, source.period, source.unit_id, RowFilter(source.met, search, sort, page, size)
    )


def behind(request: HttpRequest, table: Table[Proof], source: Source) -> ListState:
    """The page of the list that the address asks for."""
    wish = asked(request.GET, table)
    page = Paginator(Rows(source.within(wish), wish), wish.size).get_page(wish.page)
    return ListState(table, wish, page, request.GET, request.path)


def all_rows(request: HttpRequest, table: Table[Proof], source: Source) -> list[Proof]:
    """Every row that the search and the filter leave, for a file."""
    wish = asked(request.GET, table)
    part = source.within(wish)
    return proofs(fetch(part, wish.query, _SORTS[wish.sort], 1, None).rows, part)
