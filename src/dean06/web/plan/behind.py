"""The rows behind a figure as lists: what is missing, and what proves the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, overload

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from dean06.core.clock import VIETNAM
from dean06.core.units.facts import facts
from dean06.plan import engine
from dean06.plan.engine import EvidenceRow, RowFilter
from dean06.plan.periods import Period
from dean06.ui.tables import Column, Empty, ListState, Table
from dean06.ui.tables.query import Asked, asked
from dean06.web.plan.remedies import Remedy, remedies

_SORTS: Final[dict[str, Any]] = {"": "unit", "label": "label", "at": "oldest", "-at": "newest"}


@dataclass(frozen=True, slots=True)
class Proof:
    """A row as a list shows it; `place`: where its subject belongs."""

    unit_id: int
    label: str
    place: str
    at: datetime | None
    url: str
    remedies: Sequence[Remedy]

    @property
    def since(self) -> date | None:
        """The Vietnamese calendar day of `at`."""
        return self.at.astimezone(VIETNAM).date() if self.at else None


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of an indicator in a unit's subtree and a period, met or not."""

    code: str
    period: Period
    unit_id: int
    met: bool


def _search(row: Proof) -> str:
    return f"{row.label} {row.place}"


def _link(row: Proof) -> str:
    return row.url


_LABEL: Final = Column[Proof]("label", _("Đối tượng"), "label", order="label", css="main", link=_link)
_PLACE: Final = Column[Proof]("place", _("Thuộc"), "place")

GAPS: Final[Table[Proof]] = Table(
    key="gaps",
    prefix="g-",
    caption=_("Còn phải làm"),
    noun=_("việc"),
    columns=(_LABEL, _PLACE),
    search=_search,
    search_label=_("Tìm theo đối tượng, đơn vị"),
    empty=Empty(_("Không còn việc nào"), _("Mọi đối tượng trong phạm vi này đều đạt, hoặc không phát sinh.")),
)


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
    search=_search,
    search_label=_("Tìm theo đối tượng, đơn vị"),
    empty=Empty(_("Chưa có bằng chứng nào"), _("Khi có bản ghi đầu tiên, bản ghi hiện ở đây.")),
)


def proofs(rows: Iterable[EvidenceRow], source: Source) -> list[Proof]:
    """Rows with the place of their subject, one query."""
    kept = list(rows)
    known = facts((row.unit_id for row in kept), source.period.cutoff)

    def place(row: EvidenceRow) -> str:
        unit = known.get(row.unit_id)
        above = unit.parent_name if unit else ""
        return above if row.label == row.unit_name else ", ".join(p for p in (row.unit_name, above) if p)

    def forms(row: EvidenceRow) -> list[Remedy]:
        unit = known.get(row.unit_id)
        return [] if row.met or unit is None else remedies(source.code, row.unit_id, unit.kind)

    return [Proof(row.unit_id, row.label, place(row), row.at, row.evidence_url, forms(row)) for row in kept]


class Rows(Sequence[Proof]):
    """The rows of a source page by page: only what is shown is read, and the total with it."""

    def __init__(self, source: Source, wish: Asked) -> None:
        self._source, self._wish = source, wish
        self._total, self._page = 0, 0
        self._rows: list[Proof] = []
        self._read(wish.page)

    def _read(self, page: int) -> None:
        source, wish = self._source, self._wish
        if wish.sort == "-label":  # the engine sorts names upwards only: turn the whole round
            found = fetch(source, wish.query, "label", 1, None)
            total, part = found.total, found.rows[::-1][(page - 1) * wish.size : page * wish.size]
        else:
            found = fetch(source, wish.query, _SORTS[wish.sort], page, wish.size)
            total, part = found.total, found.rows
        self._total, self._page, self._rows = total, page, proofs(part, source)

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


def fetch(source: Source, search: str, sort: Any, page: int, size: int | None) -> engine.RowPage:
    """A page of rows from the engine."""
    return engine.find_rows(
        source.code, source.period, source.unit_id, RowFilter(source.met, search, sort, page, size)
    )


def behind(request: HttpRequest, table: Table[Proof], source: Source) -> ListState:
    """The page of the list that the address asks for."""
    wish = asked(request.GET, table)
    page = Paginator(Rows(source, wish), wish.size).get_page(wish.page)
    return ListState(table, wish, page, request.GET, request.path)


def all_rows(source: Source) -> list[Proof]:
    """Every row, for a file."""
    return proofs(fetch(source, "", "unit", 1, None).rows, source)
