"""The list of people. Their names are encrypted, so the database neither sorts nor searches them itself.

Search compares keyed tokens of whole words. Up to `SORTED` people the rows are decrypted and sorted here, by
name or day of birth; above it they come by the day they were recorded, and the page says so.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.people import purposes, queries, reading
from dean06.core.people.models import Person, Sex
from dean06.ui import formats
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, build
from dean06.ui.tables.query import asked
from dean06.ui.tables.response import table_response, wants_part
from dean06.web.people.forms import FindForm
from dean06.web.people.frame import frame, private

SORTED = 5_000  # people decrypted at most for one page
_STATES = (("han-che", _lazy("Hạn chế xử lý")), ("giu", _lazy("Giữ theo luật")))


def state_of(person: Person) -> Badge | None:
    """What holds back the processing or the deletion of a person's data."""
    if person.hold_reason:
        return Badge(_("Giữ theo luật"), "shield-check", "warn", person.hold_reason)
    if person.restricted_on:
        return Badge(_("Hạn chế xử lý"), "ban", "mute")
    return None


def _in_state(value: str) -> Q:
    return Q(restricted_on__isnull=False) if value == "han-che" else ~Q(hold_reason="")


def _address(person: Person) -> str:
    return reverse("people:person", args=[person.key])


def _unit_then_name(person: Person) -> str:
    return f"{person.unit.name} {person.full_name}"


def _given_name_first(person: Person) -> str:
    """Vietnamese lists stand by the given name, then by family and middle names."""
    before, _space, given = person.full_name.rpartition(" ")
    return f"{given} {before}"


def _columns(by_name: bool) -> tuple[Column[Person], ...]:
    """The columns; what is encrypted can be sorted by only where the rows are decrypted first."""
    sealed = "python" if by_name else ""
    return (
        Column(
            "name",
            _("Họ và tên"),
            "full_name",
            order=sealed,
            css="main",
            link=_address,
            rank=_given_name_first,
        ),
        Column("birth", _("Ngày sinh"), "birth_date", order=sealed, css="date"),
        Column("sex", _("Giới tính"), lambda person: person.get_sex_display(), order="sex"),
        Column("number", _("Số định danh"), "masked_number"),
        Column(
            "unit",
            _("Đơn vị"),
            "unit.name",
            order=("unit__sort_key", "recorded_at"),
            rank=_unit_then_name,
        ),
        Column(
            "recorded",
            _("Ghi ngày"),
            "recorded_at",
            order="recorded_at",
            css="date",
            in_page=not by_name,
            in_export=not by_name,
        ),
        Column("state", _("Ghi chú"), state_of),
    )


def _table(by_name: bool = True) -> Table[Person]:
    return Table(
        key="people",
        caption=_("Người dân"),
        columns=_columns(by_name),
        empty=Empty(
            _("Chưa có người nào"), _("Không có ai trong các đơn vị mà anh/chị được xem dữ liệu cá nhân.")
        ),
        filters=(
            Filter("gioi", _("Giới tính"), Sex.choices, lookup="sex", keep=_any),
            Filter("tt", _("Tình trạng"), _STATES, lookup=_in_state, keep=_any),
        ),
        found=True,
        search_label=_("Tìm theo họ tên: gõ cả tiếng, không cần dấu"),
        default_order="name" if by_name else "-recorded",
        noun=_("người"),
    )


def _any(_person: Person, _value: str) -> bool:
    """The database filtered already."""
    return True


def _selected(request: HttpRequest, rows: QuerySet[Person]) -> QuerySet[Person]:
    """What the reader searched and filtered for, still unsorted."""
    table = _table()
    wish = asked(request.GET, table)
    rows = queries.named(rows, wish.query)
    for choice in table.filters:
        if value := wish.chosen.get(choice.key):
            rows = rows.filter(choice.condition(value))
    return rows


@require_safe
def person_list(request: SignedInRequest) -> HttpResponse:
    """The people of the units whose personal data the reader may see; files are masked like the page."""
    require(request.actor, Action.VIEW_PERSONAL)
    found = _selected(request, queries.visible(request.actor))
    by_name = found[: SORTED + 1].count() <= SORTED
    table, rows = _table(by_name), list(found) if by_name else found
    allowed = may(request.actor, Action.EXPORT)
    if asked(request.GET, table).export:
        note_page(request, list(found.only("usage_key", "unit_id")), "people:list")
        return private(table_response(request, table, rows, "nguoi-dan", may_export=allowed))
    state = build(request, table, rows, may_export=allowed)
    note_page(request, list(state.page.object_list), "people:list")
    if wants_part(request, state.dom_id):
        return private(render(request, "components/table_results.html", {"list": state}))
    context = frame(
        request,
        "people",
        list=state,
        find=FindForm(),
        bound="" if by_name else formats.number(SORTED),
    )
    return private(render(request, "people/list.html", context))


def note_page(request: SignedInRequest, people: list[Person], route: str) -> None:
    """One usage row for each unit whose people are shown."""
    by_unit: dict[int, list[Person]] = {}
    for person in people:
        by_unit.setdefault(person.unit_id, []).append(person)
    for unit_id, some in by_unit.items():
        reading.note(request.actor, some, purpose=purposes.READ, unit_id=unit_id, route=route)
