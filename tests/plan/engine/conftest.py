"""The probe table and its indicators for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import server
from tests.plan.engine import things


@pytest.fixture(scope="module")
def _thing_table(owner_url: str) -> Iterator[None]:
    with things.thing_table(owner_url):
        yield


@pytest.fixture
def probes(_thing_table: None) -> Iterator[None]:
    """Only the two probe indicators are registered, over the worker's database."""
    with things.registered(things.indicator(things.STOCK), things.indicator(things.FLOW)):
        yield


@pytest.fixture
def race_probes(race_db: str) -> Iterator[str]:
    """The same over a database of this test's own, where transactions really commit; gives its name."""
    with (
        things.thing_table(server.url(True, race_db)),
        things.registered(things.indicator(things.STOCK), things.indicator(things.FLOW)),
    ):
        yield race_db
