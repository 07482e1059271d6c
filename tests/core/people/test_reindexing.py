"""A change of the index key: everybody is found as before, also by himself, also after a kill halfway."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from typer.testing import CliRunner

from dean06.cli.keys import app
from dean06.core import clock, vault
from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.citizens import citizen_for
from dean06.core.access.models import Session, User
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Denied
from dean06.core.people import actions, queries, reading, reindexing, rotation, usage_keys
from dean06.core.people.models import FormerKey, KeySeal, Person
from dean06.core.units.models import Kind
from dean06.core.usage import queries as looks
from dean06.core.usage import recording, representation
from dean06.core.usage.models import UsageRecord, UsageSubject
from dean06.gateways.vneid.protocol import Answer
from tests import server
from tests.core.people.conftest import CANARY, given, register
from tests.core.people.test_people import _reveal
from tests.core.units.trees import unit
from tests.pilots.guidance.world import World

STRANGER = "000188777999"


@pytest.fixture
def operator() -> Actor:
    return system_actor("dean06 keys")


@pytest.fixture
def crowd(world: World) -> list[Person]:
    made = [register(world)]
    names = ("Lê An", "Lê Bình", "Lê Chi", "Lê Dung")
    return made + [register(world, number=f"0001887770{n:02d}", name=name) for n, name in enumerate(names)]


def citizen(number: str = CANARY) -> User:
    return citizen_for(Answer(number, "Phùng Thị Yến", date(1988, 5, 4), 2))


def seen_by(user: User) -> int:
    user.refresh_from_db()
    return looks.find(bytes(user.subject_key or b"")).total


def test_everybody_is_indexed_anew_and_found_as_before(
    world: World, crowd: list[Person], operator: Actor
) -> None:
    before = {row.pk: (bytes(row.number_index), bytes(row.usage_key)) for row in Person.objects.all()}
    old = vault.ring().index_id
    key_id, moved = reindexing.rotate(actor=operator)
    assert (moved, key_id != old, vault.ring().index_id) == (5, True, key_id)
    for row in Person.objects.all():
        assert row.index_id == key_id
        assert not {bytes(row.number_index), bytes(row.usage_key)} & set(before[row.pk])
    officer = world.actor("officer")
    assert reading.find_by_number(actor=officer, number=CANARY) == crowd[0]
    assert queries.named(queries.visible(officer), "le").count() == 4
    assert _reveal(world, Person.objects.get(pk=crowd[0].pk)) == CANARY
    with pytest.raises(Conflict, match="đã có người mang số"):
        register(world)


def test_halfway_both_keys_find_and_nobody_is_written_twice(
    world: World, crowd: list[Person], operator: Actor
) -> None:
    reindexing.begin(actor=operator)
    assert reindexing.move_batch(actor=operator, limit=2) == 2
    officer = world.actor("officer")
    numbers = [CANARY, *(f"0001887770{n:02d}" for n in range(4))]
    for person, number in zip(crowd, numbers, strict=True):
        assert reading.find_by_number(actor=officer, number=number) == person
        with pytest.raises(Conflict, match="đã có người mang số"):
            register(world, number=number)
    assert queries.named(queries.visible(officer), "le").count() == 4
    changed = {"full_name": "Lê Dương", "birth_date": date(1988, 5, 4), "sex": "female"}
    actions.correct(actor=officer, person_id=crowd[4].pk, version=1, **changed)  # type: ignore[arg-type]
    assert queries.named(queries.visible(officer), "duong").get() == crowd[4]
    assert reindexing.rotate(actor=operator)[1] == 3
    assert queries.named(queries.visible(officer), "duong").get() == crowd[4]


def test_the_citizen_sees_looks_of_before_and_after(
    world: World, crowd: list[Person], operator: Actor
) -> None:
    user = citizen()
    _reveal(world, crowd[0])
    before = seen_by(user)
    assert before >= 1
    for round_ in (1, 2):
        reindexing.rotate(actor=operator)
        _reveal(world, Person.objects.get(pk=crowd[0].pk))
        assert seen_by(user) == before + round_, "the same session goes on"
    assert citizen().pk == user.pk
    assert recording.mismatches() == []
    assert looks.find(vault.blind_index(STRANGER, purpose="usage")).total == 0


def test_a_citizen_without_a_record_is_asked_to_sign_in_and_finds_everything(
    world: World, operator: Actor
) -> None:
    officer, user = world.actor("officer"), citizen(STRANGER)
    client = Client()
    client.force_login(user)
    reading.find_by_number(actor=officer, number=STRANGER)
    reindexing.rotate(actor=operator)
    assert not Session.objects.filter(user=user).exists()
    reading.find_by_number(actor=officer, number=STRANGER)
    again = citizen(STRANGER)
    assert (again.pk, seen_by(again)) == (user.pk, 2)


def test_who_represents_somebody_still_does(world: World, crowd: list[Person], operator: Actor) -> None:
    document = representation.Document("parent", "Giấy khai sinh 12/2015", clock.today(), date(2030, 1, 1))
    made = representation.register(
        actor=world.actor("officer"),
        unit_id=world.commune.pk,
        representative=STRANGER,
        subject=CANARY,
        document=document,
    )
    parent = citizen(STRANGER)
    reindexing.rotate(actor=operator)
    parent = citizen(STRANGER)
    assert [one.pk for one in representation.of(bytes(parent.subject_key or b""))] == [made.pk]
    made.refresh_from_db()
    assert bytes(made.subject_key) == bytes(Person.objects.get(pk=crowd[0].pk).usage_key)


def test_an_old_index_key_goes_when_nothing_needs_it(
    world: World, crowd: list[Person], operator: Actor, keys: Path
) -> None:
    old = vault.ring().index_id
    _reveal(world, crowd[0])
    reindexing.begin(actor=operator)
    with pytest.raises(Conflict, match="còn 5 bản ghi"):
        reindexing.retire(actor=operator, key_id=old)
    new, _moved = reindexing.rotate(actor=operator)
    with pytest.raises(Conflict, match="đang dùng"):
        reindexing.retire(actor=operator, key_id=new)
    with pytest.raises(Conflict, match="hãy đợi 10 phút"):
        reindexing.retire(actor=operator, key_id=old)
    KeySeal.objects.update(sealed_at=clock.machine_now() - rotation.GRACE)
    assert UsageSubject.objects.count() == 1
    with pytest.raises(Conflict, match="còn dùng để tìm 1 lượt xem"):
        reindexing.retire(actor=operator, key_id=old)
    KeySeal.objects.update(sealed_at=clock.now() - timedelta(days=9))  # the demo's calendar: before the look
    reindexing.retire(actor=operator, key_id=old)
    assert [path.name for path in keys.glob("index-*.key")] == [f"index-0002-{new}.key"]
    assert not FormerKey.objects.exists()


def test_only_the_operator_changes_the_index_key(world: World, crowd: list[Person]) -> None:
    with pytest.raises(Denied):
        reindexing.rotate(actor=world.actor("head"))
    assert len(vault.ring().index_ids) == 1


def test_the_command_changes_shows_and_keeps_the_index_key(world: World, crowd: list[Person]) -> None:
    runner = CliRunner()
    changed = json.loads(runner.invoke(app, ["rotate", "--index", "--json"]).stdout)
    assert changed["rows"] == 5
    shown = json.loads(runner.invoke(app, ["show", "--json"]).stdout)
    assert [(key["active"], key["rows"]) for key in shown["index_keys"]] == [(False, 0), (True, 5)]
    assert len(shown["keys"]) == 1
    refused = runner.invoke(app, ["retire", changed["key"]])
    assert isinstance(refused.exception, Conflict)


KILLED = """
    import os, time
    import django
    django.setup()
    from django.db import connection, transaction
    connection.settings_dict["NAME"] = os.environ["RACE"]
    from dean06.core.access.actor import system_actor
    from dean06.core.people import identity, reindexing
    who = system_actor("dean06 keys")
    reindexing.begin(actor=who)
    reindexing.move_batch(actor=who, limit=2)
    one, usual = iter(range(9)), identity.reindex
    def slow(person, keys):
        usual(person, keys)
        if next(one) == 1:
            print("middle", flush=True)
            time.sleep(60)
    identity.reindex = slow
    reindexing.move_batch(actor=who, limit=3)
"""


@pytest.fixture
def committed(race_db: str, keys: Path) -> Iterator[str]:
    """Five people who stand in a database of their own, and a look at the first."""
    with transaction.atomic(), wide("test"):
        place = unit("xa-mot", "Xã Một", Kind.COMMUNE)
        numbers = [CANARY, *(f"0001887770{n:02d}" for n in range(4))]
        people = [given(number) for number in numbers]
        actions.register(actor=system_actor("test"), unit_id=place.pk, people=people)
        reading.find_by_number(actor=system_actor("test"), number=CANARY)
    yield race_db
    clock.forget()


def test_a_kill_in_the_middle_loses_nothing(committed: str, operator: Actor) -> None:
    with transaction.atomic(), wide("test"):
        user = citizen()
    environment = os.environ | {
        "RACE": committed,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    environment["DATABASE_APP_URL"] = environment["DATABASE_URL"] = server.url(True, committed)
    script = textwrap.dedent(KILLED)
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"middle\n"
        process.send_signal(signal.SIGKILL)
    with transaction.atomic(), wide("test"):
        key_id = vault.ring().index_id
        assert Person.objects.filter(index_id=key_id).count() == 2, "whole batches only"
    assert reindexing.rotate(actor=operator) == (key_id, 3)
    with transaction.atomic(), wide("test"):
        assert len(vault.ring().index_ids) == 2
        assert reading.find_by_number(actor=operator, number=CANARY) is not None
        user.refresh_from_db()
        assert looks.find(bytes(user.subject_key or b"")).total == 2
        assert UsageRecord.objects.count() == 2
        assert set(usage_keys.of_number(CANARY)) == set(usage_keys.same(bytes(user.subject_key or b"")))
    assert connection.settings_dict["NAME"] == committed
