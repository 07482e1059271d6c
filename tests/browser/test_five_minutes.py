"""The README's five minutes, and back again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site, sign_in
from tests.browser.photos import poster

POSTERS = "P0-T2"


def test_a_leader_follows_a_figure_to_the_photo_that_proves_it(page: Page, site: Site) -> None:
    sign_in(page, "lanhdao", site.filled.password, start="/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tổng quan kế hoạch")
    row = page.locator("tr", has=page.locator(".code", has_text=re.compile("^P0-T1$")))
    expect(row.locator(".c-goal")).to_contain_text("%")
    expect(row.locator(".figure-parts").first).to_have_text(re.compile(r"^\d+/\d+$"))
    expect(row.locator(".c-source")).to_contain_text("Đếm từ bản ghi")
    row.get_by_role("link").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("P0-T1")
    shares = [
        _percent(text) for text in page.locator("#units .figure-value:not(.figure-none)").all_inner_texts()
    ]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) >= 8
    expect(page.locator("#gaps tbody tr").first).to_be_visible()
    expect(page.locator("#evidence tbody tr .date, #evidence tbody td.date").first).to_have_text(
        re.compile(r"\d{1,2}/\d{1,2}/2023")
    )
    district = page.locator("#units td.main a", has_text=re.compile("^(Huyện|Thành phố|Thị xã)")).first
    name = district.inner_text()
    district.click()
    expect(page.locator(".lead").first).to_contain_text(name)
    page.locator("#evidence tbody tr a").first.click()

    if page.url.split("/p0/")[1].startswith("diem/"):  # a desk proves it with one of its records
        page.locator("#kind-video").locator("xpath=ancestor::section").locator(
            ".record-title a"
        ).first.click()
    photo = page.locator("figure.evidence-photo img")
    expect(photo).to_be_visible()
    loaded = "image => image.decode().then(() => image.naturalWidth)"
    assert photo.evaluate(loaded) > 0
    expect(page.locator("dl.defs")).to_contain_text("Ghi lúc")


def test_a_poster_recorded_at_a_desk_moves_the_figures_above_it(as_role: Open, site: Site) -> None:
    desk = site.filled.value(
        "select key from units_unit where id = (select g.unit_id from access_grant g"
        " join access_user u on u.id = g.user_id where u.username = 'motcua')"
    )
    leader, officer = as_role("lanhdao"), as_role("motcua")
    places = {desk: officer, "": leader}
    before = {key: _figure(tab, key) for key, tab in places.items()}
    assert before[desk].split("/") == ["0", "1"]

    officer.goto("/nhiem-vu")
    missing = officer.locator(".gap", has=officer.locator(".code", has_text=re.compile(f"^{POSTERS}$")))
    expect(missing).to_contain_text("Bộ phận một cửa")
    missing.get_by_role("link", name=re.compile("^Ghi: Pano, áp phích")).click()
    officer.get_by_label("Loại").select_option(label="Áp phích")
    officer.get_by_label(re.compile("^(Tên|Tiêu đề|Nội dung)")).first.fill("Nộp hồ sơ tại nhà")
    officer.set_input_files("input[type=file]", poster())
    expect(officer.locator(".upload-preview")).to_be_visible()
    officer.get_by_role("button", name="Lưu").click()
    expect(officer.locator(".flash-success")).to_contain_text("Đã ghi")
    photo = officer.locator("figure.evidence-photo img")
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 800
    kept = officer.request.get(photo.get_attribute("src") or "").body()
    assert b"Camera of an officer" not in kept
    record = officer.url

    after = {desk: "1/1", "": _plus_one(before[""])}
    _wait(lambda: {key: _figure(tab, key) for key, tab in places.items()} == after)
    _revoke_and_restore(officer, record)
    _wait(lambda: {key: _figure(tab, key) for key, tab in places.items()} == after)


def _revoke_and_restore(officer: Page, record: str) -> None:
    """Withdraw the record, see the figure fall, then bring it back."""
    officer.goto(record)
    officer.get_by_role("link", name="Thu hồi").click()
    officer.get_by_label("Lý do thu hồi").fill("Ghi nhầm ngày treo")
    officer.get_by_role("button", name="Thu hồi").click()
    expect(officer.locator("main")).to_contain_text("Bản ghi không còn được tính")
    expect(officer.locator("main")).to_contain_text("Ghi nhầm ngày treo")
    _wait(lambda: _figure(officer, "").startswith("0/"))
    officer.goto(record)
    officer.get_by_role("button", name="Khôi phục").click()
    expect(officer.locator(".flash-success")).to_contain_text("Đã khôi phục")
    expect(officer.get_by_role("link", name="Thu hồi")).to_be_visible()


def _figure(tab: Page, unit: str) -> str:
    """ "12/220" of the posters' target for a unit ("" is the reader's own)."""
    tab.goto(f"/muc-tieu/{POSTERS}" + (f"?unit={unit}" if unit else ""))
    return tab.locator("#figure .figure-parts").first.inner_text()


def _plus_one(figure: str) -> str:
    met, of = figure.split("/")
    return f"{int(met) + 1}/{of}"


def _percent(text: str) -> float:
    return float(text.replace("%", "").replace("\N{NO-BREAK SPACE}", "").replace(",", ".").strip())


def _wait(moved: Callable[[], bool], seconds: float = 60.0) -> None:
    """A figure follows a record within a minute."""
    end = time.monotonic() + seconds
    while not moved():
        assert time.monotonic() < end, f"not moved within {seconds:.0f} seconds"
        time.sleep(0.3)
