"""The officer's pages of hiding and of representation, and what citizens see of both."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core import clock
from dean06.core.access.models import Role
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.people.models import Person
from dean06.core.usage import queries, representation
from dean06.core.usage.models import Hiding, Representation, UsageRecord
from tests.core.people import conftest as people
from tests.core.people.conftest import CANARY
from tests.core.usage.looks import CHILD, key
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import TODAY, World

LIST = reverse("people:hidings")
DOCUMENT = "Quyết định 15/QĐ-CAT"
REPRESENTED = {
    "representative": CANARY,
    "subject": CHILD,
    "kind": "parent",
    "text": "Giấy khai sinh số 12",
    "valid_from": f"{TODAY:%d/%m/%Y}",
    "valid_to": f"{TODAY + timedelta(days=365):%d/%m/%Y}",
}


@pytest.fixture
def world(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "keys"))
    with transaction.atomic(), wide("test"):
        made = worlds.build()
        for name in ("chief_a", "chief_b"):
            made.users[name] = worlds.account(name, Role.UNIT_HEAD, made.province, personal=True)
        return made


@pytest.fixture
def person(world: World) -> Person:
    with transaction.atomic(), wide("test"):
        return people.register(world)


def _seen() -> int:
    return queries.find(key(CANARY)).total


def _ask(client: Client, person: Person, **more: Any) -> Any:
    address = reverse("people:hide", args=[person.key])
    client.get(address)
    with transaction.atomic(), wide("test"):
        looks = list(UsageRecord.objects.values_list("pk", flat=True))
    day = f"{TODAY + timedelta(days=20):%d/%m/%Y}"
    told = {"looks": looks, "reason": "investigation", "document": DOCUMENT, "last_day": day, **more}
    return client.post(address, told)


def _page(asked: Any) -> str:
    assert asked.status_code == 302, asked.content.decode()
    return str(asked.url)


def test_one_asks_two_agree_and_the_citizen_sees_it_again_with_the_reason(
    world: World, person: Person
) -> None:
    officer = world.client("officer")
    officer.get(reverse("people:person", args=[person.key]))
    page = _page(_ask(officer, person))
    assert _seen() == 2, "his page, and the page of the request"
    assert "Chờ duyệt" in officer.get(LIST).content.decode()
    assert "Đồng ý ẩn" not in officer.get(page).content.decode(), "who asked does not agree"
    for who, told in (("chief_a", "cần thêm một người"), ("chief_b", "Đã đủ hai người duyệt")):
        client = world.client(who)
        assert "Đồng ý ẩn" in client.get(page).content.decode()
        assert told in client.post(page, {"do": "duyet"}, follow=True).content.decode()
    assert _seen() == 0
    assert "Đang ẩn" in officer.get(f"{LIST}?tt=hiding").content.decode()
    assert "Chưa có đề nghị" not in officer.get(f"{LIST}?tt=hiding").content.decode()
    assert DOCUMENT not in officer.get(f"{LIST}?tt=waiting").content.decode()
    officer.post(page, {"do": "ket-thuc"})
    assert _seen() == 2
    text = officer.get(page).content.decode()
    for step in ("Đề nghị", "Đồng ý", "Kết thúc sớm", "chief_a", "chief_b"):
        assert step in text
    with transaction.atomic(), wide("test"):
        actions = AuditEntry.objects.filter(object_type="usage_hiding").values_list("action", flat=True)
        assert sorted(actions) == [
            "usage.hiding.approve",
            "usage.hiding.approve",
            "usage.hiding.end",
            "usage.hiding.request",
        ]


def test_a_refusal_is_shown_and_nothing_is_hidden(world: World, person: Person) -> None:
    page = _page(_ask(world.client("officer"), person))
    answer = world.client("chief_a").post(page, {"do": "tu-choi"}, follow=True).content.decode()
    assert "Bị từ chối" in answer
    assert "Ý kiến của anh/chị" not in answer
    assert world.client("chief_b").post(page, {"do": "duyet"}).status_code == 409
    assert _seen() == 1


def test_the_form_names_what_is_wrong_and_keeps_nothing(world: World, person: Person) -> None:
    officer = world.client("officer")
    for more, told in (
        ({"looks": []}, "Lần xem cần ẩn"),
        ({"reason": ""}, "Lý do"),
        ({"document": f"QĐ {CHILD}"}, "không ghi số định danh"),
        ({"last_day": f"{TODAY + timedelta(days=400):%d/%m/%Y}"}, "trong 180 ngày"),
    ):
        answer = _ask(officer, person, **more)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    with transaction.atomic(), wide("test"):
        assert not Hiding.objects.exists()
    assert world.client("officer").post(LIST + "/1", {"do": "x"}).status_code == 404


def test_looks_of_others_cannot_be_smuggled_in(world: World, person: Person) -> None:
    officer = world.client("officer")
    with transaction.atomic(), wide("test"):
        stranger = UsageRecord.objects.create(
            at=clock.now(),
            actor_name="x",
            purpose="people.read",
            route="x",
            unit_id=world.commune.pk,
            subjects=1,
        )
    assert _ask(officer, person, looks=[stranger.pk]).status_code == 422


def test_who_may_read_the_register(world: World, person: Person) -> None:
    page = _page(_ask(world.client("officer"), person))
    for who, status in (("leader", 403), ("unnamed", 403), ("neighbour", 404), ("head", 200)):
        assert world.client(who).get(page).status_code == status, who
    assert world.client("neighbour").get(LIST).status_code in {200, 403}
    assert DOCUMENT not in world.client("neighbour").get(LIST).content.decode()
    assert CANARY not in world.client("head").get(page).content.decode()


def test_representation_is_recorded_used_and_ended_on_the_pages(world: World) -> None:
    officer = world.client("officer")
    add = reverse("people:representation_add")
    assert "Người được đại diện" in officer.get(add).content.decode()
    done = officer.post(add, {**REPRESENTED, "unit_id": world.commune.pk}, follow=True)
    text = done.content.decode()
    assert "Đã ghi quyền đại diện" in text
    assert "Đang có hiệu lực" in text
    assert CANARY not in text
    assert CHILD not in text
    (row,) = representation.of(key(CANARY))
    assert row.document == "Giấy khai sinh số 12"
    end = reverse("people:representation_end", args=[row.pk])
    assert world.client("unnamed").post(end).status_code in {403, 404}
    assert len(representation.of(key(CANARY))) == 1
    assert "Đã kết thúc" in officer.post(end, follow=True).content.decode()
    assert representation.of(key(CANARY)) == []
    with transaction.atomic(), wide("test"):
        told = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"usage.representation.register", "usage.representation.revoke"} <= told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"subject": CANARY}, "Không ai đại diện cho chính mình"),
        ({"subject": "123"}, "đúng 12 chữ số"),
        ({"valid_to": f"{TODAY:%d/%m/%Y}"}, "Ngày hết hạn phải sau"),
        ({"text": f"CCCD {CHILD}"}, "không ghi số định danh"),
        ({"unit_id": "1"}, "Đơn vị"),
    ],
)
def test_a_wrong_representation_is_refused_by_its_field(
    world: World, more: dict[str, str], told: str
) -> None:
    given = {**REPRESENTED, "unit_id": world.commune.pk, **more}
    answer = world.client("officer").post(reverse("people:representation_add"), given)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with transaction.atomic(), wide("test"):
        assert not Representation.objects.exists()
