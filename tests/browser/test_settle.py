"""What the plan leaves open, settled in a browser: a reading, a goal, and two at once."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.browser.watch import Watch

DECIDE, TARGET = "/muc-tieu/P0-T2/cach-doc", "/muc-tieu/P0-T2"
ADOPT = "/muc-tieu/M1-T1/chi-tieu"


def _decide(page: Page, reading: str, document: str) -> None:
    page.get_by_label(reading).check()
    page.get_by_label("Cơ quan, chức vụ quyết định").fill("UBND tỉnh")
    page.get_by_label("Văn bản", exact=True).fill(document)
    page.get_by_label("Ngày văn bản").fill("2023-12-08")
    page.get_by_role("button", name="Ghi quyết định").click()
    expect(page.locator("#confirm")).to_contain_text("cả các kỳ đã chốt. Ghi quyết định?")
    page.locator("#confirm").get_by_role("button", name="Ghi quyết định").click()
    expect(page.locator(".flash-success")).to_contain_text("Đã ghi cách đọc được chọn")


def test_a_reading_is_decided_and_decided_back(as_role: Open) -> None:
    page, leader = as_role("theodoi"), as_role("lanhdao")
    leader.goto(TARGET)
    expect(leader.get_by_role("link", name="Chọn cách đọc")).to_have_count(0)
    before = leader.locator("#figure .figure-value").first.inner_text()
    page.goto(TARGET)
    page.get_by_role("link", name="Chọn cách đọc").click()
    _decide(page, "Có đủ cả hai loại", "21/UBND")
    leader.reload()
    expect(leader.locator("#figure .figure-value").first).not_to_have_text(before)
    expect(leader.locator("main")).to_contain_text("UBND tỉnh, 21/UBND, 08/12/2023")
    page.goto(DECIDE)
    _decide(page, "Có ít nhất một trong hai loại", "22/UBND")
    leader.reload()
    expect(leader.locator("#figure .figure-value").first).to_have_text(before)
    page.goto(DECIDE)
    expect(page.locator(".timeline-list li")).to_have_count(3)


def _adopt(page: Page, goal: str) -> None:
    page.get_by_label("Mục tiêu của đơn vị").fill(goal)
    page.get_by_label("Văn bản", exact=True).fill("45/KH-UBND")
    page.get_by_label("Ngày văn bản").fill("2023-12-08")
    page.get_by_role("button", name="Ghi mục tiêu").click()


def test_the_second_of_two_goals_is_refused_and_a_goal_is_withdrawn(as_role: Open, watch: Watch) -> None:
    watch.expect(409)
    first, second = as_role("thutruong"), as_role("thutruong")
    for page in (first, second):
        page.goto(ADOPT)
    _adopt(first, "35,5")
    expect(first.locator(".flash-success")).to_contain_text("Đã ghi mục tiêu của đơn vị")
    expect(first.locator("#figure")).to_contain_text("Mục tiêu do đơn vị giao: 35,5 %")
    _adopt(second, "40")
    expect(second.get_by_role("alert")).to_contain_text("Người khác vừa ghi nội dung khác")
    expect(second.get_by_label("Mục tiêu của đơn vị")).to_have_value("40")
    expect(second.locator(".defs")).to_contain_text("45/KH-UBND")
    second.get_by_role("button", name="Rút mục tiêu").click()
    second.get_by_role("dialog").get_by_role("button", name="Rút mục tiêu").click()
    expect(second.locator(".flash-success")).to_contain_text("Đã rút mục tiêu")
    expect(second.locator("#figure")).not_to_contain_text("Mục tiêu do đơn vị giao")


def test_a_refused_goal_names_its_fields(as_role: Open, site: Site, watch: Watch) -> None:
    watch.expect(422)
    page = as_role("thutruong")
    page.goto(ADOPT)
    _adopt(page, "140")
    expect(page.get_by_role("alert")).to_contain_text("Mục tiêu của đơn vị")
    expect(page.get_by_label("Mục tiêu của đơn vị")).to_have_attribute("aria-invalid", "true")
    assert site.filled.value("select count(*) from plan_adopted_target where goal = 140") == "0"
