"""The pages: what they show to whom, what they keep after a refusal, the way back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation

from dean06.core.access.scope import wide
from dean06.core.photos.models import Photo
from dean06.core.usage.models import UsageRecord
from dean06.pilots.guidance import queries
from dean06.pilots.guidance.models import Material, MaterialCheck, Posting, Video
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import NAME, World

FORM = {"kind": "poster", "title": "Năm bước", "hung_on": "2023-11-01", "removed_on": ""}


def stored(world: World) -> Material:
    with transaction.atomic(), wide("test"):
        return worlds.material(world.desk)


def test_the_list_of_points_holds_only_points_of_the_reader(world: World) -> None:
    text = world.client("officer").get("/p0/").content.decode()
    assert "Một cửa xã Một" in text
    assert "Công an xã Một" in text
    assert "Một cửa xã Hai" not in text
    assert "Một cửa xã Hai" in world.client("auditor").get("/p0/").content.decode()


def test_a_point_tells_what_it_lacks_in_words(world: World) -> None:
    text = world.client("officer").get(f"/p0/diem/{world.desk.pk}").content.decode()
    assert "chưa chiếu video nào" in text
    assert "mạng wifi chưa kiểm kê" in text
    assert world.client("neighbour").get(f"/p0/diem/{world.desk.pk}").status_code == 403


def test_a_record_is_written_with_its_photo_and_found_again(world: World) -> None:
    client = world.client("officer")
    files = {"new_photo": SimpleUploadedFile("a.jpg", worlds.photo(), "image/jpeg")}
    answer: Any = client.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", FORM | files, follow=True)
    text = answer.content.decode()
    assert "Đã ghi" in text
    with transaction.atomic(), wide("test"):
        row = Material.objects.select_related("photo").get()
    assert row.photo is not None
    assert row.photo.get_absolute_url() in text
    assert "Năm bước" in client.get("/p0/danh-sach/vat-pham?q=nam+buoc").content.decode()
    assert client.get("/p0/danh-sach/vat-pham?export=csv").content.decode("utf-8-sig").count("Năm bước") == 1


def added(world: World, slug: str, values: dict[str, Any]) -> str:
    """The page after a new record, with its message."""
    answer: Any = world.client("officer").post(f"/p0/diem/{world.desk.pk}/ghi/{slug}", values, follow=True)
    return str(answer.content.decode())


def test_what_does_not_count_yet_is_said_with_the_reason(world: World) -> None:
    with transaction.atomic(), wide("test"):
        waiting = worlds.video(world.province, "A chờ duyệt", approved_on=None)
        good = worlds.video(world.province, "Z đã duyệt")
    showing = {"channel": "screen", "shown_from": "2023-11-01"}
    text = added(world, "video", showing | {"video": waiting.pk})
    assert "Đã ghi, nhưng chưa được tính: video “A chờ duyệt” chưa được duyệt." in text
    assert "tính lại trong giây lát" not in text
    assert "tính lại trong giây lát" in added(world, "video", showing | {"video": good.pk})
    form = world.client("officer").get(f"/p0/diem/{world.desk.pk}/ghi/video").content.decode()
    assert form.index("Z đã duyệt") < form.index("A chờ duyệt (chưa duyệt)")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "banner"}, "băng rôn không phải pano hay áp phích"),
        ({"hung_on": "2023-06-01"}, "áp phích “Năm bước” quá 90 ngày chưa kiểm tra (lần cuối 01/06/2023)"),
        ({"removed_on": "2023-11-20"}, "không có hiệu lực vào ngày chốt số liệu 14/12/2023"),
    ],
)
def test_why_a_material_does_not_count(world: World, change: dict[str, str], why: str) -> None:
    assert f"Đã ghi, nhưng chưa được tính: {why}." in added(world, "vat-pham", FORM | change)


@pytest.mark.parametrize("data", [b"<svg onload='x()'/>", b"GIF89a", b"xin chao"])
def test_a_refused_photo_leaves_the_words_in_the_form_and_nothing_else(world: World, data: bytes) -> None:
    files = {"new_photo": SimpleUploadedFile("a.jpg", data, "image/jpeg")}
    answer = world.client("officer").post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", FORM | files)
    assert answer.status_code == 422
    assert "Năm bước" in answer.content.decode()
    assert answer.context["form"].errors["new_photo"]
    with transaction.atomic(), wide("test"):
        assert (Material.objects.count(), Photo.objects.count()) == (0, 0)


def test_a_conflict_keeps_the_typed_text(world: World) -> None:
    row, client = stored(world), world.client("officer")
    address = f"/p0/ban-ghi/vat-pham/{row.pk}/sua"
    assert client.post(address, FORM | {"version": "1", "title": "Của người đầu"}).status_code == 302
    answer = client.post(address, FORM | {"version": "1", "title": "Của người sau"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Của người sau" in text
    assert "vừa được người khác sửa" in text
    with transaction.atomic(), wide("test"):
        assert Material.objects.get().title == "Của người đầu"


def test_after_withdrawing_the_way_back_stands_on_the_page(world: World) -> None:
    row, client = stored(world), world.client("officer")
    answer: Any = client.post(
        f"/p0/ban-ghi/vat-pham/{row.pk}/thu-hoi", {"version": "1", "reason": "rách"}, follow=True
    )
    assert f"/p0/ban-ghi/vat-pham/{row.pk}/khoi-phuc" in answer.content.decode()
    assert client.post(f"/p0/ban-ghi/vat-pham/{row.pk}/khoi-phuc", {"version": "2"}).status_code == 302
    with transaction.atomic(), wide("test"):
        assert Material.objects.get().revoked_at is None


@pytest.mark.parametrize(("press", "present"), [("1", True), ("0", False)])
def test_one_press_records_a_look(world: World, press: str, present: bool) -> None:
    row = stored(world)
    address = f"/p0/ban-ghi/vat-pham/{row.pk}/kiem-tra"
    assert world.client("desk").post(address, {"present": press}).status_code == 302
    with transaction.atomic(), wide("test"):
        assert MaterialCheck.objects.get().present is present
    again = world.client("desk").post(address, {"present": press})
    assert again.status_code == 422
    assert "đã được ghi" in again.content.decode()


@pytest.mark.parametrize("address", ["sua", "thu-hoi", "ket-thuc"])
@pytest.mark.parametrize("who", ["auditor", "leader", "stranger"])
def test_readers_get_no_form(world: World, address: str, who: str) -> None:
    row = stored(world)
    assert world.client(who).get(f"/p0/ban-ghi/vat-pham/{row.pk}/{address}").status_code == 403


def test_the_name_is_shown_with_the_right_and_each_look_is_noted(world: World) -> None:
    with transaction.atomic(), wide("test"):
        who = worlds.officer(world.desk)
    assert NAME in world.client("officer").get(f"/p0/can-bo/{who.pk}").content.decode()
    assert NAME not in world.client("unnamed").get(f"/p0/can-bo/{who.pk}").content.decode()
    assert NAME in world.client("officer").get(f"/p0/ban-ghi/can-bo/{who.pk}/sua").content.decode()
    assert NAME not in world.client("unnamed").get(f"/p0/ban-ghi/can-bo/{who.pk}/sua").content.decode()
    with transaction.atomic(), wide("test"):
        assert [(r.actor_name, r.subjects) for r in UsageRecord.objects.order_by("id")] == [
            ("officer", 1)
        ] * 2


def test_without_the_right_a_correction_leaves_the_name_alone(world: World) -> None:
    with transaction.atomic(), wide("test"):
        who = worlds.officer(world.desk)
    form = {
        "staff_code": "CB-1",
        "position": "Phó",
        "valid_from": "2021-01-01",
        "version": "1",
        "full_name": "X",
    }
    assert world.client("unnamed").post(f"/p0/ban-ghi/can-bo/{who.pk}/sua", form).status_code == 302
    with transaction.atomic(), wide("test"):
        who.refresh_from_db()
    assert (who.full_name, who.position, who.version) == (NAME, "Phó", 2)


def test_the_lead_adds_and_approves_a_video_and_others_only_read(world: World) -> None:
    lead = world.client("lead")
    assert lead.post("/p0/thu-vien-video/them", {"title": "V", "procedure": "P"}).status_code == 302
    with transaction.atomic(), wide("test"):
        made = Video.objects.get()
    address = f"/p0/thu-vien-video/{made.pk}"
    given = {"approved_on": "2023-12-01", "approval": "PD-1"}
    assert world.client("officer").post(f"{address}/duyet", given).status_code == 403
    assert lead.post(f"{address}/duyet", given | {"approval": ""}).status_code == 422
    assert lead.post(f"{address}/duyet", given).status_code == 302
    assert "Đang có hiệu lực" in world.client("desk").get(address).content.decode()
    assert world.client("officer").get("/p0/thu-vien-video/them").status_code == 403
    assert world.client("officer").get("/p0/danh-muc-thu-tuc").status_code == 200


def test_the_page_of_a_photo_tells_what_it_shows_and_leads_back(world: World) -> None:
    client = world.client("officer")
    files = {"new_photo": SimpleUploadedFile("a.jpg", worlds.photo(), "image/jpeg")}
    client.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", FORM | files)
    with transaction.atomic(), wide("test"):
        row = Material.objects.select_related("photo").get()
    assert row.photo is not None
    back = f"/p0/ban-ghi/vat-pham/{row.pk}"
    assert f'href="{back}/anh"' in client.get(back).content.decode()
    page = client.get(f"{back}/anh").content.decode()
    for words in ("Năm bước", "Một cửa xã Một", "01/11/2023", f'href="{back}"', row.photo.get_absolute_url()):
        assert words in page
    assert world.client("neighbour").get(f"{back}/anh").status_code == 404


def test_a_record_without_a_photo_has_no_photo_page(world: World) -> None:
    row = stored(world)
    answer = world.client("officer").get(f"/p0/ban-ghi/vat-pham/{row.pk}/anh")
    assert answer.status_code == 404
    assert "chưa có ảnh" in answer.content.decode()


def test_a_posting_is_called_by_its_decision_and_the_code_stands_behind(world: World) -> None:
    with transaction.atomic(), wide("test"):
        posted = worlds.procedure_list(
            "commune-1", document="QĐ số 5, ngày 01/06/2023", valid_to=date(2023, 9, 1)
        )
        row = Posting.objects.create(
            unit=world.desk, procedure_list=posted, posted_on=date(2023, 7, 1), recorded_at=worlds.STAMP
        )
    client, title = world.client("officer"), "Danh mục cấp xã – QĐ số 5, ngày 01/06/2023"
    record = client.get(f"/p0/ban-ghi/niem-yet/{row.pk}").content.decode()
    assert f"{title} (commune-1)" in record
    export = client.get("/p0/danh-sach/niem-yet?export=csv").content.decode("utf-8-sig")
    assert title in export
    assert "phiên bản commune-1" in export
    point = client.get(f"/p0/diem/{world.desk.pk}").content.decode()
    assert "đang niêm yết bản “QĐ số 5, ngày 01/06/2023 (commune-1)”, hết hiệu lực từ 01/09/2023" in point
    with translation.override("en"):
        assert posted.title == "Commune list – QĐ số 5, ngày 01/06/2023"


def test_the_photos_behind_an_indicator_are_found_at_once(world: World) -> None:
    client = world.client("officer")
    for title in ("Không ảnh", "Có ảnh"):
        files = (
            {"new_photo": SimpleUploadedFile("a.jpg", worlds.photo(), "image/jpeg")}
            if title == "Có ảnh"
            else {}
        )
        form = FORM | {"title": title} | files
        assert client.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", form).status_code == 302
    with transaction.atomic(), wide("test"):
        shown = Material.objects.get(title="Có ảnh")
        pages = queries.photo_pages("guidance.desk_material_any", [world.desk.pk, world.other_desk.pk])
    assert pages == {world.desk.pk: f"/p0/ban-ghi/vat-pham/{shown.pk}/anh"}
    assert client.get(pages[world.desk.pk]).status_code == 200
    assert queries.has_photos("guidance.desk_video")
    assert not queries.has_photos("guidance.point_guided")
