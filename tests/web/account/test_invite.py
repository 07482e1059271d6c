"""Accounts from a sheet: all rows or none, every fault by its row; the link opens once, for some days."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core import clock
from dean06.core.access.models import Grant, Invitation, User
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.sheets import write_csv
from tests.pilots.guidance.world import World
from tests.web.account.test_users import admin, world

__all__ = ["admin", "world"]
HEAD = ("Tên đăng nhập", "Họ và tên", "Vai trò", "Mã đơn vị", "Mô hình", "Xem dữ liệu cá nhân", "Từ ngày")
GOOD = ("moi.mot", "Lê Văn Mới", "Cán bộ đơn vị", "xa-mot", "", "có", "01/12/2023")
SECRET = "bình minh trên sông Thương"


def send(client: Client, *rows: tuple[str, ...], do: str = "invite") -> Any:
    sheet = SimpleUploadedFile("moi.csv", bytes(write_csv(HEAD, rows)))
    return client.post(reverse("access:invite"), {"sheet": sheet, "do": do})


def links(answer: Any) -> list[str]:
    return re.findall(r"http://testserver(/tai-khoan/moi/[\w-]+)", answer.content.decode())


def test_an_invited_person_sets_his_password_once(world: World, admin: Client) -> None:
    answer = send(admin, GOOD, ("officer", "Tài khoản officer", "unit_officer", "xa-hai", "", "", ""))
    assert answer.status_code == 200, unescape(answer.content.decode())
    (address,) = links(answer)
    assert address not in admin.get(reverse("access:invite")).content.decode()
    with transaction.atomic(), wide("test"):
        grant = Grant.objects.get(user__username="moi.mot")
        assert (grant.unit, grant.personal_data, f"{grant.valid_from}") == (world.commune, True, "2023-12-01")
        assert Grant.objects.filter(user__username="officer").count() == 2
        assert Invitation.objects.get().token_hash not in address
    guest = Client()
    assert guest.post(address, {"password": SECRET, "again": "khác"}).status_code == 422
    assert guest.post(address, {"password": "ngắn", "again": "ngắn"}).status_code == 422
    assert "moi.mot" in guest.get(address).content.decode()
    assert guest.post(address, {"password": SECRET, "again": SECRET}).status_code == 302
    assert User.objects.get(username="moi.mot").check_password(SECRET)
    assert guest.get(address).headers["Location"].startswith("/dang-nhap")
    assert guest.post(address, {"password": SECRET + "!", "again": SECRET + "!"}).status_code == 302
    assert User.objects.get(username="moi.mot").check_password(SECRET), "it opened nothing"


def test_every_fault_is_told_by_its_row_and_nobody_is_invited(world: World, admin: Client) -> None:
    answer = send(
        admin,
        GOOD,
        ("Sai Tên", *GOOD[1:]),
        ("auditor", "Tài khoản auditor", "Cán bộ đơn vị", "xa-mot", "", "", ""),
        ("moi.hai", "Lê Hai", "Cán bộ đơn vị", "khong-co", "", "", ""),
    )
    text = unescape(answer.content.decode())
    assert answer.status_code == 422
    for row in (3, 4, 5):
        assert re.search(rf"[Dd]òng {row}\b", text), text
    assert "phải là hai người" in text
    assert not User.objects.filter(username__startswith="moi").exists()


def test_only_checking_writes_nothing(world: World, admin: Client) -> None:
    answer = send(admin, GOOD, do="check")
    assert (answer.status_code, "sẽ tạo 1 tài khoản mới" in unescape(answer.content.decode())) == (200, True)
    assert not User.objects.filter(username="moi.mot").exists()
    assert send(world.client("leader"), GOOD).status_code == 403


@pytest.mark.parametrize("old", [True, False])
def test_a_link_ends(world: World, admin: Client, old: bool) -> None:
    (address,) = links(send(admin, GOOD))
    if old:
        Invitation.objects.update(expires_at=clock.machine_now() - timedelta(seconds=1))
    else:
        User.objects.filter(username="moi.mot").update(is_active=False)
    assert Client().get(address).status_code == 302


def noted(action: str) -> list[AuditEntry]:
    with transaction.atomic(), wide("test"):
        return list(AuditEntry.objects.filter(action=action))


def test_a_lost_link_is_issued_anew_and_the_old_one_is_dead_at_once(world: World, admin: Client) -> None:
    (old,) = links(send(admin, GOOD))
    user = User.objects.get(username="moi.mot")
    page, act = reverse("access:user", args=[user.pk]), reverse("access:user_act", args=[user.pk])
    assert "còn hạn đến" in unescape(admin.get(page).content.decode())
    answer = admin.post(act, {"do": "moi-lai"})
    (new,) = links(answer)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert new not in admin.get(page).content.decode(), "shown once"
    assert Client().get(old).headers["Location"].startswith("/dang-nhap")
    assert Client().post(new, {"password": SECRET, "again": SECRET}).status_code == 302
    (row,) = noted("access.invitation_renewed")
    assert (row.actor_name, row.object_id) == ("admin", str(user.pk))
    assert admin.post(act, {"do": "moi-lai"}).status_code == 409, "he has a password now"
    assert "Lời mời" not in unescape(admin.get(page).content.decode())


def test_a_link_that_is_withdrawn_opens_nothing(world: World, admin: Client) -> None:
    (address,) = links(send(admin, GOOD))
    user = User.objects.get(username="moi.mot")
    act = reverse("access:user_act", args=[user.pk])
    assert world.client("leader").post(act, {"do": "rut-moi"}).status_code == 403
    assert admin.post(act, {"do": "rut-moi"}).status_code == 302
    assert Client().get(address).headers["Location"].startswith("/dang-nhap")
    assert len(noted("access.invitation_withdrawn")) == 1
    assert admin.post(act, {"do": "rut-moi"}).status_code == 409, "there is none"
    other = reverse("access:user_act", args=[world.users["desk"].pk])
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert admin.post(act, {"do": "moi-lai"}).status_code == 403, "the account is closed"
    with transaction.atomic(), wide("test"):
        world.users["desk"].set_password(SECRET)
        world.users["desk"].save()
    assert admin.post(other, {"do": "moi-lai"}).status_code == 409, "no way round a password"
