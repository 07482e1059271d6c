"""The tiny plan in the worker's database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.scope import wide
from dean06.core.units.load import load_units
from dean06.plan.load import LoadReport, load_plan
from dean06.plan.models import Plan
from tests.plan.tiny import CODES, TINY, copy_to


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny plan that a test may spoil."""
    return copy_to(tmp_path)


@pytest.fixture
def system() -> Actor:
    return system_actor("test")


def load(folder: Path) -> LoadReport:
    """Load units and plan of a folder, as the command does."""
    actor = system_actor("test")
    with transaction.atomic():
        load_units(folder / "units", actor)
        return load_plan(folder, actor, known_indicators=CODES)


@pytest.fixture
def tiny_plan(db: None) -> Iterator[Plan]:
    """The tiny plan, loaded; the test runs in a scope that sees every row."""
    load(TINY)
    with transaction.atomic(), wide("test"):
        yield Plan.objects.get(code="tinh-mau")
