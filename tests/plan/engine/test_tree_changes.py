"""A change of the tree of units asks for every figure, in the same transaction."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.errors import Invalid
from dean06.core.sheets import write_csv
from dean06.core.units import actions, sheet
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from dean06.core.units.signals import tree_changed
from dean06.plan.engine.touch import REFRESH_ALL
from tests.core.units.trees import unit
from tests.plan.engine.things import FLOW, STOCK

ADMIN = system_actor("test")
DAY = date(2024, 1, 1)
LABELS = {column.key: column.label_vi for column in sheet.columns()}
COMMUNE = {"key": "xa-2", "kind": "Xã, phường, thị trấn", "name": "Xã Hai", "parent": "dong"}


@pytest.fixture
def commune(db: None, probes: None) -> Unit:
    with wide("test"):
        province = unit("tinh", kind=Kind.PROVINCE)
        east = unit("dong", kind=Kind.DISTRICT, under=province)
        unit("tay", kind=Kind.DISTRICT, under=province)
        made = unit("xa-1", under=east)
        rebuild()
    return made


def _asked() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select args ->> 'code' from procrastinate_jobs where task_name = %s and status = 'todo'",
            [REFRESH_ALL],
        )
        return sorted(code for (code,) in cursor.fetchall())


def _move(commune: Unit, parent: str) -> None:
    target = Unit.objects.get(key=parent)
    actions.move_unit(
        actor=ADMIN,
        unit_id=commune.pk,
        version=Unit.objects.get(pk=commune.pk).version,
        parent_id=target.pk,
        since=DAY,
        document="NQ 1",
    )


def test_a_move_asks_once_for_every_indicator(commune: Unit) -> None:
    assert _asked() == []
    _move(commune, "tay")
    assert _asked() == sorted([FLOW, STOCK])
    _move(commune, "dong")
    assert _asked() == sorted([FLOW, STOCK]), "jobs that wait are shared"


def test_an_end_asks_too(commune: Unit) -> None:
    actions.retire_unit(actor=ADMIN, unit_id=commune.pk, version=1, ends=DAY, document="NQ 2")
    assert _asked() == sorted([FLOW, STOCK])


def test_a_refused_edit_asks_for_nothing(commune: Unit) -> None:
    with pytest.raises(Invalid):
        _move(commune, "dong")
    assert _asked() == []


def test_a_listener_that_fails_undoes_the_edit(commune: Unit) -> None:
    def refuse(**_: object) -> None:
        raise RuntimeError("no")

    tree_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            actions.retire_unit(actor=ADMIN, unit_id=commune.pk, version=1, ends=DAY, document="NQ 2")
    finally:
        tree_changed.disconnect(refuse)
    assert Unit.objects.get(pk=commune.pk).valid_to is None


def test_only_an_import_that_writes_asks(commune: Unit) -> None:
    headers = [LABELS[name] for name in COMMUNE]
    rows = sheet.read_units("don-vi.csv", write_csv(headers, [list(COMMUNE.values())]))
    actions.import_units(actor=ADMIN, rows=rows, dry_run=True)
    assert _asked() == []
    actions.import_units(actor=ADMIN, rows=rows)
    assert _asked() == sorted([FLOW, STOCK])
