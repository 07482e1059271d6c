"""An auditor who sees as another reads nothing that operates the installation."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core.access.models import Grant, Role
from dean06.core.access.scope import wide
from tests.pilots.guidance.world import World
from tests.web.account.test_users import world

__all__ = ["world"]
OPERATED = ("access:users", "access:invite", "access:review")
WHY = "kiểm tra theo kế hoạch năm"


def view_as(client: Client, name: str) -> int:
    return client.post(reverse("access:view_as"), {"username": name, "reason": WHY}).status_code


def opened(client: Client) -> list[int]:
    return [client.get(reverse(name)).status_code for name in OPERATED]


def test_an_administrator_is_nobody_to_see_as(world: World) -> None:
    assert 403 not in opened(world.client("admin")), "the control"
    client = world.client("auditor")
    assert view_as(client, "admin") == 422
    assert opened(client) == [403] * 3


@pytest.mark.parametrize("first", [True, False])
def test_of_an_administrator_with_other_roles_only_those_are_seen(world: World, first: bool) -> None:
    """Also when the role is given after the auditor began."""
    client, leader = world.client("auditor"), world.users["leader"]
    began = first or view_as(client, "leader") == 302
    with transaction.atomic(), wide("test"):
        Grant.objects.create(user=leader, role=Role.SYSTEM_ADMINISTRATOR, unit=world.province)
    assert began
    assert not first or view_as(client, "leader") == 302
    assert opened(client) == [403] * 3
    assert client.get(reverse("guidance:point", args=[world.desk.pk])).status_code == 200
