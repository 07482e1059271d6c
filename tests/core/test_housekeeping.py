"""What the worker tidies at night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.contrib.django import app

from dean06.core import clock
from dean06.core.access.jobs import clear_sessions
from dean06.core.access.models import Session


@pytest.mark.django_db
def test_only_sessions_that_ran_out_are_deleted() -> None:
    now = clock.machine_now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(minutes=1))
    assert clear_sessions(0) == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_the_worker_knows_the_nightly_jobs() -> None:
    known = {task.name for task in app.tasks.values()}
    assert {"access.clear_sessions", "photos.remove_orphans"} <= known
