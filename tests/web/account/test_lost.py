"""What was lost is repaired on the account's page, on paper; who is locked out is seen and let in."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core import clock
from dean06.core.access import gate
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from tests.pilots.guidance.world import World
from tests.web.account.test_invite import SECRET, links
from tests.web.account.test_users import admin, read, world

__all__ = ["admin", "world"]
PAPER = "15/CV-UBND ngày 08/12/2023"


def noted(action: str) -> AuditEntry:
    with transaction.atomic(), wide("test"):
        return AuditEntry.objects.get(action=action)


def test_a_lost_password_is_replaced_by_a_link_on_paper(world: World, admin: Client) -> None:
    user, visitor = world.users["desk"], world.client("desk")
    user.set_password("một câu cũ rất dài")
    user.save()
    visitor = world.client("desk")
    page, act = reverse("access:user", args=[user.pk]), reverse("access:user_act", args=[user.pk])
    assert "Cấp lại liên kết đặt mật khẩu" in read(admin, page)
    assert admin.post(act, {"do": "lai-mat-khau", "document": " "}).status_code == 422
    user.refresh_from_db()
    assert user.has_usable_password(), "nothing without a paper"
    ask = {"do": "lai-mat-khau", "document": PAPER}
    assert world.client("leader").post(act, ask).status_code == 403
    (link,) = links(admin.post(act, ask))
    user.refresh_from_db()
    assert not user.has_usable_password(), "the old one is dead at once"
    assert visitor.get(reverse("guidance:index")).status_code == 302, "and so are his sessions"
    row = noted("access.password_reset")
    assert (row.object_id, row.detail["document"]) == (str(user.pk), PAPER)
    assert "Chưa đặt mật khẩu" in read(admin, page)
    assert "Tài khoản desk" in read(admin, reverse("access:users") + "?tt=moi")
    assert admin.post(act, ask).status_code == 409, "he is invited already"
    assert Client().post(link, {"password": SECRET, "again": SECRET}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(SECRET)
    own = reverse("access:user_act", args=[world.users["admin"].pk])
    assert admin.post(own, ask).status_code == 409, "not one's own"


def test_lost_factors_are_taken_away_on_paper(world: World, admin: Client) -> None:
    user = world.users["desk"]
    Authenticator.objects.filter(user=user).delete()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    page, act = reverse("access:user", args=[user.pk]), reverse("access:user_act", args=[user.pk])
    assert "Gỡ xác thực hai lớp" in read(admin, page)
    assert admin.post(act, {"do": "go-hai-lop"}).status_code == 422
    assert Authenticator.objects.filter(user=user).count() == 1
    assert admin.post(act, {"do": "go-hai-lop", "document": PAPER}).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert noted("factors_reset").detail["document"] == PAPER
    assert "go-hai-lop" not in read(admin, page), "nothing left to take away"


def test_who_is_locked_out_is_seen_found_and_let_in(world: World, admin: Client) -> None:
    user = world.users["desk"]
    user.set_password(SECRET)
    user.save()
    page, everybody = reverse("access:user", args=[user.pk]), reverse("access:users")
    assert "bo-khoa-tam" not in read(admin, page)
    key, until = gate.account_key(user.pk), clock.machine_now() + timedelta(minutes=10)
    gate.take(key)
    gate.lock(key, until)
    said = f"Khóa tạm đến {until.astimezone(clock.VIETNAM):%H:%M}"
    assert said in read(admin, page)
    found = read(admin, f"{everybody}?tt=tam")
    assert (said in found, "Tài khoản desk" in found, "Tài khoản head" in found) == (True, True, False)
    act = reverse("access:user_act", args=[user.pk])
    assert admin.post(act, {"do": "bo-khoa-tam"}).status_code == 302
    assert "Tài khoản desk" not in read(admin, f"{everybody}?tt=tam")
    assert "bo-khoa-tam" not in read(admin, page)
