"""Authenticator app, passkey and VNeID in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.layout import sticking_out
from tests.browser.test_accessibility import _violations
from tests.browser.watch import Watch

SECRET = "mot-cau-dai-de-nho"
SECURITY = "/tai-khoan/bao-mat"


def account(site: Site, name: str) -> None:
    """An account of this test's own, without a role."""
    site.filled.rows(
        "insert into access_user (username, full_name, password, is_active, created_at)"
        " values (%s, 'Khóa (mô phỏng)', %s, true, now())",
        name,
        make_password(SECRET),
    )


def enter(page: Page, name: str, start: str = SECURITY) -> None:
    """Name and password."""
    page.goto(f"/dang-nhap?next={start}")
    page.fill("[name=username]", name)
    page.fill("[name=password]", SECRET)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def leave(page: Page) -> None:
    """Sign out from any page."""
    page.click("summary.tool-user")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap")


def code(secret: str) -> str:
    """What the app on a telephone shows, with at least three seconds left to type it."""
    while time.time() % 30 > 27:
        time.sleep(0.2)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def next_code(secret: str, used: str) -> str:
    """The first code that is not the used one: a person waits for it too."""
    while (found := code(secret)) == used:
        time.sleep(0.2)
    return found


def good(page: Page) -> None:
    """Accessible, in both widths."""
    assert _violations(page) == []
    page.set_viewport_size({"width": 360, "height": 780})
    assert sticking_out(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_app_is_set_up_asked_for_and_its_codes_work_once(page: Page, site: Site) -> None:
    account(site, "ungdung")
    enter(page, "ungdung")
    page.get_by_role("link", name="Bật ứng dụng tạo mã").click()
    good(page)
    secret = page.locator("#authenticator_secret").inner_text()
    used = code(secret)
    page.fill("[name=code]", used)
    page.get_by_role("button", name="Bật", exact=True).click()
    expect(page.locator("#recovery_codes li")).to_have_count(10)
    expect(page.locator(".flash-success").first).to_contain_text("Đã bật ứng dụng tạo mã")
    good(page)
    spare = page.locator("#recovery_codes code").first.inner_text()
    page.goto(SECURITY)
    expect(page.locator("main")).to_contain_text("Còn 10 mã chưa dùng")
    leave(page)

    enter(page, "ungdung")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xác thực hai lớp")
    good(page)
    page.fill("[name=code]", used)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Mã không đúng, đã dùng hoặc đã hết hạn")
    page.fill("[name=code]", next_code(secret, used))
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bảo mật tài khoản")
    leave(page)

    enter(page, "ungdung")
    page.fill("[name=code]", spare)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator("main")).to_contain_text("Còn 9 mã chưa dùng")


@pytest.fixture
def named(new_context: Callable[..., BrowserContext], site: Site) -> Page:
    """A page at an address with a name, where browsers allow passkeys, with a telephone's key at hand."""
    page = new_context(base_url=site.address.replace("127.0.0.1", "localhost")).new_page()
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_passkey_opens_without_a_password_and_one_is_removed(named: Page, site: Site) -> None:
    account(site, "khoatruycap")
    enter(named, "khoatruycap")
    named.get_by_role("link", name="Thêm khóa").click()
    good(named)
    named.fill("[name=name]", "Điện thoại của tôi")
    named.get_by_label("Đăng nhập không cần mật khẩu").check()
    named.get_by_role("button", name="Thêm khóa").click()
    expect(named.locator("#recovery_codes li")).to_have_count(10)
    named.goto("/tai-khoan/khoa")
    expect(named.locator("tbody")).to_contain_text("Điện thoại của tôi")
    good(named)
    leave(named)

    named.goto(f"/dang-nhap?next={SECURITY}")
    named.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(named.get_by_role("heading", level=1)).to_have_text("Bảo mật tài khoản")
    expect(named.locator("main")).to_contain_text("Có 1 khóa")
    named.goto("/tai-khoan/khoa")
    named.get_by_role("link", name="Xóa").click()
    good(named)
    named.get_by_role("button", name="Xóa khóa").click()
    expect(named.locator("main")).to_contain_text("Chưa có khóa nào")


def test_a_passkey_is_a_second_factor_too(named: Page, site: Site) -> None:
    account(site, "khoathuhai")
    enter(named, "khoathuhai")
    named.get_by_role("link", name="Thêm khóa").click()
    named.get_by_role("button", name="Thêm khóa").click()
    expect(named.locator("#recovery_codes li")).to_have_count(10)
    named.goto(SECURITY)
    leave(named)
    enter(named, "khoathuhai")
    named.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(named.get_by_role("heading", level=1)).to_have_text("Bảo mật tài khoản")


def test_a_browser_without_the_key_says_so_in_words(
    new_context: Callable[..., BrowserContext], site: Site
) -> None:
    page = new_context(base_url=site.address.replace("127.0.0.1", "localhost")).new_page()
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    page.goto("/dang-nhap")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    page.evaluate("document.dispatchEvent(new CustomEvent('allauth.error', {cancelable: true}))")
    expect(page.locator("#passkey-refused")).to_be_visible()


def to_vneid(page: Page) -> None:
    """Press the button on the sign-in page."""
    page.goto("/dang-nhap")
    page.get_by_role("button", name="Đăng nhập bằng VNeID (mô phỏng)").click()
    page.wait_for_selector("text=Đăng nhập với tư cách")


def test_a_citizen_signs_in_by_vneid(page: Page) -> None:
    page.goto("/dang-nhap")
    expect(page.locator("main")).to_contain_text("VNeID ở đây là mô phỏng")
    to_vneid(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("VNeID (mô phỏng)")
    page.get_by_role("button", name="Nguyễn Thị Mô Phỏng (mức 2)").click()
    expect(page.locator(".flashes")).to_contain_text("Nguyễn Thị Mô Phỏng, sinh ngày 31/01/1990")
    page.goto("/tai-khoan/phien")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".mainnav")).to_have_count(0)


def test_a_citizen_is_kept_out_of_the_pages_of_officers(page: Page, watch: Watch) -> None:
    watch.expect(403)
    to_vneid(page)
    page.get_by_role("button", name="Nguyễn Thị Mô Phỏng (mức 2)").click()
    page.wait_for_url("**/cua-toi/**")
    page.goto("/p0/")
    expect(page.locator("main")).to_contain_text("dành cho cán bộ")


def test_a_citizen_of_level_one_is_told_what_to_do(page: Page, watch: Watch) -> None:
    watch.expect(403)
    to_vneid(page)
    page.get_by_role("button", name="Trần Văn Thử Nghiệm (mức 1)").click()
    expect(page.locator("main")).to_contain_text("cần mức 2")
    page.goto("/tai-khoan/phien")
    expect(page.locator("[name=password]")).to_be_visible()


def test_turning_back_at_vneid_is_a_plain_sentence_with_a_way_back(page: Page) -> None:
    to_vneid(page)
    page.get_by_role("button", name="Từ chối").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa đăng nhập được bằng VNeID")
    expect(page.locator("main")).to_contain_text("Anh/chị đã dừng ở VNeID. Chưa có gì được ghi lại.")
    good(page)
    page.get_by_role("link", name="Về trang đăng nhập").click()
    expect(page.locator("[name=password]")).to_be_visible()


def test_an_answer_that_nobody_asked_for_opens_nothing(page: Page, watch: Watch) -> None:
    watch.expect(401)
    page.goto("/dang-nhap/vneid/ve?code=planted&state=planted")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa đăng nhập được bằng VNeID")
