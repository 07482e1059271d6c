"""Pages of accounts: administrators only, who proved themselves; every look at names is written down."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core import clock
from dean06.core.access import limits
from dean06.core.access.models import Grant, Role
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.usage.models import UsageRecord
from tests.core.access.visitors import freshen
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.DATA_DIR, settings.RATE_LIMITS = tmp_path, False
    limits.forget()
    with transaction.atomic(), wide("test"):
        made = worlds.build()
        made.users["admin"] = worlds.account("admin", Role.SYSTEM_ADMINISTRATOR, made.province)
    return made


@pytest.fixture
def admin(world: World) -> Client:
    client = world.client("admin")
    freshen(client, world.users["admin"])
    return client


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def held(name: str) -> list[Grant]:
    with transaction.atomic(), wide("test"):
        return list(Grant.objects.filter(user__username=name).order_by("id"))


def test_the_list_is_searched_filtered_and_exported(world: World, admin: Client) -> None:
    page = reverse("access:users")
    assert "neighbour" in read(admin, page)
    assert "neighbour" not in read(admin, f"{page}?don-vi=xa-mot")
    assert "officer" in read(admin, f"{page}?don-vi=xa-mot")
    by_role = read(admin, f"{page}?vai-tro=auditor")
    assert "Tài khoản auditor" in by_role
    assert "neighbour" not in by_role
    assert "Không có người dùng nào" in read(admin, f"{page}?tt=khoa")
    file = admin.get(f"{page}?q=neighbour&export=csv").content.decode()
    assert ("neighbour" in file, "Tài khoản auditor" in file) == (True, False)
    with transaction.atomic(), wide("test"):
        looks = UsageRecord.objects.filter(purpose="access.accounts", route="access:users")
        assert looks.count() == 6, "once for each answer"
        assert looks.order_by("-id")[0].subjects == 1


@pytest.mark.parametrize("name", ["leader", "auditor", "lead", "head"])
def test_nobody_else_enters(world: World, name: str) -> None:
    client, other = world.client(name), world.users["desk"].pk
    for address in (
        reverse("access:users"),
        reverse("access:user", args=[other]),
        reverse("access:give", args=[other]),
        reverse("access:grant", args=[held("desk")[0].pk]),
    ):
        assert client.get(address).status_code == 403
    assert client.post(reverse("access:user_act", args=[other]), {"do": "mo"}).status_code == 403


def test_a_grant_is_given_changed_and_taken_back_on_the_pages(world: World, admin: Client) -> None:
    user = world.users["stranger"]
    visitor = world.client("stranger")
    assert visitor.get(reverse("guidance:index")).status_code == 403
    give = reverse("access:give", args=[user.pk])
    asked = {"role": "unit_officer", "unit": "xa-mot", "valid_from": "01/12/2023"}
    assert admin.post(give, asked).status_code == 302
    assert visitor.get(reverse("guidance:index")).status_code == 200, "at his next request"
    (grant,) = held("stranger")
    page = reverse("access:grant", args=[grant.pk])
    assert admin.post(page, {"valid_to": "01/01/2024", "personal_data": "on"}).status_code == 302
    (grant,) = held("stranger")
    assert (f"{grant.valid_to}", grant.personal_data) == ("2024-01-01", True)
    shown = read(admin, reverse("access:user", args=[user.pk]))
    assert "Xã Một" in shown
    assert "Giao quyền" in shown
    assert "Sửa quyền" in shown
    assert admin.post(page, {"do": "thu-hoi", "reason": "thử"}).status_code == 302
    assert visitor.get(reverse("guidance:index")).status_code == 403, "at his next request"


def test_what_is_refused_stands_beside_the_field(world: World, admin: Client) -> None:
    give = reverse("access:give", args=[world.users["auditor"].pk])
    answer = admin.post(give, {"role": "unit_officer", "unit": "xa-mot"})
    text = unescape(answer.content.decode())
    assert (answer.status_code, "phải là hai người" in text) == (422, True)
    answer = admin.post(give, {"role": "province_leader", "unit": "khong-co"})
    assert (answer.status_code, "khong-co" in answer.content.decode()) == (422, True)
    own = reverse("access:give", args=[world.users["admin"].pk])
    assert admin.post(own, {"role": "province_leader", "unit": "tinh"}).status_code == 403
    last = reverse("access:grant", args=[held("admin")[0].pk])
    answer = admin.post(last, {"do": "thu-hoi"})
    assert (answer.status_code, "cuối cùng" in unescape(answer.content.decode())) == (422, False), "no reason"
    assert 'data-confirm="Thu hồi quyền này?' in read(admin, last)
    answer = admin.post(last, {"do": "thu-hoi", "reason": "thử"})
    assert "cuối cùng" in unescape(answer.content.decode())
    assert len(held("admin")) == 1


def test_it_asks_again_who_sits_there(world: World) -> None:
    client = world.client("admin")
    answer = client.post(
        reverse("access:user_act", args=[world.users["desk"].pk]), {"do": "khoa", "reason": "thử"}
    )
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(reverse("access:give", args=[world.users["desk"].pk])).status_code == 302


def test_an_account_is_closed_and_opened(world: World, admin: Client) -> None:
    user, visitor = world.users["desk"], world.client("desk")
    assert visitor.get(reverse("guidance:index")).status_code == 200
    act = reverse("access:user_act", args=[user.pk])
    assert admin.post(act, {"do": "khoa"}).status_code == 422
    assert admin.post(act, {"do": "khoa", "reason": "nghỉ việc"}).status_code == 302
    assert visitor.get(reverse("guidance:index")).status_code == 302, "signed out"
    assert "nghỉ việc" in read(admin, reverse("access:user", args=[user.pk]))
    assert admin.post(act, {"do": "mo"}).status_code == 302
    assert admin.post(act, {"do": "bo-khoa-tam"}).status_code == 302
    assert admin.post(act, {"do": "khac"}).status_code == 404
    user.refresh_from_db()
    assert user.is_active


def test_an_administrator_ends_all_sessions_of_an_account(world: World, admin: Client) -> None:
    user, visitors = world.users["desk"], [world.client("desk"), world.client("desk")]
    page, act = reverse("access:user", args=[user.pk]), reverse("access:user_act", args=[user.pk])
    shown = read(admin, page)
    assert 'data-confirm="Kết thúc mọi phiên của tài khoản này?' in shown
    assert world.client("leader").post(act, {"do": "het-phien"}).status_code == 403
    assert [visitor.get(reverse("guidance:index")).status_code for visitor in visitors] == [200, 200]
    assert admin.post(act, {"do": "het-phien"}).status_code == 302
    assert [visitor.get(reverse("guidance:index")).status_code for visitor in visitors] == [302, 302]
    with transaction.atomic(), wide("test"):
        row = AuditEntry.objects.get(action="sessions_ended")
    assert (row.object_id, row.detail) == (str(user.pk), {"sessions": 2})
    shown = read(admin, page)
    assert "Kết thúc các phiên đăng nhập" in shown, "the line of the log"
    assert "het-phien" not in shown, "nothing left to end"


def test_the_review_confirms_and_takes_back_many_at_once(world: World, admin: Client) -> None:
    page, act = reverse("access:review"), reverse("access:review_act")
    assert "Không có quyền nào cần rà soát" in read(admin, page)
    with transaction.atomic(), wide("test"):
        due = Grant.objects.filter(user__username__in=["desk", "head", "lead", "admin"])
        due.update(confirmed_at=clock.now() - timedelta(days=370))
        ids = {grant.user.username: str(grant.pk) for grant in due.select_related("user")}
    assert "Tài khoản head" in read(admin, page)
    assert admin.get(f"{page}?export=csv").content.decode().count("Tài khoản") == 4
    assert admin.post(act, {"do": "giu", "grant": [ids["desk"], ids["admin"]]}).status_code == 403
    assert "Tài khoản desk" in read(admin, page), "all or none, and nobody confirms his own"
    assert admin.post(act, {"do": "giu", "grant": [ids["desk"], ids["head"]]}).status_code == 302
    assert admin.post(act, {"do": "thu-hoi", "grant": [ids["lead"]]}).status_code == 302
    assert admin.post(act, {"do": "giu"}).status_code == 422
    shown = read(admin, page)
    assert ("Tài khoản desk" in shown, "Tài khoản head" in shown) == (False, False)
    assert (len(held("lead")), len(held("head"))) == (0, 1)
