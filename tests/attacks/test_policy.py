"""Rights that do not reach where somebody tries to use them: other pilots, other units, other roles."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from dean06.core.access.models import Grant, Role
from dean06.core.access.scope import wide
from dean06.pilots.guidance.models import Material
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import NAME, World
from tests.web.plan import province
from tests.web.plan.test_state import GOOD, URL, stored

POSTER = {"kind": "poster", "title": "Tiện ích", "hung_on": "2023-12-01"}
FORGED = {"unit": "1", "unit_id": "1", "recorded_by": "1", "version": "77", "revoked_at": "2023-01-01"}


def limit(world: World, *pilots: str) -> Client:
    Grant.objects.filter(user=world.users["lead"]).update(pilots=list(pilots))
    return world.client("lead")


def test_the_lead_of_another_pilot_reads_and_writes_nothing(world_wide: World) -> None:
    client = limit(world_wide, "P7")
    desk = world_wide.desk.pk
    row, who = worlds.material(world_wide.desk), worlds.officer(world_wide.desk)
    sheet = SimpleUploadedFile("a.csv", "Mã đơn vị,Loại,Nội dung,Ngày treo\r\n".encode())
    for path, body in (
        (f"/p0/diem/{desk}/ghi/vat-pham", POSTER),
        (f"/p0/ban-ghi/vat-pham/{row.pk}/sua", POSTER | {"version": "1"}),
        (f"/p0/ban-ghi/vat-pham/{row.pk}/thu-hoi", {"version": "1", "reason": "x"}),
        (f"/p0/ban-ghi/vat-pham/{row.pk}/ket-thuc", {"version": "1", "day": "2023-12-01"}),
        (f"/p0/ban-ghi/vat-pham/{row.pk}/kiem-tra", {"present": "1"}),
        ("/p0/nhap/vat-pham", {"sheet": sheet, "do": "import"}),
        ("/p0/thu-vien-video/them", {"title": "x", "procedure": "y"}),
    ):
        assert client.post(path, body).status_code == 403, path
    assert NAME not in client.get(f"/p0/can-bo/{who.pk}").content.decode()
    assert client.get(f"/p0/diem/{desk}").status_code == 200  # looking on is everybody's
    assert Material.objects.count() == 1


def test_the_lead_of_this_pilot_may(world_wide: World) -> None:
    client = limit(world_wide, "P0")
    photo = SimpleUploadedFile("a.jpg", worlds.photo(), "image/jpeg")
    path = f"/p0/diem/{world_wide.desk.pk}/ghi/vat-pham"
    assert client.post(path, POSTER | {"new_photo": photo}).status_code == 302
    who = worlds.officer(world_wide.desk)
    assert NAME in client.get(f"/p0/can-bo/{who.pk}").content.decode()


@pytest.mark.parametrize(("pilots", "status"), [(["P0"], 302), (["P7"], 403), ([], 302)])
def test_a_figure_is_stated_only_by_who_has_its_pilot(head: Client, pilots: list[str], status: int) -> None:
    lead = province.client(Role.PILOT_LEAD)
    with transaction.atomic(), wide("test"):
        Grant.objects.filter(role=Role.PILOT_LEAD).update(pilots=pilots)
    assert lead.post(URL, GOOD).status_code == status
    assert len(stored()) == (status == 302)
    assert head.get("/nhiem-vu").status_code == 200


@pytest.mark.parametrize("role", ["auditor", "leader"])
def test_roles_that_only_read_write_nothing_by_hand(world_wide: World, role: str) -> None:
    row = worlds.material(world_wide.desk)
    client = world_wide.client(role)
    for path in (f"diem/{world_wide.desk.pk}/ghi/vat-pham", f"ban-ghi/vat-pham/{row.pk}/sua"):
        assert client.post(f"/p0/{path}", POSTER | {"version": "1"}).status_code == 403
    assert client.post(f"/p0/ban-ghi/vat-pham/{row.pk}/khoi-phuc", {"version": "1"}).status_code == 403
    assert Material.objects.count() == 1


def test_forged_fields_of_a_form_are_not_listened_to(world_wide: World) -> None:
    client = world_wide.client("desk")
    assert client.post(f"/p0/diem/{world_wide.desk.pk}/ghi/vat-pham", POSTER | FORGED).status_code == 302
    row = Material.objects.get()
    assert (row.unit_id, row.recorded_by_id, row.version, row.revoked_at) == (
        world_wide.desk.pk,
        world_wide.users["desk"].pk,
        1,
        None,
    )


def test_rows_for_other_units_are_refused_and_nothing_is_imported(world_wide: World) -> None:
    rows = (
        "Mã đơn vị,Loại,Nội dung,Ngày treo",
        "mot-cua-1,Áp phích,A,01/12/2023",
        "mot-cua-2,Pano,B,01/12/2023",
    )
    sheet = SimpleUploadedFile("a.csv", "\r\n".join(rows).encode("utf-8-sig"))
    answer = world_wide.client("officer").post("/p0/nhap/vat-pham", {"sheet": sheet, "do": "import"})
    assert answer.status_code == 422
    assert "không có quyền ghi cho đơn vị này" in answer.content.decode()
    assert not Material.objects.exists()


def test_a_photo_or_officer_of_another_unit_cannot_be_borrowed(world_wide: World) -> None:
    theirs = worlds.officer(world_wide.other_desk)
    client = world_wide.client("officer")
    body = {"officer": theirs.pk, "document": "x", "valid_from": "2023-12-01"}
    assert client.post(f"/p0/diem/{world_wide.desk.pk}/ghi/phan-cong", body).status_code == 422
    poster = worlds.material(world_wide.other_desk)
    body = {"material": poster.pk, "checked_on": "2023-12-01", "present": "on"}
    assert client.post(f"/p0/diem/{world_wide.desk.pk}/ghi/kiem-tra-vat-pham", body).status_code == 422
