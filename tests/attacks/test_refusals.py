"""Whoever tries to get around a control leaves a line: when, who, where, which answer; not what he sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dean06.config.logs import ValueFreeFormatter
from dean06.core import limits
from dean06.core.limits import ADDRESS, PERSON, Limit
from dean06.ui.limits import MAX_BODY
from tests.pilots.guidance.world import World

LINE = ValueFreeFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")
SENT = "Chim Hoàng Yến"
NUMBER = "000123456789"


def forged(client: Client, world: World) -> int:
    """A form from another site: no token."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    return strict.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", {"title": SENT}).status_code


def foreign_host(client: Client, world: World) -> int:
    return client.get(f"/p0/?q={SENT}", HTTP_HOST="evil.example").status_code


def too_large(client: Client, world: World) -> int:
    return client.generic("POST", "/p0/", SENT.encode() + b"x" * MAX_BODY).status_code


def number_in_address(client: Client, world: World) -> int:
    return client.get(f"/p0/danh-sach/can-bo?q={NUMBER}").status_code


def wrong_method(client: Client, world: World) -> int:
    return client.get("/dang-xuat").status_code


def another_unit(client: Client, world: World) -> int:
    return client.get(f"/p0/diem/{world.desk.pk}/ghi/vat-pham?q={SENT}").status_code


def nonsense(client: Client, world: World) -> int:
    given = {"kind": SENT, "title": SENT, "hung_on": SENT}
    return client.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", given).status_code


def lying_file(client: Client, world: World) -> int:
    photo = SimpleUploadedFile(f"{SENT}.php", b"<?php", "image/jpeg")
    given = {"kind": "poster", "title": SENT, "hung_on": "2023-12-01", "new_photo": photo}
    return client.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", given).status_code


ATTEMPTS = [
    (forged, "desk", 403),
    (foreign_host, "desk", 400),
    (too_large, "desk", 413),
    (number_in_address, "desk", 400),
    (wrong_method, "desk", 405),
    (another_unit, "auditor", 403),
    (nonsense, "desk", 422),
    (lying_file, "desk", 422),
]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [LINE.format(each) for each in caplog.records if each.name == "dean06.access"]


@pytest.mark.parametrize(("attempt", "who", "status"), ATTEMPTS)
def test_an_attempt_around_a_control_leaves_a_line(
    world: World,
    caplog: pytest.LogCaptureFixture,
    attempt: Callable[[Client, World], int],
    who: str,
    status: int,
) -> None:
    client = world.client(who)
    client.raise_request_exception = False
    with caplog.at_level(logging.WARNING, logger="dean06.access"):
        assert attempt(client, world) == status
    [told] = lines(caplog)
    assert f" WARNING dean06.access {told.split()[3]} " in told
    assert f" {status} refused to account " in told
    early = {400, 413, 405}  # refused before anybody asks who it is
    assert status in early or f"refused to account {world.actor(who).user_id} [" in told
    everything = "\n".join(LINE.format(each) for each in caplog.records if each.name.startswith("dean06"))
    assert SENT not in everything
    assert NUMBER not in everything


def test_too_many_requests_leave_a_line(
    world: World, caplog: pytest.LogCaptureFixture, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS = True
    monkeypatch.setattr(limits, "PERSON", dict.fromkeys(PERSON, Limit(1, 0.01)))
    monkeypatch.setattr(limits, "ADDRESS", dict.fromkeys(ADDRESS, Limit(9, 0.01)))
    client = world.client("desk")
    with caplog.at_level(logging.WARNING):
        assert [client.get("/p0/").status_code for _ in range(2)] == [200, 429]
    assert f" 429 refused to account {world.actor('desk').user_id} [" in lines(caplog)[0]
    assert any("rate limit: page refused" in each.getMessage() for each in caplog.records)


def test_control_what_is_allowed_leaves_no_such_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="dean06.access"):
        assert world.client("desk").get("/p0/").status_code == 200
    assert lines(caplog) == []
