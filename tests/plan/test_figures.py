"""Stated figures: a document and a signer, never edited, never mixed with counted ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from dean06.core import clock
from dean06.core.access.actor import Actor, GrantFact, system_actor
from dean06.core.access.models import Role
from dean06.core.access.scope import scoped
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.units.models import Kind, Unit
from dean06.plan import engine
from dean06.plan.engine import Indicator, RawRows, Source
from dean06.plan.figures import (
    Statement,
    chosen_indicator,
    figure_of,
    indicator_for,
    state_figure,
    stated_figures,
    supersede_figure,
    typed_beside_counted,
)
from dean06.plan.models import Item, ItemIndicator, Plan, StatedFigure
from dean06.plan.periods import Period
from tests.plan.engine.things import registered

pytestmark = pytest.mark.django_db
AUGUST = Period(2023, 8)
STATEMENT = Statement(
    document_number="12/BC-UBND",
    document_date=date(2023, 8, 14),
    document_title="Báo cáo tháng 8",
    source="UBND huyện Đông",
    signer="Nguyễn Văn Thử",
    stated_on=date(2023, 8, 14),
    numerator=3,
    denominator=4,
)


def _unit(key: str) -> int:
    return Unit.objects.get(key=key).pk


def _item(code: str) -> Item:
    return Item.objects.get(code=code)


def _head(key: str, role: Role = Role.UNIT_HEAD) -> Actor:
    grant = GrantFact(role, _unit(key), key, Kind.DISTRICT, frozenset(), False)
    return Actor(user_id=7, username="truong", full_name="Trưởng Thử", grants=(grant,))


def _state(
    statement: Statement = STATEMENT, *, actor: Actor | None = None, **changed: object
) -> StatedFigure:
    given: dict[str, object] = {
        "item_id": _item("P0-T1").pk,
        "unit_id": _unit("huyen-dong"),
        "period": AUGUST,
        "kind": "declared",
    }
    return state_figure(actor=actor or system_actor("test"), statement=statement, **given | changed)  # type: ignore[arg-type]


def test_a_unit_head_signs_for_his_unit(tiny_plan: Plan) -> None:
    actor = _head("huyen-dong")
    with scoped(actor):
        made = _state(actor=actor)
        found = stated_figures(_item("P0-T1").pk, _unit("huyen-dong"), AUGUST)
        assert [one.pk for one in found] == [made.pk]
    figure = figure_of(made)
    assert (figure.value, figure.source) == (Decimal("75.00"), Source.DECLARED)
    entry = AuditEntry.objects.get(action="state_figure")
    assert (entry.unit_id, entry.detail["numerator"], entry.actor_id) == (_unit("huyen-dong"), 3, 7)


@pytest.mark.parametrize("role", [Role.UNIT_OFFICER, Role.DESK_OFFICER, Role.AUDITOR, Role.PROVINCE_LEADER])
def test_other_roles_may_not_sign(tiny_plan: Plan, role: Role) -> None:
    with pytest.raises(Denied):
        _state(actor=_head("huyen-dong", role))
    assert not StatedFigure.objects.exists()


def test_nobody_signs_for_a_unit_outside_his_subtree(tiny_plan: Plan) -> None:
    with pytest.raises(Denied):
        _state(actor=_head("huyen-tay"))


def test_a_figure_is_superseded_not_edited(tiny_plan: Plan) -> None:
    first = _state()
    with pytest.raises(Conflict, match="thay thế"):
        _state()
    second = supersede_figure(
        actor=system_actor("test"), figure_id=first.pk, statement=replace(STATEMENT, numerator=4)
    )
    assert [one.pk for one in stated_figures(first.item_id, first.unit_id, AUGUST)] == [second.pk]
    assert second.supersedes_id == first.pk
    with pytest.raises(Conflict, match="đã được thay thế"):
        supersede_figure(actor=system_actor("test"), figure_id=first.pk, statement=STATEMENT)
    with pytest.raises(Denied):
        supersede_figure(actor=_head("huyen-tay"), figure_id=second.pk, statement=STATEMENT)
    with pytest.raises(NotFound):
        supersede_figure(actor=system_actor("test"), figure_id=0, statement=STATEMENT)
    assert StatedFigure.objects.count() == 2


@pytest.mark.parametrize(
    "change", ["update plan_stated_figure set numerator = 0", "delete from plan_stated_figure"]
)
def test_the_database_refuses_to_change_a_statement(tiny_plan: Plan, change: str) -> None:
    _state()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_imported_and_declared_stand_side_by_side(tiny_plan: Plan) -> None:
    _state()
    _state(replace(STATEMENT, numerator=None, denominator=None, value=Decimal("70.12")), kind="imported")
    found = stated_figures(_item("P0-T1").pk, _unit("huyen-dong"), AUGUST)
    assert [(one.kind, figure_of(one).value) for one in found] == [
        ("declared", Decimal("75.00")),
        ("imported", Decimal("70.12")),
    ]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"document_number": " "}, ["document_number"]),
        ({"signer": "", "source": ""}, ["source", "signer"]),
        ({"numerator": 5}, ["numerator"]),
        ({"numerator": -1}, ["numerator"]),
        ({"denominator": None}, ["numerator"]),
        ({"value": Decimal(1)}, ["value"]),
        ({"numerator": None, "denominator": None, "value": Decimal("100.01")}, ["value"]),
        ({"numerator": None, "denominator": None, "value": Decimal("NaN")}, ["value"]),
        ({"numerator": None, "denominator": None, "value": Decimal("1.234")}, ["value"]),
        ({"numerator": None, "denominator": None}, ["numerator"]),
        ({"stated_on": date(2999, 1, 1)}, ["stated_on"]),
        ({"document_date": date(2999, 1, 1)}, ["document_date"]),
    ],
)
def test_a_statement_without_proof_or_sense_is_refused(
    tiny_plan: Plan, changed: dict[str, object], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        _state(replace(STATEMENT, **changed))  # type: ignore[arg-type]
    assert [reason.field for reason in caught.value.reasons] == fields
    assert not StatedFigure.objects.exists()


def test_where_and_when_a_figure_makes_no_sense(tiny_plan: Plan) -> None:
    Unit.objects.filter(key="xa-90001").update(valid_to=date(2023, 8, 14))
    from dean06.core.units.closure import rebuild

    rebuild()
    for changed, field in (
        ({"kind": "counted"}, "kind"),
        ({"item_id": _item("P0-S1").pk}, "item"),
        ({"period": Period.containing(clock.today()).next()}, "period"),
        ({"unit_id": _unit("xa-90001")}, "unit"),
    ):
        with pytest.raises(Invalid) as caught:
            _state(**changed)
        assert [reason.field for reason in caught.value.reasons] == [field]
    with pytest.raises(NotFound):
        _state(item_id=0)


def test_no_cases_stated_is_no_percentage(tiny_plan: Plan) -> None:
    assert figure_of(_state(replace(STATEMENT, numerator=0, denominator=0))).value is None


def _signs() -> Indicator:
    """Of the two communes of the east district one has a sign."""
    sql = "select id, key, name, key = 'xa-90001', null from units_unit where key in ('xa-90001', 'xa-90002')"
    return Indicator("sample.desk_sign", "Bảng", "Sign", "xã", "stock", 1, lambda _window: RawRows(sql), str)


def test_typed_beside_counted_shows_the_difference(tiny_plan: Plan) -> None:
    item, unit_id = _item("P0-T1"), _unit("huyen-dong")
    _state()
    with registered(_signs()):
        (line,) = typed_beside_counted(item, unit_id, AUGUST)
        assert (line.counted, line.difference) == (None, None)
        engine.refresh("sample.desk_sign", AUGUST)
        (line,) = typed_beside_counted(item, unit_id, AUGUST)
    assert line.counted is not None
    assert (line.counted.value, line.stated.value) == (Decimal("50.00"), Decimal("75.00"))
    assert line.difference == Decimal("25.00")
    assert engine.observation("sample.desk_sign", AUGUST, unit_id) == line.counted


def test_which_indicator_answers_for_an_item(tiny_plan: Plan) -> None:
    assert indicator_for(_item("P0-T2")) == "sample.team_any"
    assert chosen_indicator(_item("R-1")) is None
    ItemIndicator.objects.filter(item__code="M1-T1").delete()
    assert indicator_for(_item("M1-T1")) == "sample.desk_sign"
    ItemIndicator.objects.filter(item__code="P0-T2").update(chosen=False)
    with pytest.raises(Invalid, match=r"sample\.team_any, sample\.team_full"):
        indicator_for(_item("P0-T2"))
    with pytest.raises(Invalid, match="không có chỉ số"):
        indicator_for(_item("R-1"))
