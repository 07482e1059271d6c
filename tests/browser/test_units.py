"""The pages of the tree of units in a real browser: usable, accessible, also on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.watch import Watch

NewContext = Callable[..., BrowserContext]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def _id(site: Site, key: str) -> str:
    return site.filled.value("select id from units_unit where key = %s", key)


def _administrator(site: Site, context: BrowserContext) -> Page:
    """A page of the system administrator, signed in through the form."""
    page = context.new_page()
    page.goto("/dang-nhap?next=/don-vi/")
    page.fill("[name=username]", "quantri")
    page.fill("[name=password]", site.filled.password)
    page.click("main form button")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đơn vị")
    return page


def _accessible(page: Page) -> None:
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_of_units_are_accessible_and_fit(new_context: NewContext, site: Site, width: int) -> None:
    page = _administrator(site, new_context(viewport={"width": width, "height": 800}))
    unit = _id(site, "huyen-219")
    for address in (
        "/don-vi/",
        "/don-vi/?tim=so+tttt&ngay=2025-07-01",
        "/don-vi/?xem=cay",
        f"/don-vi/{unit}",
        f"/don-vi/{unit}?ngay=2025-07-01",
        f"/don-vi/{unit}/sua",
        "/don-vi/nhap",
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{address} is {wide} px too wide"
        _accessible(page)


def test_from_an_abbreviation_to_a_commune_and_back(new_context: NewContext, site: Site) -> None:
    page = _administrator(site, new_context())
    page.goto("/don-vi/")
    page.get_by_placeholder("Tên, tên gọi khác hoặc mã").fill("ubnd huyen luc ngan")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Huyện Lục Ngạn").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Huyện Lục Ngạn")
    page.get_by_role("link", name="Xã Quý Sơn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Quý Sơn")
    page.get_by_label("Vị trí trang").get_by_role("link", name="Huyện Lục Ngạn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Huyện Lục Ngạn")


def test_a_file_with_a_fault_is_refused_by_row(new_context: NewContext, site: Site, watch: Watch) -> None:
    watch.expect(422)
    page = _administrator(site, new_context())
    page.goto("/don-vi/nhap")
    text = 'Mã định danh,Loại đơn vị,Tên đơn vị,Trực thuộc\nxa-thu,"Xã, phường, thị trấn",Xã Thử,khong-co\n'
    page.set_input_files(
        "input[type=file]", {"name": "x.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Chỉ kiểm tra").click()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Trực thuộc")
    expect(row).to_contain_text("không có đơn vị nào mang mã “khong-co”")
