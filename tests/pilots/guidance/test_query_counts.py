"""The lists of P0 ask the database a fixed number of questions, however much it holds."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind
from dean06.pilots.guidance.models import Material, VideoShowing
from dean06.pilots.guidance.records import KINDS
from tests.core.units.trees import unit
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World

ADDRESSES = ("/p0/", *(f"/p0/danh-sach/{slug}" for slug in KINDS))


def grow(world: World, first: int, count: int) -> None:
    """More desks, each with a record of the usual kinds."""
    with transaction.atomic(), wide("test"):
        film = worlds.video(world.province, title=f"Video {first}")
        for number in range(first, first + count):
            desk = unit(
                f"mot-cua-them-{number}", f"Một cửa số {number}", Kind.ONE_STOP_DESK, under=world.commune
            )
            worlds.showing(desk, film)
            worlds.material(desk)
            who = worlds.officer(desk, code=f"CB-THEM-{number}")
            worlds.assignment(desk, who)
            worlds.training(who)
        rebuild()


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum(
        not one["sql"].startswith(("SAVEPOINT", "RELEASE")) and "core_clock" not in one["sql"]
        for one in captured
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_more_records_ask_no_more_questions(world: World, address: str) -> None:
    grow(world, 0, 3)
    client = world.client("lead")
    asked(client, address)  # warms what a process keeps
    before = asked(client, address)
    grow(world, 10, 15)
    assert asked(client, address) <= before


def test_the_guard_sees_a_question_a_row(world: World) -> None:
    """The control: a list that reads each row's unit by itself asks more when there is more."""

    def each_by_itself() -> int:
        with CaptureQueriesContext(connection) as captured, transaction.atomic(), wide("test"):
            for row in [
                *VideoShowing.objects.all(),
                *Material.objects.filter(hung_on__lte=date(2023, 12, 10)),
            ]:
                assert row.unit.name
        return len(captured)

    grow(world, 0, 3)
    few = each_by_itself()
    grow(world, 10, 15)
    assert each_by_itself() > few
