"""The people of the demo: the same for the same seed, with numbers that nobody can hold."""

from __future__ import annotations

from random import Random

from dean06.core import vault
from dean06.core.people import demo
from dean06.core.people.models import Person
from dean06.core.people.numbers import NOBODY
from dean06.core.privacy import demo as privacy_demo
from tests.pilots.guidance.world import World


def _number(person: Person) -> str:
    return vault.decrypt(bytes(person.number_cipher), context=person.context)


def test_numbers_are_nobodys_and_fit_the_person(world: World) -> None:
    made = demo.write(random=Random("6"), unit_ids=[world.commune.pk, world.other.pk], each=20)
    assert len({_number(person) for person in made}) == len(made) == 40
    for person in made:
        number = _number(person)
        assert number.startswith(NOBODY)
        assert number[4:6] == f"{person.birth_date:%y}"
        assert int(number[3]) % 2 == (person.sex == "female")
        assert int(number[3]) // 2 == (person.birth_date.year >= 2000)


def test_the_same_seed_makes_the_same_people(world: World) -> None:
    first = demo.write(random=Random("6"), unit_ids=[world.commune.pk], each=5)
    again = demo.write(random=Random("6"), unit_ids=[world.other.pk], each=5)
    assert [(p.full_name, _number(p)) for p in first] == [(p.full_name, _number(p)) for p in again]


def test_two_requests_run(world: World) -> None:
    made = privacy_demo.write(demo.write(random=Random("6"), unit_ids=[world.commune.pk], each=2))
    assert [(one.kind, one.acknowledged_on is not None) for one in made] == [
        ("view", True),
        ("correct", False),
    ]
