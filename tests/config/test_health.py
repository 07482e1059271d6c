"""GET /health: the three answers, to anybody, by GET and HEAD only."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from dean06.config import health
from tests import server


@pytest.fixture(autouse=True)
def _forget_the_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test asks the database anew; `monkeypatch` puts the process's own answer back."""
    monkeypatch.setattr(health, "_migrated", False)


@pytest.mark.django_db
def test_a_migrated_database_that_answers_is_ok() -> None:
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.race
def test_a_pending_migration_is_told_until_it_is_applied(race_db: str) -> None:
    with psycopg.connect(server.url(True, race_db), autocommit=True) as owner:
        row = owner.execute(
            "delete from django_migrations where app = 'guidance' and name = "
            "(select max(name) from django_migrations where app = 'guidance') returning app, name, applied"
        ).fetchone()
        assert row is not None
        pending = Client().get("/health")
        assert (pending.status_code, pending.json()) == (503, {"status": "not migrated"})
        owner.execute("insert into django_migrations (app, name, applied) values (%s, %s, %s)", row)
    assert Client().get("/health").status_code == 200


@pytest.mark.django_db
def test_a_database_that_is_gone_is_told_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError('connection to server at "10.1.2.3" failed')

    monkeypatch.setattr(connection, "cursor", gone)
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "database unreachable"})


@pytest.mark.django_db
def test_head_is_answered_without_a_body_and_post_is_refused() -> None:
    head = Client().head("/health")
    assert (head.status_code, head.content) == (200, b"")
    assert Client(enforce_csrf_checks=False).post("/health").status_code == 405
