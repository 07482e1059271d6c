"""Values a form takes as well-formed and the database cannot hold, or no page can show."""

from __future__ import annotations

import pytest
from django.test import Client

from dean06.pilots.guidance.models import Material, VideoShowing
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World
from tests.web.plan.test_state import GOOD, URL, stored


@pytest.mark.parametrize("number", ["2147483648", "9" * 20])
def test_a_stated_number_beyond_the_column_is_refused(head: Client, number: str) -> None:
    answer = head.post(URL, GOOD | {"numerator": "1", "denominator": number})
    assert answer.status_code == 422
    assert "quá lớn" in answer.content.decode()
    assert stored() == []


@pytest.mark.parametrize("share", ["NaN", "Infinity", "1e5000000", "-0,01"])
def test_a_share_that_is_no_number_is_refused(head: Client, share: str) -> None:
    answer = head.post(URL, GOOD | {"numerator": "", "denominator": "", "value": share})
    assert answer.status_code == 422
    assert stored() == []


def test_a_day_of_year_one_cannot_break_the_pages_of_the_province(world_wide: World) -> None:
    """Its midnight lies before year 1 in UTC: the driver could not read the row of evidence any more."""
    video = worlds.video(world_wide.province)
    client = world_wide.client("desk")
    desk = world_wide.desk.pk
    given = {"video": video.pk, "channel": "screen", "shown_from": "0001-01-01", "shown_to": ""}
    answer = client.post(f"/p0/diem/{desk}/ghi/video", given)
    assert answer.status_code == 422
    assert "hãy xem lại năm" in answer.content.decode()
    assert not VideoShowing.objects.exists()
    assert client.get(f"/p0/diem/{desk}").status_code == 200


def test_a_sheet_with_a_day_of_year_one_is_refused_by_row(world_wide: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    rows = "Mã đơn vị,Loại,Nội dung,Ngày treo\r\nmot-cua-1,Áp phích,Tiện ích,01/01/0001\r\n"
    sheet = SimpleUploadedFile("a.csv", rows.encode("utf-8-sig"))
    answer = world_wide.client("officer").post("/p0/nhap/vat-pham", {"sheet": sheet, "do": "import"})
    assert answer.status_code == 422
    assert not Material.objects.exists()


@pytest.mark.parametrize("version", ["0", "-5", "9" * 30, "x", ""])
def test_a_version_of_nonsense_changes_nothing(world_wide: World, version: str) -> None:
    row = worlds.material(world_wide.desk)
    client = world_wide.client("officer")
    for path, more in (("sua", {"kind": "panel", "title": "Khác", "hung_on": "2023-12-01"}), ("thu-hoi", {})):
        body = {"version": version, "reason": "nhầm", **more}
        assert client.post(f"/p0/ban-ghi/vat-pham/{row.pk}/{path}", body).status_code in {409, 422}
    row.refresh_from_db()
    assert (row.title, row.version, row.revoked_at) == ("Tiện ích", 1, None)
