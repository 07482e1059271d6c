"""People: the list, one person with the number masked, the number once for a reason, a look-up by number."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may, require
from dean06.core.errors import Invalid
from dean06.core.people import purposes, queries, reading
from dean06.core.people.models import Person, Sex
from dean06.core.privacy.requests import for_person
from dean06.ui.figures import Badge
from dean06.ui.tables import Column, Empty, Filter, Table, build
from dean06.ui.tables.query import asked, select
from dean06.ui.tables.response import table_response, wants_part
from dean06.web.people.forms import FindForm, RevealForm
from dean06.web.people.frame import frame, private

SHOWN_SECONDS = 30


def _state(person: Person) -> Badge | None:
    if person.hold_reason:
        return Badge(_("Giữ theo luật"), "shield-check", "warn", person.hold_reason)
    if person.restricted_on:
        return Badge(_("Hạn chế xử lý"), "ban", "mute")
    return None


def _address(person: Person) -> str:
    return reverse("people:person", args=[person.key])


def _table() -> Table[Person]:
    return Table(
        key="people",
        caption=_("Người dân"),
        columns=(
            Column(
                "name",
                _("Họ và tên"),
                "full_name",
                order="sort_key",
                css="main",
                link=_address,
            ),
            Column("birth", _("Ngày sinh"), "birth_date", order="birth_date", css="date"),
            Column("sex", _("Giới tính"), lambda person: person.get_sex_display(), order="sex"),
            Column("number", _("Số định danh"), "masked_number"),
            Column("unit", _("Đơn vị"), "unit.name", order=("unit__sort_key", "sort_key")),
            Column("state", _("Ghi chú"), _state),
        ),
        empty=Empty(
            _("Chưa có người nào"), _("Không có ai trong các đơn vị mà bạn được xem dữ liệu cá nhân.")
        ),
        filters=(
            Filter("gioi", _("Giới tính"), Sex.choices, lookup="sex"),
            Filter("tt", _("Tình trạng"), _STATES, lookup=_in_state),
        ),
        search_text=("full_name",),
        search_label=_("Tìm theo họ tên, không cần dấu"),
        default_order="name",
        noun=_("người"),
    )


_STATES = (("han-che", _lazy("Hạn chế xử lý")), ("giu", _lazy("Giữ theo luật")))


def _in_state(value: str) -> Q:
    return Q(restricted_on__isnull=False) if value == "han-che" else ~Q(hold_reason="")


@require_safe
def person_list(request: SignedInRequest) -> HttpResponse:
    """The people of the units whose personal data the reader may see; files are masked like the page."""
    require(request.actor, Action.VIEW_PERSONAL)
    table, rows = _table(), queries.visible(request.actor)
    wish = asked(request.GET, table)
    if wish.export:
        shown = list(select(rows, table, wish).only("usage_key", "unit_id"))  # type: ignore[union-attr]
        _note(request, shown, "people:list")
        allowed = may(request.actor, Action.EXPORT)
        return private(table_response(request, table, rows, "nguoi-dan", may_export=allowed))
    state = build(request, table, rows)
    state.may_export = may(request.actor, Action.EXPORT)
    _note(request, list(state.page.object_list), "people:list")
    if wants_part(request, state.dom_id):
        return private(render(request, "components/table_results.html", {"list": state}))
    context = frame(request, "people", list=state, find=FindForm())
    return private(render(request, "people/list.html", context))


def _note(request: SignedInRequest, people: list[Person], route: str) -> None:
    """One usage row for each unit whose people are shown."""
    by_unit: dict[int, list[Person]] = {}
    for person in people:
        by_unit.setdefault(person.unit_id, []).append(person)
    for unit_id, some in by_unit.items():
        reading.note(request.actor, some, purpose=purposes.READ, unit_id=unit_id, route=route)


@require_POST
def find(request: SignedInRequest) -> HttpResponse:
    """The person with a number. The number comes in the body and goes nowhere else."""
    try:
        found = reading.find_by_number(actor=request.actor, number=request.POST.get("number", ""))
    except Invalid as error:
        messages.error(request, error.message)
        return private(redirect("people:list"))
    if found is None:
        messages.warning(request, _("Không có người mang số này trong phạm vi của bạn."))
        return private(redirect("people:list"))
    return private(redirect("people:person", found.key))


@require_safe
def person(request: SignedInRequest, key: UUID) -> HttpResponse:
    """One person, the number masked."""
    who = queries.by_key(request.actor, key)
    _note(request, [who], "people:person")
    return _page(request, who, RevealForm())


@require_POST
def reveal(request: SignedInRequest, key: UUID) -> HttpResponse:
    """The number in clear in the answer to this post alone; the page replaces itself after 30 seconds."""
    who = queries.by_key(request.actor, key)
    form = RevealForm(request.POST)
    number, status = "", 422
    if form.is_valid():
        try:
            number = reading.reveal(actor=request.actor, person_id=who.pk, **form.cleaned_data)
            status = 200
        except Invalid as error:
            for reason in error.reasons:
                form.add_error("reason" if reason.field == _("Lý do") else "purpose", reason.message)
    if not number:
        _note(request, [who], "people:person")
    response = _page(request, who, RevealForm() if number else form, number=number, status=status)
    if number:
        response.headers["Refresh"] = f"{SHOWN_SECONDS}; url={reverse('people:person', args=[who.key])}"
    return response


def _page(
    request: SignedInRequest, who: Person, form: RevealForm, *, number: str = "", status: int = 200
) -> HttpResponse:
    context = frame(
        request,
        "people",
        person=who,
        form=form,
        number=" ".join(number[at : at + 3] for at in range(0, len(number), 3)),
        seconds=SHOWN_SECONDS,
        requests=for_person(who),
        state=_state(who),
        may_open=may(request.actor, Action.RECORD, unit_id=who.unit_id),
    )
    return private(render(request, "people/person.html", context, status=status))
