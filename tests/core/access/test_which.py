"""`which` and `may` say the same of every row of every model with a row policy by unit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dean06.core.access.actor import Actor, GrantFact, system_actor
from dean06.core.access.models import Grant, Role
from dean06.core.access.policies import REGISTRY
from dean06.core.access.policy import Action, may, which
from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Closure, Kind, Unit
from tests.core.units.trees import Drawn, forests, undone

pytestmark = pytest.mark.django_db

MODELS = [
    model
    for model in apps.get_models()
    if model._meta.db_table in REGISTRY and REGISTRY[model._meta.db_table].column
]
PILOTS = ("P0", "M1")
Ask = Callable[..., QuerySet[Any]]


def test_every_row_policy_by_unit_has_a_model() -> None:
    tables = {table for table, rule in REGISTRY.items() if rule.column}
    assert {model._meta.db_table for model in MODELS} == tables
    assert len(tables) > 15


@st.composite
def actors(draw: st.DrawFn, ids: list[int]) -> Actor:
    fact = st.builds(
        GrantFact,
        role=st.sampled_from(Role),
        unit_id=st.sampled_from(ids),
        unit_name=st.just("Đơn vị thử"),
        unit_kind=st.sampled_from((Kind.PROVINCE, Kind.COMMUNE)),
        pilots=st.frozensets(st.sampled_from(PILOTS), max_size=2),
        personal_data=st.booleans(),
    )
    grants = draw(st.lists(fact, max_size=3))
    return Actor(user_id=1, username="thu", full_name="Người Thử", grants=tuple(grants))


def chosen(
    actor: Actor, action: Action, model: type[Model], ids: list[int | None], ask: Ask = which
) -> set[int | None]:
    """The units of the rows that `which` lets through, of a table that holds one row for each of `ids`.

    The table is put in the place of the real one inside the statement: no model needs rows made for it.
    """
    table, column = model._meta.db_table, REGISTRY[model._meta.db_table].column
    try:
        sql, values = ask(actor, action, model).order_by().values_list(column).query.sql_with_params()
    except EmptyResultSet:  # nothing can match: Django does not even ask
        return set()
    rows = json.dumps([{column: one} for one in ids])
    stand_in = f'with "{table}" as (select * from jsonb_populate_recordset(null::public."{table}", %s)) '
    with connection.cursor() as cursor:
        cursor.execute(stand_in + sql, [rows, *values])
        return {row[0] for row in cursor.fetchall()}


def differences(actor: Actor, ids: list[int | None], ask: Ask = which) -> list[str]:
    told = []
    for model in MODELS:
        column = REGISTRY[model._meta.db_table].column
        for action in Action:
            found = chosen(actor, action, model, ids, ask)
            allowed = {one for one in ids if may(actor, action, model(**{column: one}))}
            if found != allowed:
                told.append(f"{model.__name__} {action}: which {found}, may {allowed}")
    return told


@given(drawn=forests(most=6), data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_which_holds_the_rows_that_may_allows(db: None, drawn: Drawn, data: st.DataObject) -> None:
    with undone(), wide("test"):
        ids = drawn.store()
        rebuild()
        actor = data.draw(actors(ids))
        assert differences(actor, [*ids, None]) == []


def _world() -> tuple[Actor, list[int | None]]:
    top = Unit.objects.create(key="tinh", kind=Kind.PROVINCE, name="Tỉnh Thử")
    low = Unit.objects.create(key="xa", kind=Kind.COMMUNE, name="Xã Thử")
    Closure.objects.bulk_create(
        Closure(ancestor=one, descendant=other, depth=depth)
        for one, other, depth in ((top, top, 0), (low, low, 0), (top, low, 1))
    )
    fact = GrantFact(Role.UNIT_HEAD, top.pk, top.name, Kind.PROVINCE, frozenset({"P0"}), personal_data=True)
    return Actor(user_id=1, username="thu", full_name="Người Thử", grants=(fact,)), [top.pk, low.pk, None]


def test_the_system_reaches_every_row(db: None) -> None:
    with wide("test"):
        _actor, ids = _world()
        system = system_actor("test")
        assert chosen(system, Action.OPERATE, Grant, ids) == set(ids)
        assert may(system, Action.OPERATE, Grant())


def test_a_model_without_a_unit_is_refused(db: None) -> None:
    actor = Actor(user_id=1, username="thu", full_name="Người Thử", grants=())
    with pytest.raises(KeyError):
        which(actor, Action.VIEW, Unit)
    with pytest.raises(KeyError):
        may(actor, Action.VIEW, Unit())


def _tops_only(actor: Actor, action: Action, model: type[Model]) -> QuerySet[Model]:
    column = REGISTRY[model._meta.db_table].column
    return which(actor, action, model).filter(**{f"{column}__in": actor.unit_ids})


def _whatever_pilot(actor: Actor, action: Action, model: type[Model]) -> QuerySet[Model]:
    grants = tuple(replace(grant, pilots=frozenset()) for grant in actor.grants)
    return which(replace(actor, grants=grants), action, model)


def _without_rows_of_no_unit(actor: Actor, action: Action, model: type[Model]) -> QuerySet[Model]:
    column = REGISTRY[model._meta.db_table].column
    return which(actor, action, model).filter(**{f"{column}__isnull": False})


@pytest.mark.parametrize("mistake", [_tops_only, _whatever_pilot, _without_rows_of_no_unit])
def test_control_the_comparison_finds_a_mistake(mistake: Callable[..., QuerySet[Model]]) -> None:
    with wide("test"):
        actor, ids = _world()
        assert differences(actor, ids) == []
        assert differences(actor, ids, mistake) != []
