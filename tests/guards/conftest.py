"""Fixtures of the guards: Django connected to the demo province."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection, connections

from tests.filled import Filled


@pytest.fixture(scope="module")
def province(filled: Filled, django_db_blocker: pytest.FixtureRequest) -> Iterator[Filled]:
    """Django connected to the demo province, with its keys."""
    usual, keys = settings.DATABASES["default"]["NAME"], os.environ.get("KEYS_DIR")
    os.environ["KEYS_DIR"] = str(filled.data_dir / "keys")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        connection.settings_dict["NAME"] = filled.database
        try:
            yield filled
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = usual
            os.environ.pop("KEYS_DIR")
            os.environ.update({"KEYS_DIR": keys} if keys else {})
