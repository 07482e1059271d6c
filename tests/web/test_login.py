"""The sign-in page tells everybody the next step, and nobody a password."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from dean06.core.access.models import User
from dean06.core.access.scope import wide
from dean06.core.clock.models import ClockShift
from dean06.core.units.models import Kind
from dean06.web import demo
from tests.core.units.trees import unit

pytestmark = pytest.mark.django_db


def _page(client: Client | None = None) -> str:
    return (client or Client()).get("/dang-nhap").content.decode()


def test_without_any_account_it_says_how_the_first_is_made() -> None:
    assert "dean06 user create" in _page()


def test_with_accounts_it_names_nobody() -> None:
    User.objects.create_user(username="an.thu", full_name="Nguyễn Thị An (mô phỏng)", password=None)
    page = _page()
    assert "dean06 user create" not in page
    assert "an.thu" not in page
    assert "quản trị hệ thống của tỉnh" in page


def test_in_a_demo_it_lists_the_accounts_by_role_and_where_the_password_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with wide("test"):
        ClockShift.objects.create(id=1, seconds=-86_400)
        province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
    login = demo.Login("lanhdao", "demo-secret", "Lãnh đạo tỉnh", province.name)
    monkeypatch.setattr(demo, "logins", lambda: [login])
    page = _page()
    for word in ("lanhdao", "Lãnh đạo tỉnh", "Tỉnh Thử", "make run"):
        assert word in page
    assert "demo-secret" not in page
    english = Client()
    english.cookies["django_language"] = "en"
    with translation.override("vi"):  # a page leaves its language behind in the thread
        assert "Tài khoản mô phỏng" not in _page(english)
