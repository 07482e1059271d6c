"""The tiny province behind the pages of the plan."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from dean06.core.access.models import Role
from tests.web.plan import province


@pytest.fixture(autouse=True)
def _province(db: None) -> Iterator[None]:
    with province.province():
        yield


@pytest.fixture
def leader() -> Client:
    return province.client(Role.PROVINCE_LEADER)


@pytest.fixture
def head() -> Client:
    """The head of the east district."""
    return province.client(Role.UNIT_HEAD, "huyen-dong")


@pytest.fixture
def officer() -> Client:
    """An officer of one commune of the west district."""
    return province.client(Role.UNIT_OFFICER, "xa-90003")
