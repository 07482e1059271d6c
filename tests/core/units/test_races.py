"""Two officers at once: one wins, the other is told, the tree stays a tree."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction

from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Dean06Error, Invalid
from dean06.core.units import actions
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Closure, Kind, Placement, Unit
from dean06.core.units.queries import resolve
from tests.core.units.trees import unit

pytestmark = pytest.mark.race
ACTOR = system_actor("test")
DAY = date(2024, 1, 1)


def _together(*tasks: Callable[[], object]) -> list[object]:
    """Run the tasks in threads that start at one moment; gives results or errors in order."""
    gate = threading.Barrier(len(tasks))
    results: list[object] = [None] * len(tasks)

    def run(place: int, task: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            results[place] = task()
        except Dean06Error as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def two_districts(race_db: str) -> tuple[Unit, Unit]:
    with transaction.atomic(), wide("test"):
        province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
        pair = (
            unit("dong", "Huyện Đông", Kind.DISTRICT, under=province),
            unit("tay", "Huyện Tây", Kind.DISTRICT, under=province),
        )
        rebuild()
    return pair


def test_of_two_edits_of_one_unit_one_is_a_conflict(two_districts: tuple[Unit, Unit]) -> None:
    east, _west = two_districts

    def rename(name: str) -> Callable[[], object]:
        return lambda: actions.rename_unit(
            actor=ACTOR, unit_id=east.id, version=1, name=name, since=DAY, document=""
        )

    results = _together(rename("Huyện Đông Mới"), rename("Thành phố Đông"))
    losers = [r for r in results if isinstance(r, Conflict)]
    winners = [r for r in results if isinstance(r, Unit)]
    assert (len(winners), len(losers)) == (1, 1)
    assert "đã được test sửa lúc" in losers[0].message
    stored = resolve("dong")
    assert (stored.name, stored.version) == (winners[0].name, 2)


def test_two_moves_that_close_a_circle_together_do_not_both_happen(two_districts: tuple[Unit, Unit]) -> None:
    east, west = two_districts

    def move(one: Unit, under: Unit) -> Callable[[], object]:
        return lambda: actions.move_unit(
            actor=ACTOR, unit_id=one.id, version=1, parent_id=under.id, since=DAY, document=""
        )

    results = _together(move(east, west), move(west, east))
    assert sum(isinstance(r, Invalid) for r in results) == 1
    assert sum(isinstance(r, Unit) for r in results) == 1
    assert not Closure.objects.filter(depth__gt=2).exists()
    assert Placement.objects.filter(valid_from=DAY).count() == 1


def test_of_two_retirements_one_is_a_conflict(two_districts: tuple[Unit, Unit]) -> None:
    _east, west = two_districts

    def retire(day: date) -> Callable[[], object]:
        return lambda: actions.retire_unit(actor=ACTOR, unit_id=west.id, version=1, ends=day, document="")

    results = _together(retire(DAY), retire(date(2025, 1, 1)))
    assert sum(isinstance(r, Conflict) for r in results) == 1
    assert Unit.objects.get(pk=west.pk).valid_to == next(r.valid_to for r in results if isinstance(r, Unit))
