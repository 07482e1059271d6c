"""Lists: search, filter, order, pages, files, and nothing from outside the reader's scope."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site

IN_SCOPE = (
    "select distinct u.name from units_unit u join units_closure c on c.descendant_id = u.id"
    " join access_grant g on g.unit_id = c.ancestor_id join access_user a on a.id = g.user_id"
    " where a.username = %s"
)


def _count(page: Page) -> int:
    return int(page.locator(".list-count").inner_text().split(" trong ")[-1].split()[0].replace(".", ""))


def test_a_list_is_searched_filtered_sorted_and_paged(as_role: Open) -> None:
    page = as_role("lanhdao")
    page.goto("/p0/")
    whole = _count(page)
    assert whole > 50
    page.evaluate("window.stayed = true")
    page.fill("#list-points-q", "hiep hoa")
    expect(page.locator(".list-count")).not_to_contain_text(f"trong {whole} ")
    expect(page.locator(".list-table tbody tr").first).to_contain_text("Hiệp Hòa")
    assert 0 < _count(page) < whole
    page.get_by_label("Loại", exact=True).select_option(label="Bộ phận một cửa")
    expect(page.locator(".list-table tbody")).not_to_contain_text("Công an")
    page.get_by_role("link", name="Bỏ tìm và lọc").click()
    expect(page.locator(".list-count")).to_contain_text(f"trong {whole}")
    page.click("#list-points-by-name")
    expect(page.locator("th:has(#list-points-by-name)")).to_have_attribute("aria-sort", "descending")
    first = page.locator(".list-table tbody tr").first.inner_text()
    page.click("#list-points-next")
    expect(page.locator(".list-count")).to_contain_text("26–50")
    assert page.locator(".list-table tbody tr").first.inner_text() != first
    page.go_back()
    expect(page.locator(".list-count")).to_contain_text("1–25")


def test_what_is_not_there_is_said_with_a_way_back(as_role: Open) -> None:
    page = as_role("lanhdao")
    page.goto("/p0/danh-sach/vat-pham?q=zzzz")
    expect(page.locator(".empty-state")).to_contain_text("Không tìm thấy dòng nào khớp")
    page.locator(".empty-state").get_by_role("link").click()
    expect(page.locator(".list-table tbody tr")).to_have_count(25)


def test_a_file_holds_the_rows_of_the_scope_and_no_others(as_role: Open, site: Site, tmp_path: Path) -> None:
    page = as_role("thutruong")
    known = {str(row[0]) for row in site.filled.rows(IN_SCOPE, "thutruong")}
    for path, heading in (("/p0/danh-sach/niem-yet", "Đơn vị"), ("/p0/", "Điểm")):
        page.goto(path)
        shown = _count(page)
        with page.expect_download() as waiting:
            page.get_by_role("link", name="XLSX").click()
        saved = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(saved)
        head, *rows = openpyxl.load_workbook(saved, read_only=True).worksheets[0].iter_rows(values_only=True)
        names = {str(row[head.index(heading)]) for row in rows}
        assert len(rows) == shown
        assert names <= known
        assert names


def test_a_file_holds_what_was_searched(as_role: Open) -> None:
    page = as_role("lanhdao")
    page.goto("/p0/danh-sach/vat-pham?q=hiep+hoa")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert all("Hiệp Hòa" in row["Đơn vị"] or "Hiệp Hòa" in "".join(row.values()) for row in rows)
