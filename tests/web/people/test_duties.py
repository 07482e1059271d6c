"""Pages of requests, breaches and retention: from the form to the record, by right, in words."""

from __future__ import annotations

import json
from datetime import date
from html import unescape

import pytest
from django.db import transaction
from django.urls import reverse

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.people.models import Person
from dean06.core.privacy.models import Breach, SubjectRequest
from tests.core.people.conftest import CANARY, NAME
from tests.pilots.guidance.world import World
from tests.web.people.test_pages import looks, page, person, world

__all__ = ["person", "world"]
HANDED = {"reason": "Đã đối chiếu giấy tờ, trao tận tay tại bộ phận một cửa"}
SAID = "Đã trả lời bằng văn bản cho người yêu cầu"


@pytest.fixture(autouse=True)
def _under_the_new_law(world: World) -> None:
    with transaction.atomic(), wide("test"):
        clock.set_business_date(date(2026, 12, 10))


def the_request() -> SubjectRequest:
    with transaction.atomic(), wide("test"):
        return SubjectRequest.objects.get()


def the_breach() -> Breach:
    with transaction.atomic(), wide("test"):
        return Breach.objects.get()


def opened(world: World, person: Person, kind: str = "provide") -> SubjectRequest:
    answer = world.client("officer").post(
        reverse("people:request_add", args=[person.key]),
        {"kind": kind, "received_on": "08/12/2026", "asked": "Xin bản sao dữ liệu"},
    )
    made = the_request()
    assert answer.headers["Location"] == reverse("people:request", args=[made.key])
    return made


def step(world: World, row: SubjectRequest, name: str, who: str = "officer", **told: str) -> tuple[int, str]:
    data = {"do": name, f"{name}-version": str(row.version)}
    data |= {f"{name}-{field}": text for field, text in told.items()}
    answer = world.client(who).post(reverse("people:request", args=[row.key]), data)
    return answer.status_code, unescape(answer.content.decode())


def test_a_request_from_the_form_to_the_file(world: World, person: Person) -> None:
    made = opened(world, person)
    client = world.client("officer")
    assert "10/12/2026" in page(client, reverse("people:request", args=[made.key])), "two working days"
    assert "18/12/2026" in page(client, reverse("people:requests")), "ten days"
    assert step(world, made, "phan-hoi")[0] == 302
    file = client.post(reverse("people:answer", args=[made.key]), HANDED)
    assert json.loads(file.content)["person"]["number"] == CANARY
    assert file.headers["Cache-Control"] == "private, no-store"
    assert looks()[-1].purpose == "people.answer"
    paper = client.post(reverse("people:answer", args=[made.key]), HANDED | {"dang": "docx"})
    assert paper.headers["Content-Disposition"] == 'attachment; filename="mo-phong-du-lieu-ca-nhan.docx"'
    assert paper.headers["Cache-Control"] == "private, no-store"
    assert step(world, the_request(), "thuc-hien", outcome=SAID)[0] == 302
    assert the_request().state == "fulfilled"
    assert client.post(reverse("people:answer", args=[made.key]), HANDED).status_code == 409


def test_the_file_is_refused_on_the_page_of_the_request(world: World, person: Person) -> None:
    made = opened(world, person)
    client = world.client("officer")
    address = reverse("people:answer", args=[made.key])
    assert client.post(address, HANDED).status_code == 409, "not before it was acknowledged"
    assert "Tải tệp DOCX" not in page(client, reverse("people:request", args=[made.key]))
    step(world, made, "phan-hoi")
    assert "Tải tệp DOCX" in page(client, reverse("people:request", args=[made.key]))
    for told, words in (({}, "Lý do"), ({"reason": "vì cần"}, "Lý do phải có từ 10 đến 300 chữ.")):
        refused = client.post(address, told)
        text = unescape(refused.content.decode())
        assert (refused.status_code, words in text, CANARY in text) == (422, True, False)
        assert looks()[-1].purpose == "people.read"


def test_refusals_are_told_beside_the_form(world: World, person: Person) -> None:
    made = opened(world, person)
    step(world, made, "phan-hoi")
    status, text = step(world, the_request(), "gia-han", reason="lâu")
    assert (status, "Hãy ghi từ 10 đến 500 chữ." in text) == (422, True)
    status, text = step(world, made, "thuc-hien", outcome=SAID)  # the version of the page before
    assert (status, "Người khác vừa xử lý" in text) == (409, True)
    assert the_request().state == "acknowledged"


def test_after_one_extension_no_second_is_offered(world: World, person: Person) -> None:
    made = opened(world, person)
    step(world, made, "phan-hoi")
    assert step(world, the_request(), "gia-han", reason="Hồ sơ ở nhiều nơi")[0] == 302
    text = page(world.client("officer"), reverse("people:request", args=[made.key]))
    assert "Gia hạn một lần" not in text
    assert "28/12/2026" in text


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("unnamed", 404), ("auditor", 404)])
def test_others_do_not_open_a_request(world: World, person: Person, who: str, status: int) -> None:
    made = opened(world, person)
    assert world.client(who).get(reverse("people:request", args=[made.key])).status_code == status


def _breach(world: World, who: str = "officer", at: str = "09/12/2026 15:30") -> int:
    told = {"kind": "both", "title": "Gửi nhầm danh sách", "detected_at": at, "subjects": "12"}
    told["unit_id"] = str(world.commune.pk)
    return world.client(who).post(reverse("people:breach_add"), told).status_code


def _told(world: World, name: str, **told: str) -> tuple[int, str]:
    row = the_breach()
    data = {"do": name, f"{name}-version": str(row.version)}
    data |= {f"{name}-{field}": text for field, text in told.items()}
    answer = world.client("officer").post(reverse("people:breach", args=[row.key]), data)
    return answer.status_code, unescape(answer.content.decode())


def test_a_breach_from_the_entry_to_the_closed_file(world: World) -> None:
    assert _breach(world) == 302
    row, client = the_breach(), world.client("officer")
    address = reverse("people:breach", args=[row.key])
    text = unescape(client.get(address).content.decode())
    assert "hạn 10/12/2026 15:30" in text
    assert "hạn 12/12/2026 15:30" in text
    status, text = _told(world, "notify")
    assert (status, "Mẫu 08 còn" in text) == (422, True), "one click records nothing"
    assert 'data-confirm="Ghi nhận văn bản này đã được gửi đi?"' in text
    assert the_breach().notified_at is None
    for name in ("notify", "report", "cause"):
        told = {"document": "12/TB-UBND", "sent_at": "10/12/2026 00:00", "why_empty": SAID}
        assert _told(world, name, **told)[0] == 302
    assert "văn bản 12/TB-UBND" in unescape(client.get(address).content.decode())
    client.post(address, {"do": "mau", "version": str(the_breach().version), "measures": "Đã thu hồi"})
    form = json.loads(client.get(reverse("people:breach_form", args=[row.key]) + "?dang=json").content)
    assert {one["key"]: one["answer"] for one in form["fields"]}["measures"] == "Đã thu hồi"
    assert "Đã thu hồi" in client.get(reverse("people:breach_form", args=[row.key])).content.decode()
    for form in ("docx", "bien-ban"):
        file = client.get(reverse("people:breach_form", args=[row.key]) + f"?dang={form}")
        assert file.headers["Content-Type"].endswith("wordprocessingml.document")
        assert file.content[:2] == b"PK"
    assert _told(world, "dong")[0] == 422
    assert _told(world, "dong", conclusion=SAID)[0] == 302
    assert the_breach().closed_on is not None
    assert _told(world, "mo-lai", why="Còn việc phải làm")[0] == 302
    assert _told(world, "dinh-chinh-notify", why="Ghi nhầm vụ việc khác")[0] == 302
    assert (the_breach().closed_on, the_breach().notified_at) == (None, None)


@pytest.mark.parametrize("at", ["hôm qua", "31/02/2026 10:00", "09/12/2026"])
def test_a_moment_that_is_none_is_refused(world: World, at: str) -> None:
    assert _breach(world, at=at) == 422
    with transaction.atomic(), wide("test"):
        assert not Breach.objects.exists()


def test_a_step_that_does_not_exist_is_refused(world: World) -> None:
    _breach(world)
    row = the_breach()
    answer = world.client("officer").post(
        reverse("people:breach", args=[row.key]), {"do": "lạ", "version": str(row.version)}
    )
    assert answer.status_code == 409


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("auditor", 200), ("head", 200)])
def test_a_breach_is_seen_inside_the_scope(world: World, who: str, status: int) -> None:
    _breach(world)
    row = the_breach()
    assert world.client(who).get(reverse("people:breach", args=[row.key])).status_code == status


@pytest.mark.parametrize("who", ["officer", "unnamed", "auditor", "leader"])
def test_the_overview_and_the_retention_page_name_nobody(world: World, person: Person, who: str) -> None:
    client = world.client(who)
    for route in ("people:home", "people:retention"):
        answer = client.get(reverse(route))
        assert answer.status_code == 200
        assert NAME not in answer.content.decode()
    assert "365 ngày" in unescape(client.get(reverse("people:retention")).content.decode())
    assert looks() == []


def test_the_overview_tells_what_presses_before_it_is_due(world: World) -> None:
    address = reverse("people:home")
    assert _breach(world, at="10/12/2026 00:00") == 302
    text = unescape(world.client("officer").get(address).content.decode())
    assert "Hạn thông báo vi phạm còn dưới 24 giờ" in text
    assert "Báo cáo ban đầu về sự cố" in text
    assert "Gửi nhầm danh sách" not in unescape(world.client("neighbour").get(address).content.decode())


@pytest.mark.parametrize(("query", "found"), [("", True), ("?q=chim+hoang", True), ("?q=khong+co", False)])
def test_requests_name_their_people_and_are_searched_by_name(
    world: World, person: Person, query: str, found: bool
) -> None:
    opened(world, person)
    before = len(looks())
    text = page(world.client("officer"), reverse("people:requests") + query)
    assert (NAME in text) is found
    assert [look.purpose for look in looks()[before:]] == ["people.read"] * found
    file = world.client("officer").get(reverse("people:requests") + "?export=csv").content.decode()
    assert NAME not in file
    assert len(looks()) == before + found, "a file names nobody"


def test_a_request_says_which_day_is_counted_and_how_to_correct(world: World, person: Person) -> None:
    made, client = opened(world, person, "correct"), world.client("officer")
    addresses = reverse("people:requests"), reverse("people:request", args=[made.key])
    for address in addresses:
        assert "để phản hồi tiếp nhận" in page(client, address)
    text = page(client, addresses[1])
    assert "Ghi nhận đã phản hồi tiếp nhận" in text
    assert reverse("people:person_edit", args=[person.key]) in text
    assert "CHƯA ĐỐI CHIẾU" not in text
    step(world, made, "phan-hoi")
    for address in addresses:
        assert "để trả lời" in page(client, address)
    text = page(client, addresses[1])
    assert reverse("people:person_edit", args=[person.key]) in text
    for told in (text, page(client, reverse("people:retention"))):
        assert (told.count("CHƯA ĐỐI CHIẾU"), told.count("chưa đối chiếu với công báo")) == (0, 1)


def test_who_takes_a_request_is_told_to_the_one_stop_desk(world: World) -> None:
    assert "Bộ phận một cửa nhận đơn" in unescape(
        world.client("desk").get(reverse("people:home")).content.decode()
    )
