"""Fixtures of every test: the worker's database, an owner's connection, a database of one's own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from dean06.core import clock
from dean06.core.access import limits
from tests import server
from tests.filled import Filled, filled_province
from tests.workers import OneProvince


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneProvince:
    return OneProvince(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> None:
    """The worker's database exists already (tests/server.py): Django must not make one."""


@pytest.fixture(autouse=True)
def _forget_clock_and_limits() -> Iterator[None]:
    clock.forget()
    limits.forget()
    yield
    clock.forget()
    limits.forget()


@pytest.fixture(autouse=True)
def _with_two_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is signed in without the form has a second factor where the rules ask for one."""
    original = Client.force_login

    def signed_in(client: Client, user: Any, backend: str | None = None) -> None:
        from allauth.mfa.models import Authenticator

        original(client, user, backend)
        limits.forget()
        if limits.current().mfa_roles and not user.is_citizen:
            Authenticator.objects.get_or_create(
                user=user, type=Authenticator.Type.TOTP, defaults={"data": {}}
            )

    monkeypatch.setattr(Client, "force_login", signed_in)


@pytest.fixture(scope="session")
def owner_url() -> str:
    """The worker's database as the owner of the tables (not bound by row-level security)."""
    return server.url(True, os.environ["TEST_DATABASE"])


@pytest.fixture(scope="session")
def filled() -> Iterator[Filled]:
    """The demo province; name the tests that use it in tests/workers.py, so that it is filled once."""
    with filled_province() as province:
        yield province


@pytest.fixture
def race_db(django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database of this test's own, with Django connected to it as the bound role; gives its name.

    For tests that commit: threads, processes, jobs. Nothing is left behind.
    """
    name = f"race_{uuid.uuid4().hex[:12]}"
    server.create_database(name)
    usual = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        connection.settings_dict["NAME"] = name
        try:
            yield name
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = usual
            server.drop_database(name)
