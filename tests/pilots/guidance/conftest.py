"""The small province of world.py, for tests that roll back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from dean06.core.access.scope import wide
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World


@pytest.fixture
def media(settings: object, tmp_path: Path) -> Path:
    """A folder of this test's own for photos."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media"


@pytest.fixture
def world(db: None, media: Path) -> World:
    """Units and accounts; no scope is open afterwards."""
    with transaction.atomic(), wide("test"):
        return worlds.build()


@pytest.fixture
def world_wide(world: World) -> Iterator[World]:
    """The same inside a scope that sees and writes every row."""
    with transaction.atomic(), wide("test"):
        yield world
