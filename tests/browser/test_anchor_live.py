"""A running installation with a time-stamp authority: it anchors, stops when the authority is gone, recovers.

The limit is made short for the test; the job is asked for at once instead of at the next full minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Page

from dean06.gateways.timestamping.simulator import SimulatedAuthority
from dean06.runtime.supervisor import Supervisor, children
from tests.browser.conftest import _free_port, sign_in
from tests.browser.places import DESK
from tests.filled import Filled, filled_province

LIMIT = 10  # seconds
SOON = 30.0


@dataclass
class Place:
    """The installation, who signed in at it, and the desk where he works."""

    filled: Filled
    page: Page
    desk: str

    def record(self, title: str) -> APIResponse:
        """Post a record of daily work, as the form does."""
        address = f"/p0/diem/{self.desk}/ghi/vat-pham"
        self.page.goto("/p0/")  # the form itself is not shown while evidence stops
        token = self.page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
        form: dict[str, str | float | bool] = {
            "csrfmiddlewaretoken": token or "",
            "kind": "poster",
            "title": title,
            "hung_on": "01/12/2023",
        }
        return self.page.request.post(address, form=form, headers={"Referer": self.page.url}, max_redirects=0)

    def anchors(self) -> int:
        return int(self.filled.value("select count(*) from audit_anchor"))

    def ask_for_a_stamp(self) -> None:
        """As the minute does."""
        self.filled.rows(
            "insert into procrastinate_jobs (queue_name, task_name, args)"
            """ values ('default', 'audit.anchor', '{"timestamp": 0}')"""
        )


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def authority(tmp_path: Path) -> SimulatedAuthority:
    """Made, not yet listening; its root stands in root.pem."""
    made = SimulatedAuthority(_free_port())
    (tmp_path / "root.pem").write_bytes(made.root_pem)
    return made


@pytest.fixture
def place(authority: SimulatedAuthority, tmp_path: Path, browser: Browser) -> Iterator[Place]:
    """A province of its own: the stamps would stop the tests of the shared one."""
    with filled_province() as filled:
        port, logs = _free_port(), filled.data_dir / "logs"
        logs.mkdir(exist_ok=True)
        tsa = {"TSA_URL": authority.url(), "TSA_CERT": str(tmp_path / "root.pem"), "DEMO_VNEID": "0"}
        kept = children({**filled.variables, **tsa, "PORT": str(port)}, logs)
        supervisor = Supervisor(kept, None, lambda _text: None)
        supervisor.start()
        try:
            supervisor.wait_healthy(f"http://127.0.0.1:{port}")
            with browser.new_context(base_url=f"http://127.0.0.1:{port}", locale="vi-VN") as context:
                page = context.new_page()
                sign_in(page, "motcua", filled.password)
                yield Place(filled, page, filled.value(DESK))
        finally:
            supervisor.stop()


def test_the_log_is_anchored_stops_without_its_authority_and_recovers(
    place: Place, authority: SimulatedAuthority
) -> None:
    refused = place.record("Trước mốc đầu tiên")
    assert refused.status == 403
    assert "chưa được neo thời gian lần nào" in refused.text()

    with authority:
        place.ask_for_a_stamp()
        _until(lambda: place.anchors() == 1, "an anchor appears")
        assert place.record("Sau mốc đầu tiên").status == 302
    place.filled.rows(
        "update core_rule set value = %s::jsonb where code = 'audit.anchor_limit_seconds'", str(LIMIT)
    )
    time.sleep(LIMIT + 1)
    place.ask_for_a_stamp()  # nobody answers any more
    stopped = place.record("Khi cơ quan cấp dấu không trả lời")
    assert stopped.status == 403
    assert "Tạm dừng ghi: mốc neo thời gian gần nhất của nhật ký là" in stopped.text()
    assert "Vẫn xem được dữ liệu" in stopped.text()
    for address in ("/", "/p0/", f"/p0/diem/{place.desk}", "/nhiem-vu"):
        assert place.page.request.get(address).status == 200, address

    again = SimulatedAuthority(int(authority.url().split(":")[2].split("/")[0]))
    again.authority = authority.authority
    with again:
        place.ask_for_a_stamp()
        _until(lambda: place.anchors() == 2, "an anchor appears once the authority is back")
        assert place.record("Khi cơ quan cấp dấu trả lời lại").status == 302
    assert (
        place.filled.value("select count(*) from guidance_material where title like 'Khi cơ quan%%lại'")
        == "1"
    )
    titles = "select count(*) from guidance_material where title in ('Trước mốc đầu tiên', %s)"
    assert place.filled.value(titles, "Khi cơ quan cấp dấu không trả lời") == "0"
