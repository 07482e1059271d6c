"""Pages that say what went wrong: in the reader's own frame, with a way on that he may take."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from dean06.core.access.adapters import problem
from dean06.core.access.citizens import TooLow, citizen_for
from dean06.core.access.models import User
from dean06.core.access.policy import Action, require
from dean06.core.errors import Denied
from dean06.gateways.vneid.protocol import read_answer
from tests.core.access.test_sign_in_citizens import direct
from tests.pilots.guidance.world import World
from tests.web.account.test_acting import start
from tests.web.account.test_users import world

__all__ = ["world"]
ABSENT = "/khong-co-trang-nay"


def read(answer: Any, status: int) -> str:
    assert answer.status_code == status
    return unescape(answer.content.decode())


def citizen(level: int = 2) -> Client:
    user = User.objects.create(
        username="cd-thu", full_name="Công dân", subject_key=b"k" * 32, citizen_level=level
    )
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("address", [ABSENT, "/muc-tieu/khong-co", "/nhat-ky/"])
def test_a_problem_stands_in_the_readers_frame(world: World, address: str) -> None:
    answer = world.client("officer").get(address)
    page = read(answer, 403 if address == "/nhat-ky/" else 404)
    assert "Tài khoản officer" in page
    assert 'class="mainnav"' in page
    assert 'href="/don-vi/"' in page
    assert f'href="{reverse("web:plan")}"' in page
    assert "Về trang tổng quan" in page


def test_a_refusal_names_the_right_and_the_unit(world: World) -> None:
    page = read(world.client("officer").get("/nhat-ky/"), 403)
    assert "Tài khoản của anh/chị không có quyền “xem nhật ký”." in page
    with pytest.raises(Denied, match="không có quyền “ghi nhận” tại Xã Hai"), transaction.atomic():
        require(world.actor("officer"), Action.RECORD, unit_id=world.other.pk)


def test_the_short_address_leads_to_ones_account(world: World) -> None:
    assert world.client("officer").get("/tai-khoan").headers["Location"] == reverse("mfa_index")


def test_a_visitor_is_led_to_the_sign_in(db: None) -> None:
    page = read(Client().get(ABSENT), 404)
    assert 'class="mainnav"' not in page
    assert "Về trang đăng nhập" in page
    assert "Về trang tổng quan" not in page


def test_a_form_without_a_token_keeps_the_frame(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["officer"])
    page = read(client.post(reverse("access:choose"), {"grant": "0"}), 403)
    assert "Trang này đã cũ" in page
    assert "Tài khoản officer" in page


def test_a_wrong_address_while_seeing_as_another_says_so_and_is_posted_to_without_harm(world: World) -> None:
    client = world.client("auditor")
    assert start(client, "officer") == 302
    for answer in (client.get(ABSENT), client.post(ABSENT)):
        assert "Đang xem như Tài khoản officer" in read(answer, 404)


def test_a_person_without_a_grant_is_offered_to_sign_out_only(world: World) -> None:
    page = read(world.client("stranger").get(reverse("web:plan")), 403)
    assert "Tài khoản chưa được cấp quyền" in page
    assert "Không quyền" in page
    assert "Về trang tổng quan" not in page


def test_the_first_page_leads_a_citizen_to_his_own(world: World) -> None:
    client = citizen()
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("usage:mine"))
    assert "Ai đã xem dữ liệu của tôi" in read(client.get(answer["Location"]), 200)
    assert world.client("officer").get("/").status_code == 404, (
        "an officer is not led away: no plan is loaded here"
    )


@pytest.mark.parametrize(("address", "status"), [(ABSENT, 404), ("/p0/", 403)])
def test_every_problem_leads_a_citizen_to_his_own_page(world: World, address: str, status: int) -> None:
    page = read(citizen().get(address), status)
    assert f'<a class="btn btn-primary" href="{reverse("usage:mine")}"' in page
    assert f'<a class="brand" href="{reverse("usage:mine")}"' in page
    assert 'class="mainnav"' not in page
    assert 'href="/"' not in page


def test_too_low_a_level_is_named_with_a_way_on(world: World) -> None:
    page = read(citizen(level=1).get(reverse("usage:mine")), 403)
    assert "<h1>Cần tài khoản định danh mức độ 2</h1>" in page
    assert "Không có quyền" not in page
    assert "Về trang của tôi" not in page, "that page would refuse again"
    assert f'action="{reverse("web:logout")}"' in page


def test_at_vneid_too_low_a_level_leads_back_to_the_sign_in(db: None) -> None:
    request = RequestFactory().get("/dang-nhap/vneid/ve")
    request.user = AnonymousUser()
    with pytest.raises(TooLow) as caught:
        citizen_for(read_answer(direct(acr="1")))
    page = read(problem(request, caught.value), 403)
    assert "<h1>Cần tài khoản định danh mức độ 2</h1>" in page
    assert "ở mức 1" in page
    assert "Về trang đăng nhập" in page
    assert "Về trang tổng quan" not in page
