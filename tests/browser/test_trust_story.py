"""The whole promise in one walk: a number is shown for a reason, its owner sees it, the log proves it.

By hand it goes the same way (README): `canbo`, then the citizen at the simulated VNeID, then `kiemtra`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from dean06.gateways.vneid.citizens import CITIZENS_FILE
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import _violations
from tests.browser.watch import Watch

REASON = "Đối chiếu khi công dân nộp hồ sơ tại bộ phận một cửa"
VISIBLE_WITHIN = 60.0  # seconds from the look to the citizen's page
_BUTTON = re.compile("Đăng nhập bằng VNeID")


def _citizen(site: Site) -> dict[str, str]:
    """The first of those who may sign in at the simulated VNeID: a person of the demo's register."""
    told: list[dict[str, str]] = json.loads((site.filled.data_dir / CITIZENS_FILE).read_text("utf-8"))
    return told[0]


def _reveal(page: Page, number: str) -> None:
    """As an officer does with somebody at the desk: find by number, say why, see it for a moment."""
    page.goto("/nguoi-dan/")
    page.get_by_role("textbox", name="Tìm theo số định danh").fill(number)
    page.get_by_role("button", name="Tìm số").click()
    expect(page.locator("main")).not_to_contain_text(" ".join(re.findall("...", number)))
    page.get_by_label("Mục đích").select_option("people.reveal.verify")
    page.get_by_label("Lý do").fill(REASON)
    page.get_by_role("button", name="Hiện số một lần").click()
    expect(page.locator("#revealed strong")).to_have_text(" ".join(re.findall("...", number)))


def _as_citizen(page: Page, name: str) -> None:
    page.goto("/dang-nhap")
    page.locator("a, button").filter(has_text=_BUTTON).click()
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/cua-toi/**")


def _verify(file: Path) -> subprocess.CompletedProcess[str]:
    """The program that checks, on the file alone."""
    return subprocess.run(
        [sys.executable, "-m", "dean06", "verify-log", str(file)], capture_output=True, text=True, check=False
    )


def _flip(file: Path, inside: str) -> tuple[str, str]:
    """Flip one bit in the record that holds some words; (stream, seq) of that record."""
    data = bytearray(file.read_bytes())
    at = data.index(inside.encode())
    data[at] ^= 1
    file.write_bytes(data)
    start = data.rindex(b"\n", 0, at) + 1
    found = re.match(rb'\{"stream":"([^"]+)","seq":(\d+)', data[start:])
    assert found is not None
    return found[1].decode(), found[2].decode()


def test_a_look_is_seen_by_its_subject_and_proved_by_the_log(
    site: Site, as_role: Open, new_context: Callable[..., BrowserContext], watch: Watch, tmp_path: Path
) -> None:
    citizen = _citizen(site)
    _reveal(as_role("canbo"), citizen["number"])
    looked = time.monotonic()

    mine = new_context().new_page()
    _as_citizen(mine, f"{citizen['family']} {citizen['rest']} (mức 2)")
    newest = mine.locator(".timeline-title").first
    expect(newest).to_contain_text(
        "số định danh đầy đủ của anh/chị để đối chiếu nhân thân khi anh/chị có mặt"
    )
    expect(newest).to_contain_text("Căn cứ:")
    expect(mine.locator("main")).not_to_contain_text(REASON)
    assert time.monotonic() - looked < VISIBLE_WITHIN
    assert _violations(mine) == []

    auditor = new_context(accept_downloads=True).new_page()
    sign_in(auditor, "kiemtra", site.filled.password, start="/nhat-ky/")
    expect(auditor.locator("main tbody")).to_contain_text("Hiện số định danh")
    file = _exported(auditor, tmp_path)
    whole = _verify(file)
    assert (whole.returncode, whole.stderr) == (0, ""), whole.stdout
    assert "Nguyên vẹn" in whole.stdout
    assert citizen["number"] not in file.read_text("utf-8")
    stream, seq = _flip(file, REASON)
    broken = _verify(file)
    assert broken.returncode == 1
    assert f"bản ghi {seq} của luồng {stream}" in broken.stdout

    _sees_as_the_officer(auditor, watch)


def _exported(page: Page, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Xuất tệp kiểm tra được").click()
    waiting.value.save_as(folder / "log.jsonl")
    return folder / "log.jsonl"


def _sees_as_the_officer(page: Page, watch: Watch) -> None:
    """The auditor sees the officer's pages, says so on each, and can change nothing."""
    page.goto("/")
    page.click("summary.tool-user")
    page.get_by_role("link", name="Xem như người khác").click()
    page.locator("[name=username]").fill("canbo")
    page.locator("[name=reason]").fill("Kiểm tra theo kế hoạch năm")
    page.get_by_role("button", name="Bắt đầu xem").click()
    page.goto("/p0/")
    stop = page.get_by_role("button", name="Thôi xem")
    expect(stop).to_be_visible()
    watch.expect(403)
    answer = page.request.post("/nhat-ky/xuat", headers=_token(page))
    assert answer.status == 403
    stop.click()
    expect(page.get_by_role("button", name="Thôi xem")).to_have_count(0)


def _token(page: Page) -> dict[str, str]:
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    return {"X-CSRFToken": token or "", "Referer": page.url}
