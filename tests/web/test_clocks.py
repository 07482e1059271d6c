"""One date on a page: what the machine measured is told on the business clock."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from dean06.cli.prepare import begin_demo
from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.ui import formats
from dean06.web.demo.fill import BUSINESS_DATE
from tests.core.access.visitors import freshen
from tests.pilots.guidance.world import TODAY, World
from tests.web.account.test_users import read, world

__all__ = ["world"]


def test_pages_of_accounts_tell_sessions_on_the_business_clock(world: World) -> None:
    client = world.client("admin")
    freshen(client, world.users["admin"])
    machine, business = formats.day(clock.machine_now().date()), formats.day(TODAY)
    for page in (reverse("access:user", args=[world.users["admin"].pk]), reverse("account_sessions")):
        text = read(client, page)
        assert business in text
        assert machine not in text


def test_a_moment_of_the_machine_is_moved_by_the_shift(world: World) -> None:
    at = clock.machine_now()
    moved = clock.shown(at)
    assert moved is not None
    assert moved - at == clock.shift()
    assert clock.shift().days < -300
    assert clock.shown(None) is None


def test_a_file_of_the_log_bears_the_date_of_its_lines(world: World) -> None:
    client = world.client("auditor")
    answer = client.post(reverse("audit:export"))
    assert f"{TODAY:%Y%m%d}-" in answer.headers["Content-Disposition"]


@pytest.mark.django_db
def test_a_demo_is_shifted_before_its_first_line_and_real_work_never() -> None:
    begin_demo()
    assert clock.today() == BUSINESS_DATE


def test_real_work_is_not_shifted(world: World) -> None:
    with transaction.atomic(), wide("test"):
        clock.set_business_date(None)
    begin_demo()
    assert clock.today() == clock.machine_now().astimezone(clock.VIETNAM).date()
    assert clock.today() > date(2024, 1, 1)
