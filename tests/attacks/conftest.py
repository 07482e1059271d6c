"""Two small provinces to attack: one with records by hand, one with a plan and counted figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from dean06.core.access.models import Role
from tests.pilots.guidance.conftest import media, world, world_wide
from tests.web.plan import province

__all__ = ["media", "world", "world_wide"]


@pytest.fixture
def head(db: None) -> Iterator[Client]:
    """The head of a district in the province with a plan; a server error is an answer, not an exception."""
    with province.province():
        client = province.client(Role.UNIT_HEAD, "huyen-dong")
        client.raise_request_exception = False
        yield client
