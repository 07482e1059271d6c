"""Two people at one record, the same record twice at once: one is heard, the other told precisely."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from dean06.core.access.scope import scoped, wide
from dean06.core.errors import Conflict, Dean06Error, Invalid
from dean06.pilots.guidance import actions
from dean06.pilots.guidance.actions import records as record_actions
from dean06.pilots.guidance.actions import saving
from dean06.pilots.guidance.models import Material
from dean06.pilots.guidance.records import KINDS, RecordKind
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.test_actions import POSTER
from tests.pilots.guidance.world import World

pytestmark = pytest.mark.race
POSTERS = KINDS["vat-pham"]


@pytest.fixture
def committed(race_db: str) -> World:
    """The world in a database of this test's own, committed."""
    with transaction.atomic(), wide("test"):
        return worlds.build()


def as_officer(world: World, work: Callable[[Any], object]) -> Dean06Error | None:
    """Run an action on a connection of its own; what it was refused with, if it was."""
    try:
        with transaction.atomic():
            actor = world.actor("officer")
            with scoped(actor):
                work(actor)
    except Dean06Error as error:
        return error
    finally:
        connection.close()
    return None


def both(first: Callable[[], object], second: Callable[[], object]) -> list[Any]:
    with ThreadPoolExecutor(2) as pool:
        return [future.result(timeout=60) for future in (pool.submit(first), pool.submit(second))]


def two_edits(world: World, row: Material) -> list[Dean06Error | None]:
    """Both read version 1, then both write."""
    gate = threading.Barrier(2, timeout=30)

    def edit(title: str) -> Dean06Error | None:
        def work(actor: Any) -> None:
            gate.wait()
            values = POSTER | {"title": title}
            actions.revise_record(actor=actor, kind=POSTERS, record_id=row.pk, version=1, values=values)

        return as_officer(world, work)

    found: list[Dean06Error | None] = both(lambda: edit("Một"), lambda: edit("Hai"))
    return found


def first_poster() -> Material:
    with transaction.atomic(), wide("test"):
        return Material.objects.get()


@pytest.fixture
def poster(committed: World) -> Material:
    with transaction.atomic(), wide("test"):
        return worlds.material(committed.desk)


def test_of_two_edits_at_once_one_is_a_conflict(committed: World, poster: Material) -> None:
    answers = two_edits(committed, poster)
    (refused,) = [answer for answer in answers if answer is not None]
    assert isinstance(refused, Conflict)
    assert "vừa được người khác sửa" in refused.message
    assert first_poster().version == 2


def test_without_the_version_check_one_edit_would_be_lost(
    committed: World, poster: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful = saving.locked

    def careless(actor: Any, kind: RecordKind, record_id: int, version: int, **more: Any) -> Any:
        seen = Material.objects.select_for_update().get(pk=record_id).version
        return careful(actor, kind, record_id, seen, **more)

    monkeypatch.setattr(record_actions, "locked", careless)
    assert two_edits(committed, poster) == [None, None]
    assert first_poster().version == 3, "both went through: the later overwrote the earlier unseen"


def test_of_two_identical_records_at_once_one_is_refused_precisely(committed: World) -> None:
    gate = threading.Barrier(2, timeout=30)

    def work(actor: Any) -> None:
        gate.wait()
        actions.add_record(actor=actor, kind=POSTERS, unit_id=committed.desk.pk, values=POSTER)

    answers = both(lambda: as_officer(committed, work), lambda: as_officer(committed, work))
    (refused,) = [answer for answer in answers if answer is not None]
    assert isinstance(refused, Invalid)
    assert [(r.field, r.message) for r in refused.reasons] == [
        ("title", "Điểm này đã có bản ghi y hệt còn hiệu lực.")
    ]
    assert first_poster().title == POSTER["title"]
