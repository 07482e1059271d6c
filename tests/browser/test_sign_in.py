"""Who may come in, and what a person without a role is told."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site, sign_in
from tests.browser.watch import Watch


def test_an_unknown_visitor_is_sent_to_the_sign_in_page(page: Page) -> None:
    page.goto("/p0/")
    expect(page).to_have_url("/dang-nhap?next=/p0/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
    expect(page.locator(".mainnav")).to_have_count(0)


def test_a_wrong_password_is_told_and_the_name_is_kept(page: Page) -> None:
    page.goto("/dang-nhap")
    page.fill("[name=username]", "motcua")
    page.fill("[name=password]", "not this one")
    page.click("main form button")
    expect(page.get_by_role("alert")).to_contain_text("Chưa đăng nhập được")
    expect(page.get_by_role("alert")).to_contain_text("mật khẩu")
    expect(page.locator("[name=username]")).to_have_value("motcua")
    expect(page.locator("[name=password]")).to_have_value("")
    page.goto("/p0/")
    expect(page).to_have_url("/dang-nhap?next=/p0/")


def test_signing_out_ends_the_session_and_hides_what_was_seen(page: Page, site: Site) -> None:
    sign_in(page, "motcua", site.filled.password)
    page.click("summary.tool-user")
    expect(page.locator(".menu-who")).to_contain_text("Cán bộ bộ phận một cửa")
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page).to_have_url("/dang-nhap")
    page.go_back()
    expect(page.locator("input[name=password]")).to_be_visible()
    page.goto("/p0/")
    expect(page).to_have_url("/dang-nhap?next=/p0/")


def test_the_address_after_sign_in_never_leaves_this_site(page: Page, site: Site) -> None:
    page.goto("/dang-nhap?next=https://example.org/")
    page.fill("[name=username]", "motcua")
    page.fill("[name=password]", site.filled.password)
    page.click("main form button")
    expect(page.locator(".mainnav")).to_be_visible()
    assert page.url.startswith(site.address)


def test_an_account_without_a_role_is_told_whom_to_ask(page: Page, site: Site, watch: Watch) -> None:
    watch.expect(403)
    site.filled.rows(
        "insert into access_user (username, full_name, password, is_active, created_at)"
        " values ('chuaquyen', 'Chưa quyền (mô phỏng)', %s, true, now()) on conflict do nothing",
        make_password("a long enough word"),
    )
    page.goto("/dang-nhap?next=/p0/")
    page.fill("[name=username]", "chuaquyen")
    page.fill("[name=password]", "a long enough word")
    page.click("main form button")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tài khoản chưa được cấp quyền")
    expect(page.locator("main")).to_contain_text("Hãy liên hệ quản trị hệ thống của tỉnh")
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page).to_have_url("/dang-nhap")


def test_the_language_is_switched_before_and_after_sign_in(as_role: Open, page: Page) -> None:
    page.goto("/dang-nhap")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert page.get_attribute("html", "lang") == "en"
    page.get_by_role("button", name="Chuyển sang tiếng Việt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")

    inside = as_role("motcua")
    inside.goto("/p0/?q=bac")
    inside.get_by_role("button", name="Switch to English").click()
    expect(inside.locator("html")).to_have_attribute("lang", "en")
    expect(inside).to_have_url("/p0/?q=bac")
    expect(inside.locator("#list-points-q")).to_have_value("bac")
    inside.get_by_role("button", name="Chuyển sang tiếng Việt").click()
    expect(inside.locator("html")).to_have_attribute("lang", "vi")
