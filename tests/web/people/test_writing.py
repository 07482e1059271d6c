"""Pages that write about people: adding, correcting, holding, restricting; what is refused, in what words."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.people.models import Person
from dean06.web.people import listing
from tests.core.people import conftest as people
from tests.core.people.conftest import CANARY, NAME
from tests.pilots.guidance.world import World
from tests.web.people.test_pages import looks, page, person, world

__all__ = ["person", "world"]
WHY = "Theo quyết định kiểm tra của huyện"
TOLD = {"full_name": "Đỗ Thị Ân", "birth_date": "04/05/1988", "sex": "female", "number": "000 188 777 999"}


def one() -> Person:
    with transaction.atomic(), wide("test"):
        return Person.objects.select_related("unit").get()


def add(world: World, who: str = "officer", **changes: str) -> tuple[int, str]:
    told = TOLD | {"unit_id": str(world.commune.pk)} | changes
    answer = world.client(who).post(reverse("people:person_add"), told)
    return answer.status_code, unescape(answer.content.decode())


def entries(action: str) -> list[dict[str, object]]:
    with transaction.atomic(), wide("test"):
        return [row.detail for row in AuditEntry.objects.filter(action=action).order_by("id")]


def test_a_person_is_added_sealed_and_shown_masked(world: World) -> None:
    client = world.client("officer")
    text = unescape(page(client, reverse("people:person_add")))
    assert world.commune.name in text
    assert world.other.name not in text
    assert add(world)[0] == 302
    row = one()
    assert (row.full_name, row.unit_id, row.number_tail) == ("Đỗ Thị Ân", world.commune.pk, "999")
    text = unescape(page(client, reverse("people:person", args=[row.key])))
    assert "•••••••••999" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"number": "00018877799"}, "đúng 12 chữ số"),
        ({"number": "024188777999"}, "số không của ai"),
        ({"birth_date": "31/02/1988"}, "Hãy ghi ngày sinh dạng"),
        ({"birth_date": "01/01/1899"}, "từ 01/01/1900 đến hôm nay"),
        ({"birth_date": "01/01/2900"}, "từ 01/01/1900 đến hôm nay"),
        ({"full_name": "Đỗ 7"}, "chỉ gồm chữ cái"),
        ({"sex": "khác"}, "khác"),
        ({"full_name": ""}, "Họ và tên"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_kept(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    status, text = add(world, **changes)
    assert status == 422
    assert sentence in text
    assert 'class="field-error"' in text
    with transaction.atomic(), wide("test"):
        assert not Person.objects.exists()


def test_every_fault_is_told_at_once(world: World) -> None:
    _status, text = add(world, full_name="Đỗ 7", number="123", birth_date="31/02/1990", sex="")
    for sentence in ("chỉ gồm chữ cái", "đúng 12 chữ số", "Hãy ghi ngày sinh dạng", "Hãy điền mục này"):
        assert sentence in text


def test_a_duplicate_is_refused_here_and_says_nothing_of_elsewhere(world: World, person: Person) -> None:
    status, text = add(world, number=CANARY)
    assert status == 409
    assert "Đơn vị đã có người mang số định danh này." in text
    status, text = add(world, who="neighbour", number=CANARY, unit_id=str(world.other.pk))
    assert status in {302, 403}, "a right of the neighbour's own decides, not the other unit's row"
    assert "đã có người" not in text


def test_another_units_people_are_not_written(world: World) -> None:
    status, _text = add(world, unit_id=str(world.other.pk))
    assert status == 422
    with transaction.atomic(), wide("test"):
        assert not Person.objects.exists()


@pytest.mark.parametrize("who", ["unnamed", "desk", "auditor", "leader"])
def test_without_the_right_there_is_no_page(world: World, person: Person, who: str) -> None:
    client = world.client(who)
    assert client.get(reverse("people:person_add")).status_code == 403
    assert client.get(reverse("people:person_edit", args=[person.key])).status_code == 404
    assert client.post(reverse("people:person_step", args=[person.key]), {"do": "giu"}).status_code == 404


def correct(client: Client, person: Person, version: int, name: str) -> tuple[int, str]:
    told = {"full_name": name, "birth_date": "04/05/1988", "sex": "female", "version": str(version)}
    answer = client.post(reverse("people:person_edit", args=[person.key]), told)
    return answer.status_code, unescape(answer.content.decode())


def test_a_correction_is_written_and_logged_masked(world: World, person: Person) -> None:
    client = world.client("officer")
    text = unescape(page(client, reverse("people:person_edit", args=[person.key])))
    assert f'value="{NAME}"' in text
    assert looks()[-1].route == "people:person_edit"
    assert correct(client, person, 1, "Phùng Thị Yến")[0] == 302
    assert one().full_name == "Phùng Thị Yến"
    (detail,) = entries("people.correct")
    assert detail["changes"] == {"full_name": ["P• T• C• H• Y•", "P• T• Y•"]}


def test_a_change_of_somebody_else_is_shown_and_not_written_over(world: World, person: Person) -> None:
    client = world.client("officer")
    correct(client, person, 1, "Phùng Thị Yến")
    status, text = correct(client, person, 1, "Phùng Thị Oanh")
    assert status == 409
    assert "Người khác vừa sửa bản ghi này" in text
    assert "Hiện đang lưu" in text
    assert "<dd>Phùng Thị Yến</dd>" in text
    assert 'value="Phùng Thị Oanh"' in text, "what was typed is not lost"
    assert one().full_name == "Phùng Thị Yến"


def step(client: Client, person: Person, name: str, why: str = WHY) -> tuple[int, str]:
    answer = client.post(reverse("people:person_step", args=[person.key]), {"do": name, f"{name}-why": why})
    return answer.status_code, unescape(answer.content.decode())


def test_a_hold_and_a_restriction_are_set_and_undone(world: World, person: Person) -> None:
    client = world.client("officer")
    address = reverse("people:person", args=[person.key])
    for name, back, action in (
        ("giu", "thoi-giu", "people.release"),
        ("han-che", "bo-han-che", "people.unrestrict"),
    ):
        assert f'id="{name}"' in page(client, address)
        assert step(client, person, name)[0] == 302
        text = page(client, address)
        assert f'id="{back}"' in text
        assert f'id="{name}"' not in text
        assert step(client, person, name)[0] == 409
        assert step(client, person, back)[0] == 302
        assert entries(action)[0]["why"] == WHY
    row = one()
    assert (row.hold_reason, row.restricted_on) == ("", None)
    assert step(client, person, "lạ")[0] == 409


@pytest.mark.parametrize("why", ["ngắn", f"Vụ của {NAME}", "Theo hồ sơ số 000188777345"])
def test_a_ground_that_names_somebody_is_refused_beside_its_field(
    world: World, person: Person, why: str
) -> None:
    client = world.client("officer")
    status, text = step(client, person, "giu", why)
    assert status == 422
    assert '<details class="panel" id="giu" open>' in text
    assert 'class="field-error"' in text
    assert one().hold_reason == ""
    assert looks()[-1].route == "people:person_step"


def _names(client: Client, query: str = "") -> list[str]:
    import re

    text = unescape(page(client, reverse("people:list") + query))
    return re.findall(r'<a href="/[^"]*nguoi-dan/[0-9a-f-]{36}"[^>]*>([^<]+)</a>', text)


@pytest.fixture
def crowd(world: World) -> list[str]:
    names = ["Trần An", "Đỗ Bình", "Đinh Chi", "Lê Ánh"]
    with transaction.atomic(), wide("test"):
        for n, name in enumerate(names):
            people.register(world, number=f"00018877700{n}", name=name)
    return names


def test_the_list_is_sorted_searched_and_exported_though_sealed(world: World, crowd: list[str]) -> None:
    client = world.client("officer")
    by_given_name = ["Trần An", "Lê Ánh", "Đỗ Bình", "Đinh Chi"]
    assert _names(client) == by_given_name
    assert _names(client, "?sort=-name") == by_given_name[::-1]
    assert _names(client, "?q=DO") == ["Đỗ Bình"]
    assert _names(client, "?q=an") == ["Trần An"], "whole words only: Ánh is none"
    assert _names(client, "?tt=giu") == []
    file = client.get(reverse("people:list") + "?export=csv&sort=name").content.decode("utf-8-sig")
    assert [line.split(",")[0].strip('"') for line in file.splitlines()[1:]] == sorted(
        crowd, key=by_given_name.index
    )
    assert "••••" in file
    assert "000188777000" not in file


def test_above_the_bound_the_list_comes_by_day_and_says_so(
    world: World, crowd: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SORTED", 3)
    client = world.client("officer")
    text = unescape(page(client, reverse("people:list")))
    assert "Có hơn 3 người nên xếp theo ngày ghi" in text
    assert sorted(_names(client)) == sorted(crowd)
    assert "sort=name" not in text
    assert _names(client, "?q=binh") == ["Đỗ Bình"]
    assert len(client.get(reverse("people:list") + "?export=csv").content.decode().splitlines()) == 5
