"""An old browser with scripts off still does the work."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Site, sign_in
from tests.browser.places import desk


def test_the_work_is_done_without_scripts(new_context: Callable[..., BrowserContext], site: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, "motcua", site.filled.password, start="/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tổng quan kế hoạch")
    expect(page.locator(".js-only").first).to_be_hidden()

    page.goto("/muc-tieu/P0-T1")
    expect(page.locator("#figure .figure-parts").first).to_have_text(re.compile(r"^\d+/\d+$"))
    expect(page.locator("figure.chart table")).to_be_visible()
    page.locator("#place-period").select_option("2023-10")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page).to_have_url(re.compile("period=2023-10"))

    page.goto("/tim-kiem")
    page.fill("#list-hits-q", "bac ly")
    page.locator("main").get_by_role("button", name="Tìm").click()
    expect(page.locator("#list-hits-results")).to_contain_text("Bắc Lý")

    page.goto("/p0/")
    page.fill("#list-points-q", "thi tran bac ly")
    page.locator(".list-form").get_by_role("button", name="Tìm").click()
    expect(page.locator(".list-table tbody")).to_contain_text("Bộ phận một cửa thị trấn Bắc Lý")

    page.goto(f"/p0/diem/{desk(site)}/ghi/thiet-bi")
    page.locator("[name=item]").select_option(index=1)
    page.get_by_label(re.compile("^Số lượng")).fill("2")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".flash-success")).to_contain_text("Đã ghi")
    page.locator("summary.tool-user").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("[name=password]")).to_be_visible()
