"""What every page shares: search by a key, theme, paper, a phone's navigation."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.layout import sticking_out


def test_a_key_leads_to_the_search_which_needs_no_marks(as_role: Open) -> None:
    page = as_role("lanhdao")
    page.goto("/")
    page.keyboard.press("/")
    expect(page.locator("#top-q")).to_be_focused()
    page.keyboard.type("mot cua thi tran bac ly")
    page.keyboard.press("Enter")
    expect(page.locator("#list-hits-results")).to_contain_text("Bộ phận một cửa thị trấn Bắc Lý")
    expect(page.locator("#list-hits-q")).to_have_value("mot cua thi tran bac ly")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("P0-T1", "P0-T1"),
        ("so thong tin va truyen thong", "Sở Thông tin và Truyền thông"),
        ("bac ly", "Thị trấn Bắc Lý"),
        ("ubnd huyen luc ngan", "Huyện Lục Ngạn"),
    ],
)
def test_search_finds_by_code_by_folded_text_and_by_old_names(as_role: Open, asked: str, found: str) -> None:
    page = as_role("lanhdao")
    page.goto("/tim-kiem")
    page.fill("#list-hits-q", asked)
    expect(page.locator("#list-hits-results")).to_contain_text(found)
    page.locator("#list-hits a", has_text=found).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(found)


def test_the_theme_is_kept_and_never_flashes(as_role: Open) -> None:
    page = as_role("lanhdao", color_scheme="light")
    page.goto("/")
    page.click("details.menu >> nth=0")
    page.click("[data-theme-choice=dark]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.add_init_script(
        "new MutationObserver((_, o) => { if (document.body) {"
        " window.firstTheme = document.documentElement.dataset.bsTheme; o.disconnect() } })"
        ".observe(document, {childList: true, subtree: true})"
    )
    page.goto("/p0/")
    assert page.evaluate("window.firstTheme") == "dark"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("details.menu >> nth=0")
    page.click("[data-theme-choice=auto]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


@pytest.mark.parametrize("path", ["/", "/muc-tieu/P0-T1", "/p0/danh-sach/vat-pham"])
def test_paper_shows_the_matter_and_the_notice_only(as_role: Open, path: str) -> None:
    page = as_role("lanhdao", viewport={"width": 690, "height": 980})
    page.emulate_media(media="print")
    page.goto(path)
    expect(page.locator(".mainnav")).to_be_hidden()
    expect(page.locator(".topsearch")).to_be_hidden()
    for form in page.locator("form").all():
        expect(form).to_be_hidden()
    expect(page.locator(".ribbon")).to_contain_text("Dữ liệu mô phỏng")
    expect(page.locator("main table.list-table").first).to_be_visible()
    assert sticking_out(page) == []


def test_every_page_says_that_the_province_is_a_demo(as_role: Open) -> None:
    page = as_role("motcua")
    for path in ("/", "/nhiem-vu", "/p0/", "/don-vi/", "/tim-kiem"):
        page.goto(path)
        expect(page.locator(".ribbon")).to_have_text("Dữ liệu mô phỏng – ngày nghiệp vụ giả định 10/12/2023")
