"""The list of units: browse a kind as at a date, or search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dean06.core.units import queries
from dean06.core.units.models import Alias, Code, Kind, Placement, Unit
from dean06.core.units.queries import UnitFact, UnitHit
from dean06.ui import formats
from dean06.ui.language import localized
from dean06.ui.tables import Column, Empty, Filter, Table
from dean06.ui.tables.query import Rows
from vnid.text import sort_key

_NAMED = 3
_MOST_HITS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A search hit, named like a row of `units_on`; `note` says by what it was found, what it became."""

    id: int
    kind: str
    shown_name: str
    shown_code: str
    shown_parent: str
    note: str


def _held(day: date) -> tuple[Q, Q]:
    """The two conditions of [valid_from, valid_to) on the day."""
    return (
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
    )


def _either(found: QuerySet[Any, Any], own: str) -> Coalesce:
    """The first value found, else the unit's own column."""
    return Coalesce(Subquery(found[:1]), own, output_field=CharField())


def _kind_order() -> Case:
    """The place of the unit's kind among the kinds by label, in the reader's language."""
    kinds = sorted(Kind, key=lambda kind: sort_key(str(kind.label)))
    return Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(kinds)))


def units_on(day: date) -> QuerySet[Unit]:
    """The units that exist on the day, in Vietnamese order, with name, code and parent of that day."""
    own = Case(When(scheme="dean06", then=0), When(scheme="gso", then=1), default=2)
    codes = Code.objects.filter(*_held(day), unit=OuterRef("pk")).order_by(own, "code")
    places = Placement.objects.filter(*_held(day), unit=OuterRef("pk"))
    names = Alias.objects.filter(unit=OuterRef("pk"), kind=Alias.AliasKind.OLD_NAME, valid_to__gt=day)
    return (
        Unit.objects.filter(*_held(day))
        .annotate(
            shown_name=_either(names.order_by("valid_to").values("alias"), "name"),
            shown_code=_either(codes.values("code"), "key"),
            shown_parent=Subquery(places.values("parent__name")[:1]),
            parent_order=Subquery(places.values("parent__sort_key")[:1]),
            kind_order=_kind_order(),
        )
        .order_by("sort_key", "id")
    )


def rows(text: str, kinds: Sequence[str], day: date) -> Rows:
    """What the list shows: the best hits of a search, else the units of the day; no kinds means all."""
    if text:
        return [found_line(hit) for hit in _hits(text, kinds, day)]
    return _browsed(kinds, day)


def row_ids(text: str, kinds: Sequence[str], day: date) -> Iterable[int]:
    """The ids of `rows`."""
    if text:
        return [hit.unit.id for hit in _hits(text, kinds, day)]
    return _browsed(kinds, day).values_list("id", flat=True)


def _hits(text: str, kinds: Sequence[str], day: date) -> list[UnitHit]:
    return queries.search(text, day, kinds, _MOST_HITS)


def _browsed(kinds: Sequence[str], day: date) -> QuerySet[Unit]:
    units = units_on(day)
    return units.filter(kind__in=kinds) if kinds else units


def found_line(hit: UnitHit) -> Line:
    """A search hit with what matched and, for an ended unit, who holds it now."""
    notes = [str(_("khớp với “%(text)s”") % {"text": hit.matched})] if hit.matched else []
    if not hit.current and hit.unit.valid_to:
        notes.append(str(_("kết thúc từ %(day)s") % {"day": formats.day(hit.unit.valid_to)}))
    for current, text in ((True, _("nay là %(names)s")), (False, _("rồi là %(names)s, cũng đã kết thúc"))):
        names = [heir.unit.name for heir in hit.heirs if heir.current is current]
        if names:
            rest = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
            notes.append(str(text % {"names": ", ".join(names[:_NAMED]) + rest}))
    unit = hit.unit
    return Line(unit.id, unit.kind, unit.name, unit.code, unit.parent_name, "; ".join(notes))


def table(address: Callable[[int], str], *, searching: bool) -> Table[Any]:
    """The list; `address` gives the page of a unit by id. Rows: `Line`s when searching, else `units_on`.

    By itself a search stands best hit first, everything else in Vietnamese order of names.
    """
    return Table(
        key="units",
        caption=_("Danh sách đơn vị"),
        columns=(*_identity_columns(address), *(_hit_columns() if searching else _span_columns())),
        empty=_nothing_found() if searching else _nothing_that_day(),
        default_order="" if searching else "name",
        noun=_("đơn vị"),
    )


def _identity_columns(address: Callable[[int], str]) -> tuple[Column[Any], ...]:
    return (
        Column("name", _("Tên đơn vị"), "shown_name", "sort_key", "main", link=lambda row: address(row.id)),
        Column("code", _("Mã"), "shown_code", "shown_code"),
        Column("kind", _("Loại"), lambda row: str(Kind(row.kind).label), ("kind_order", "sort_key")),
        Column(
            "parent",
            _("Trực thuộc"),
            lambda row: row.shown_parent or "",
            ("parent_order", "sort_key"),
            export=lambda row: row.shown_parent or None,  # a unit without a parent stands last
        ),
    )


def _hit_columns() -> tuple[Column[Any], ...]:
    return (Column("note", _("Ghi chú"), "note", "note", "wide", export=lambda row: row.note or None),)


def _span_columns() -> tuple[Column[Any], ...]:
    return (
        Column("from", _("Hiệu lực từ"), "valid_from", ("valid_from", "sort_key"), "date"),
        Column("to", _("Đến trước"), "valid_to", ("valid_to", "sort_key"), "date"),
    )


def _nothing_found() -> Empty:
    return Empty(
        _("Không tìm thấy đơn vị nào"),
        _("Thử gõ ít chữ hơn, bỏ dấu, hoặc gõ mã đơn vị."),
        action=_("Xem mọi đơn vị"),
        href=reverse("units:list"),
    )


def _nothing_that_day() -> Empty:
    return Empty(_("Không có đơn vị nào vào ngày này"), _("Chọn ngày khác hoặc loại khác."))


def below_table(units: Sequence[UnitFact], address: Callable[[int], str]) -> Table[UnitFact]:
    """The list of the units directly below one; `units` are all of them, for the kinds to choose from."""
    kinds = sorted({unit.kind for unit in units}, key=lambda kind: sort_key(str(kind.label)))
    return Table(
        key="below",
        prefix="d-",
        caption=_("Đơn vị trực thuộc"),
        noun=_("đơn vị"),
        columns=(
            Column("name", _("Tên đơn vị"), localized, "name", "main", link=lambda unit: address(unit.id)),
            Column("code", _("Mã"), "code", "code"),
            Column("kind", _("Loại"), lambda unit: str(unit.kind.label), "kind"),
        ),
        filters=(
            Filter(
                "kind",
                _("Loại"),
                [(kind.value, kind.label) for kind in kinds],
                keep=lambda unit, value: bool(unit.kind == value),
            ),
        ),
        search=lambda unit: f"{unit.name} {unit.name_en} {unit.code}",
        search_label=_("Tìm theo tên, mã"),
        default_order="name",
        empty=Empty(_("Không có đơn vị trực thuộc vào ngày này.")),
    )
