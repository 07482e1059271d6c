"""Records in the hands of people: two at once, hostile photos, another district, sheets."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Open, Site
from tests.browser.photos import bomb, poster, svg_with_script
from tests.browser.places import desk, posting
from tests.browser.watch import Watch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAR = (
    "select min(p.id) from guidance_posting p where not exists (select from units_closure c"
    " join access_grant g on g.unit_id = c.ancestor_id join access_user a on a.id = g.user_id"
    " where a.username = 'thutruong' and c.descendant_id = p.unit_id)"
)


def test_another_district_is_not_there(as_role: Open, site: Site, watch: Watch) -> None:
    watch.expect(404)
    page = as_role("thutruong")
    answer = page.goto(f"/p0/ban-ghi/niem-yet/{site.filled.value(FAR)}")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Không tìm thấy")
    expect(page.locator("main")).to_contain_text("ngoài phạm vi của anh/chị")
    assert page.locator("main").inner_text().count("Bộ phận một cửa") == 0


def test_the_second_of_two_corrections_is_refused_and_keeps_its_text(
    as_role: Open, site: Site, watch: Watch
) -> None:
    watch.expect(409)
    first, second = as_role("canbo"), as_role("motcua")
    address = f"/p0/ban-ghi/niem-yet/{posting(site)}"
    for tab in (first, second):
        tab.goto(f"{address}/sua")
    first.locator("[name=posted_on]").fill("2023-11-20")
    first.get_by_role("button", name="Lưu").click()
    expect(first.locator(".flash-success")).to_contain_text("Đã sửa")
    second.locator("[name=posted_on]").fill("2023-11-22")
    second.get_by_role("button", name="Lưu").click()
    expect(second.get_by_role("alert")).to_contain_text("vừa được người khác sửa")
    expect(second.locator("[name=posted_on]")).to_have_value("2023-11-22")
    expect(second.locator("main")).to_contain_text("vẫn còn dưới đây, chưa được lưu")
    first.goto(address)
    expect(first.locator("main")).to_contain_text("20/11/2023")
    expect(first.locator("main")).not_to_contain_text("22/11/2023")


@pytest.mark.parametrize(
    ("photo", "reason"), [(svg_with_script(), "SVG"), (bomb(), "triệu điểm ảnh")], ids=["svg", "bomb"]
)
def test_a_hostile_photo_is_refused_beside_its_field(
    as_role: Open, site: Site, watch: Watch, photo: FilePayload, reason: str
) -> None:
    watch.expect(422)
    page = _new_poster(as_role, site)
    page.set_input_files("input[type=file]", photo)
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("[data-upload-field] .field-error")).to_contain_text(reason)
    expect(page.get_by_label(re.compile("^Nội dung")).first).to_have_value("Áp phích thử")
    page.set_input_files("input[type=file]", poster())
    expect(page.locator("[data-upload-field] .field-error")).to_be_hidden()
    kept = site.filled.value("select count(*) from guidance_material where title = 'Áp phích thử'")
    assert kept == "0"


def test_a_picture_the_browser_knows_to_be_wrong_is_not_sent(as_role: Open, site: Site) -> None:
    page = _new_poster(as_role, site)
    page.set_input_files(
        "input[type=file]", {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
    )
    expect(page.locator("[data-upload-error]")).to_contain_text("không thuộc loại được nhận")
    assert page.evaluate("document.querySelector('input[type=file]').files.length") == 0


def test_a_form_with_a_fault_names_the_field(as_role: Open, site: Site, watch: Watch) -> None:
    watch.expect(422)
    page = _new_poster(as_role, site)
    page.get_by_label(re.compile("^Nội dung")).first.fill("")
    page.evaluate("document.querySelector('[name=hung_on]').removeAttribute('max')")
    page.locator("[name=hung_on]").fill("2099-01-01")
    page.get_by_role("button", name="Lưu").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def _new_poster(as_role: Open, site: Site) -> Page:
    page = as_role("motcua")
    page.goto(f"/p0/diem/{desk(site)}/ghi/vat-pham")
    page.get_by_label("Loại", exact=True).select_option(label="Áp phích")
    page.get_by_label(re.compile("^Nội dung")).first.fill("Áp phích thử")
    return page


def test_a_sheet_with_faults_is_refused_row_by_row_and_a_good_one_is_taken(
    as_role: Open, site: Site, watch: Watch, tmp_path: Path
) -> None:
    watch.expect(422)
    page = as_role("canbo")
    page.goto("/p0/nhap/vat-pham")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải tệp mẫu").click()
    saved = tmp_path / "mau.xlsx"
    waiting.value.save_as(saved)
    key = site.filled.value("select key from units_unit where id = %s", desk(site))
    before = site.filled.value("select count(*) from guidance_material")

    _send(
        page,
        _sheet(saved, [["khong-co", "Áp phích", "A", "05/09/2023"], [key, "Bảng đen", "B", "32/13/2023"]]),
    )
    expect(page.get_by_role("alert")).to_contain_text("Chưa nhập dòng nào")
    table = page.locator("main table", has=page.get_by_role("columnheader", name="Lý do"))
    expect(table).to_contain_text("Bảng đen")
    expect(table.locator("tbody tr").first.locator("td").first).to_have_text(re.compile(r"^\d+$"))
    _send(page, _sheet(saved, [["cung-khong", "Áp phích", "A", "05/09/2023"]]))
    expect(table).to_contain_text("cung-khong")
    assert site.filled.value("select count(*) from guidance_material") == before

    good = _sheet(saved, [[key, "Băng rôn", f"Băng rôn {n}", "05/09/2023"] for n in (1, 2)])
    _send(page, good, button="Chỉ kiểm tra")
    expect(page.locator(".flash-success")).to_contain_text("Tệp hợp lệ: 2 dòng")
    assert site.filled.value("select count(*) from guidance_material") == before
    _send(page, good)
    expect(page.locator(".flash-success")).to_contain_text("Đã nhập 2 dòng")
    expect(page.locator(".list-table")).to_contain_text("Băng rôn 2")


def _sheet(template: Path, rows: list[list[str]]) -> bytes:
    """The template filled in: unit, kind, title, day."""
    book = openpyxl.load_workbook(template)
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if any("Mã đơn vị" in str(cell.value) for cell in row))
    for number, values in enumerate(rows, start=int(head[0].row or 0) + 1):
        for column, value in enumerate(values, start=1):
            page.cell(row=number, column=column, value=value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _send(page: Page, content: bytes, *, button: str = "Nhập") -> None:
    page.set_input_files("input[type=file]", {"name": "so.xlsx", "mimeType": XLSX, "buffer": content})
    page.locator("main form").get_by_role("button", name=button, exact=True).click()
