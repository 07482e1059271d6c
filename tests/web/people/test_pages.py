"""Pages of people: masked by default, the number once by post, every look written down, nothing kept."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core.access.scope import wide
from dean06.core.people.models import Person
from dean06.core.usage.models import UsageRecord
from tests.core.people import conftest as people
from tests.core.people.conftest import CANARY, NAME
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World

REASON = "Đối chiếu khi người dân đến nhận kết quả"
SPACED = "000 188 777 345"
TOLD = {"purpose": "people.reveal.verify", "reason": REASON}


@pytest.fixture
def world(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "keys"))
    with transaction.atomic(), wide("test"):
        return worlds.build()


@pytest.fixture
def person(world: World) -> Person:
    with transaction.atomic(), wide("test"):
        return people.register(world)


def looks() -> list[UsageRecord]:
    with transaction.atomic(), wide("test"):
        return list(UsageRecord.objects.order_by("id"))


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "private, no-store" or status != 200
    return answer.content.decode()


def test_the_list_is_masked_and_its_reading_written_down(world: World, person: Person) -> None:
    text = page(world.client("officer"), reverse("people:list"))
    assert NAME in text
    assert "•••••••••345" in text
    assert CANARY not in text
    (look,) = looks()
    assert (look.purpose, look.subjects, look.unit_id) == ("people.read", 1, world.commune.pk)


@pytest.mark.parametrize(
    ("query", "found"), [("?q=chim+hoang+yen", True), ("?q=khong+co", False), ("?gioi=male", False)]
)
def test_the_list_is_searched_without_accents_and_filtered(
    world: World, person: Person, query: str, found: bool
) -> None:
    assert (NAME in page(world.client("officer"), reverse("people:list") + query)) is found
    assert len(looks()) == int(found), "an empty page shows nobody"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_is_masked_too(world: World, person: Person, form: str) -> None:
    answer = world.client("officer").get(reverse("people:list") + f"?export={form}")
    assert answer.status_code == 200
    assert CANARY.encode() not in answer.content
    assert "no-store" in answer.headers["Cache-Control"]
    if form == "csv":
        assert "•••••••••345" in answer.content.decode("utf-8-sig")
    assert [look.subjects for look in looks()] == [1]


@pytest.mark.parametrize("who", ["unnamed", "desk", "auditor", "leader"])
def test_without_the_right_there_is_no_list(world: World, person: Person, who: str) -> None:
    client = world.client(who)
    assert client.get(reverse("people:list")).status_code == 403
    assert client.get(reverse("people:person", args=[person.key])).status_code == 404
    assert client.post(reverse("people:reveal", args=[person.key]), TOLD).status_code == 404
    assert client.post(reverse("people:find"), {"number": CANARY}).status_code == 403
    assert looks() == []


def test_another_commune_does_not_see_the_person(world: World, person: Person) -> None:
    client = world.client("neighbour")
    assert NAME not in page(client, reverse("people:list"))
    assert client.get(reverse("people:person", args=[person.key])).status_code == 404


def test_the_number_is_shown_once_for_a_reason(world: World, person: Person) -> None:
    client = world.client("officer")
    address = reverse("people:person", args=[person.key])
    assert CANARY not in page(client, address)
    answer = client.post(reverse("people:reveal", args=[person.key]), TOLD)
    assert SPACED in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Refresh"] == f"30; url={address}"
    assert SPACED not in page(client, address), "the page is masked again"
    assert [look.purpose for look in looks()] == ["people.read", "people.reveal.verify", "people.read"]


@pytest.mark.parametrize("told", [{}, {"purpose": TOLD["purpose"], "reason": "vì"}, TOLD | {"purpose": "x"}])
def test_without_purpose_and_reason_the_number_stays_hidden(
    world: World, person: Person, told: dict[str, str]
) -> None:
    answer = world.client("officer").post(reverse("people:reveal", args=[person.key]), told)
    assert answer.status_code == 422
    assert SPACED not in answer.content.decode()
    assert "Refresh" not in answer.headers
    assert all(look.purpose == "people.read" for look in looks())


def test_a_number_is_looked_up_by_post_only(world: World, person: Person) -> None:
    client = world.client("officer")
    assert client.get(reverse("people:find") + f"?number={CANARY}").status_code in {400, 405}
    answer = client.post(reverse("people:find"), {"number": SPACED})
    assert answer.headers["Location"] == reverse("people:person", args=[person.key])
    assert client.post(reverse("people:find"), {"number": "000188777999"}).headers["Location"] == reverse(
        "people:list"
    )
    assert "Không có người mang số này" in page(client, reverse("people:list"))
    assert [look.purpose for look in looks()][:2] == ["people.find", "people.find"]


def test_a_malformed_number_is_answered_in_words(world: World, person: Person) -> None:
    client = world.client("officer")
    client.post(reverse("people:find"), {"number": "12ab"})
    assert "đúng 12 chữ số" in unescape(page(client, reverse("people:list")))


def test_no_address_in_the_pages_holds_a_number(world: World, person: Person) -> None:
    client = world.client("officer")
    revealed = client.post(reverse("people:reveal", args=[person.key]), TOLD).content.decode()
    for text in (revealed, page(client, reverse("people:list"))):
        for address in re.findall(r"(?:href|action|src)=\"([^\"]*)\"", text):
            assert CANARY not in address
            assert SPACED not in unescape(address)


def test_wrong_keys_are_told_in_one_sentence(
    world: World, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "stranger"))
    answer = world.client("officer").post(reverse("people:reveal", args=[person.key]), TOLD)
    assert answer.status_code in {400, 409}
    assert "Thư mục khóa trống nhưng cơ sở dữ liệu đã được mã hóa" in unescape(answer.content.decode())
    assert str(tmp_path) not in answer.content.decode()
    assert looks() == []
