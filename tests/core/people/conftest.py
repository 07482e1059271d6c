"""A small province with accounts, keys of the test's own, and people nobody is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from dean06.core.access.scope import wide
from dean06.core.people import actions
from dean06.core.people.models import Person
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World

CANARY = "000188777345"
NAME = "Phùng Thị Chim Hoàng Yến"


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "keys"))
    return tmp_path / "keys"


@pytest.fixture
def world(db: None, keys: Path) -> Iterator[World]:
    """Two communes of a district; the test runs inside a wide scope unless it opens another."""
    with transaction.atomic(), wide("test"):
        yield worlds.build()


def given(number: str = CANARY, name: str = NAME) -> actions.PersonInput:
    return actions.PersonInput(full_name=name, birth_date=date(1988, 5, 4), sex="female", number=number)


def register(world: World, at: str = "commune", number: str = CANARY, name: str = NAME) -> Person:
    """A person of one of the communes, written by its officer."""
    officer, unit = {"commune": ("officer", world.commune), "other": ("neighbour", world.other)}[at]
    (made,) = actions.register(actor=world.actor(officer), unit_id=unit.pk, people=[given(number, name)])
    return made
