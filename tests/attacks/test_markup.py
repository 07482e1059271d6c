"""Markup in whatever people type comes out as text, on every page that shows it."""

from __future__ import annotations

from urllib.parse import quote

from django.test import Client

from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World
from tests.web.plan.test_state import GOOD, URL

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}{% now %}"
RAW = ("<script>alert", "<img src=x")


def test_markup_in_records_is_text_everywhere(world_wide: World) -> None:
    desk = world_wide.desk
    poster, film = worlds.material(desk, title=EVIL), worlds.video(world_wide.province, EVIL)
    worlds.showing(desk, film)
    who = worlds.officer(desk, code="<img src=x>", name=EVIL, position=EVIL)
    duty = worlds.assignment(desk, who, document=EVIL)
    client = world_wide.client("officer")
    reason = {"version": "1", "reason": EVIL}
    client.post(f"/p0/ban-ghi/phan-cong/{duty.pk}/thu-hoi", reason)
    pages = [
        *("/p0/danh-sach/vat-pham", "/p0/danh-sach/can-bo", "/p0/danh-sach/phan-cong", "/p0/thu-vien-video"),
        *(f"/p0/diem/{desk.pk}", f"/p0/diem/{desk.pk}/ghi/video", f"/p0/diem/{desk.pk}/ghi/phan-cong"),
        *(f"/p0/can-bo/{who.pk}", f"/p0/ban-ghi/can-bo/{who.pk}/sua", f"/p0/thu-vien-video/{film.pk}"),
        *(f"/p0/ban-ghi/vat-pham/{poster.pk}", f"/p0/ban-ghi/phan-cong/{duty.pk}"),
        *(f"/p0/?q={quote(EVIL)}", f"/don-vi/?tim={quote(EVIL)}", f"/don-vi/?ngay={quote(EVIL)}"),
    ]
    shown = 0
    for page in pages:
        content = client.get(page).content.decode()
        assert not any(raw in content for raw in RAW), page
        shown += "onerror" in content
    assert shown > 10


def test_markup_in_stated_figures_and_addresses_is_text(head: Client) -> None:
    words = {name: EVIL[:60] for name in ("document_number", "document_title", "source", "signer")}
    assert head.post(URL, GOOD | words).status_code == 302
    evil = quote(EVIL)
    for page in (
        "/muc-tieu/P0-T1?unit=huyen-dong&period=2023-12",
        *(f"/?unit={evil}", f"/?period={evil}", f"/?pilot={evil}", f"/tim-kiem?q={evil}"),
        *(f"/muc-tieu/P0-T1?{name}={evil}" for name in ("explain", "reading", "level", "g-q", "view")),
    ):
        content = head.get(page).content.decode()
        assert not any(raw in content for raw in RAW), page


def test_a_title_that_is_a_formula_leaves_as_text(world_wide: World) -> None:
    worlds.material(world_wide.desk, title="=cmd|' /C calc'!A0")
    client = world_wide.client("officer")
    lines = client.get("/p0/danh-sach/vat-pham?export=csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith(("'=cmd", "\"'=cmd"))


def test_scripts_of_other_places_are_refused(world_wide: World) -> None:
    policy = world_wide.client("officer").get("/p0/").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
