"""Working under one grant of several, and an auditor who sees as another: read-only, written down."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.usage.models import UsageRecord
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import NAME, World
from tests.web.account.test_users import world

__all__ = ["world"]
START, STOP = reverse("access:view_as"), reverse("access:view_as_stop")
WHY = "kiểm tra theo kế hoạch năm"


def text(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def start(client: Client, name: str, reason: str = WHY) -> int:
    return client.post(START, {"username": name, "reason": reason}).status_code


def test_one_of_several_grants_narrows_the_scope(world: World) -> None:
    with transaction.atomic(), wide("test"):
        second = Grant.objects.create(user=world.users["officer"], role=Role.UNIT_OFFICER, unit=world.other)
        worlds.material(world.desk)
    client, far = world.client("officer"), reverse("guidance:point", args=[world.desk.pk])
    assert "Đang làm với tư cách" in text(client, reverse("guidance:index"))
    assert client.get(far).status_code == 200
    choose = reverse("access:choose")
    assert client.post(choose, {"grant": str(second.pk)}).status_code == 302
    assert client.get(far).status_code == 403, "only what this grant shows"
    assert client.get(reverse("guidance:point", args=[world.other_desk.pk])).status_code == 200
    with transaction.atomic(), wide("test"):
        foreign = Grant.objects.get(user=world.users["lead"])
    assert client.post(choose, {"grant": str(foreign.pk)}).status_code == 404
    assert client.post(choose, {"grant": "0"}).status_code == 302
    assert client.get(far).status_code == 200


def test_who_has_one_grant_is_not_told(world: World) -> None:
    assert "Đang làm với tư cách" not in text(world.client("officer"), reverse("guidance:index"))


def test_an_auditor_sees_as_another_and_may_only_read(world: World) -> None:
    client = world.client("auditor")
    far, near = (reverse("guidance:point", args=[one.pk]) for one in (world.other_desk, world.desk))
    assert client.get(far).status_code == 200
    assert start(client, "officer") == 302
    assert (client.get(near).status_code, client.get(far).status_code) == (200, 403)
    shown = text(client, near)
    assert "Đang xem như Tài khoản officer" in shown
    for address in (
        reverse("guidance:add", args=[world.desk.pk, "vat-pham"]),
        reverse("account_end_others"),
        reverse("access:choose"),
        START,
    ):
        assert client.post(address, {}).status_code == 403, address
    assert client.post(STOP).status_code == 302
    assert client.get(far).status_code == 200
    with transaction.atomic(), wide("test"):
        begun = AuditEntry.objects.get(action="access.view_as_started")
        assert (begun.actor_name, begun.detail["as"], begun.detail["reason"]) == ("auditor", "officer", WHY)
        assert AuditEntry.objects.filter(action="access.view_as_stopped").count() == 1
        looks = UsageRecord.objects.filter(purpose="access.view_as", route="guidance:point")
        assert {row.actor_name for row in looks} == {"auditor → officer"}
        assert {row.actor_id for row in looks} == {world.users["auditor"].pk}


def test_names_stay_hidden_unless_the_auditor_may_see_them_himself(world: World) -> None:
    with transaction.atomic(), wide("test"):
        who = worlds.officer(world.desk)
        worlds.assignment(world.desk, who)
    page, client = reverse("guidance:officer", args=[who.pk]), world.client("auditor")
    assert NAME in text(world.client("officer"), page)
    assert start(client, "officer") == 302
    assert NAME not in text(client, page)
    with transaction.atomic(), wide("test"):
        Grant.objects.filter(user=world.users["auditor"]).update(personal_data=True)
    assert NAME in text(client, page)


@pytest.mark.parametrize("name", ["leader", "lead", "head", "admin"])
def test_nobody_but_an_auditor_sees_as_another(world: World, name: str) -> None:
    client = world.client(name)
    assert client.get(START).status_code == 403
    assert start(client, "officer") == 403


def test_an_auditor_gains_nothing_beyond_his_own_branch(world: World) -> None:
    with transaction.atomic(), wide("test"):
        Grant.objects.filter(user=world.users["auditor"]).update(unit=world.other)
    client = world.client("auditor")
    assert start(client, "leader") == 422, "the leader's grant lies above"
    assert start(client, "officer") == 422, "another commune"
    assert start(client, "auditor") == 422
    assert start(client, "khong-co") == 422
    assert start(client, "neighbour", "ngắn") == 422
    assert start(client, "neighbour") == 302


def test_it_ends_with_the_right_or_the_account(world: World) -> None:
    client = world.client("auditor")
    assert start(client, "officer") == 302
    User.objects.filter(username="officer").update(is_active=False)
    assert "Đang xem như" not in text(client, reverse("guidance:index"))
    User.objects.filter(username="officer").update(is_active=True)
    assert start(client, "officer") == 302
    with transaction.atomic(), wide("test"):
        Grant.objects.filter(user=world.users["auditor"]).update(role=Role.PROVINCE_LEADER)
    assert "Đang xem như" not in text(client, reverse("guidance:index"))
