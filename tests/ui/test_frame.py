"""The frame around pages: sign-in, error pages, navigation."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from dean06.core.errors import Conflict, Invalid, Reason
from dean06.web import nav

pytestmark = pytest.mark.django_db


def test_the_sign_in_page_names_what_is_wrong() -> None:
    page = Client().get("/dang-nhap").content.decode()
    assert 'lang="vi"' in page
    assert 'autocomplete="current-password"' in page
    refused = Client().post("/dang-nhap", {"username": "ai-do", "password": "sai"}).content.decode()
    assert "Chưa đăng nhập được:" in refused
    assert 'role="alert"' in refused


def test_a_wrong_address_leads_home() -> None:
    answer = Client().get("/khong-co", follow=True)
    text = answer.content.decode()
    assert answer.status_code in {200, 404}
    assert "Không có trang này" in text or "Đăng nhập" in text


def test_an_error_page_lists_each_reason_escaped() -> None:
    error = Invalid([Reason("phải là ngày", field="Ngày treo", row=7), Reason("<b>")])
    html = render_to_string("errors/problem.html", {"error": error, "status": 422}, RequestFactory().get("/"))
    assert "dòng 7, cột “Ngày treo”: phải là ngày" in html
    assert "&lt;b&gt;" in html
    conflict = render_to_string(
        "errors/problem.html", {"error": Conflict("Người khác vừa sửa."), "status": 409}
    )
    assert "Người khác vừa sửa." in conflict
    assert "Dữ liệu đã thay đổi" in conflict


def test_the_page_of_a_failing_server_needs_nothing() -> None:
    html = render_to_string("500.html")
    assert "không có gì được lưu dở" in html
    assert not re.search(r"(src|href)=\"/static", html)


@pytest.mark.urls("tests.ui.kit_urls")
def test_the_nearest_entry_above_the_address_is_current() -> None:
    def current(path: str) -> list[str]:
        return [link.url for link in nav.links(path) if link.current]

    assert current("/units") == ["/units"]
    assert current("/") == ["/"]
    assert current("/kit") == []
    assert len(nav.links("/")) == 4  # the room of P0 is not installed here
