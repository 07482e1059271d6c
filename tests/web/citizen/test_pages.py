"""What a citizen sees when he signs in, what he never sees, and what officers do not see."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook

from dean06.core import clock
from dean06.core.access.models import User
from dean06.core.people import reading
from dean06.core.usage import representation
from dean06.core.usage.models import UsageRecord
from tests.core.people.conftest import register
from tests.core.usage.looks import CHILD, NUMBER, REASON, REVEAL, STRANGER, key, look, looks
from tests.pilots.guidance.world import TODAY, World
from tests.runtime.tokens import fresh

DAYS = representation.Document("parent", "Giấy khai sinh số 12", date(2023, 1, 1), date(2024, 6, 1))


@pytest.fixture
def citizen(world: World) -> Client:
    return client(NUMBER)


def client(number: str, level: int = 2) -> Client:
    """A browser of the citizen with this number, signed in."""
    user = User.objects.create(
        username=f"cd-{number}", full_name="Công dân", subject_key=key(number), citizen_level=level
    )
    made = Client(raise_request_exception=True)
    made.force_login(user)
    return made


def page(browser: Client, address: str = "/cua-toi/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_officer_reveals_and_the_citizen_sees_it_at_once(world: World, citizen: Client) -> None:
    assert "Chưa ai xem" in page(citizen)
    person = register(world, number=NUMBER)
    reading.reveal(actor=world.actor("officer"), person_id=person.pk, purpose=REVEAL, reason=REASON)
    text = page(citizen)
    assert "Ngày 10/12/2023, lúc " in text
    assert "Xã Một đã xem số định danh đầy đủ của anh/chị để đối chiếu nhân thân" in text
    assert REASON not in text, "auditors read the reason"
    assert NUMBER not in text
    assert person.full_name not in text
    assert "officer" not in text, "the officer's own name is not the citizen's data"


def test_others_see_nothing_of_it(world: World, citizen: Client) -> None:
    looks(world, 2)
    assert "Chưa ai xem" in page(client(STRANGER))
    for who in ("officer", "lead", "auditor"):
        assert world.client(who).get("/cua-toi/").status_code == 403
    assert Client().get("/cua-toi/").status_code == 302
    assert client(CHILD, level=1).get("/cua-toi/").status_code == 403


def test_pages_are_newest_first_and_can_be_turned(world: World, citizen: Client) -> None:
    for day in range(3):
        clock.set_business_date(TODAY - timedelta(days=2 - day))
        looks(world, 9)
    first, second = page(citizen), page(citizen, "/cua-toi/?trang=2")
    assert "27 lần xem" in first
    assert first.count("timeline-title") == 20
    assert second.count("timeline-title") == 7
    assert first.index("Ngày 10/12/2023") < first.index("Ngày 09/12/2023")
    assert 'rel="next"' in first
    assert 'rel="next"' not in second
    assert page(citizen, "/cua-toi/?trang=xyz").count("timeline-title") == 20


def test_a_period_narrows_the_list(world: World, citizen: Client) -> None:
    looks(world, 1)
    clock.set_business_date(TODAY + timedelta(days=5))
    looks(world, 2)
    assert "2 lần xem" in page(citizen, "/cua-toi/?tu=11/12/2023")
    assert "1 lần xem" in page(citizen, "/cua-toi/?tu=10/12/2023&den=10/12/2023")
    for wrong in ("?tu=hom-qua", "?tu=11/12/2023&den=10/12/2023", "?den=31/12/9999", "?tu=2023-12-10"):
        answer = citizen.get(f"/cua-toi/{wrong}")
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()


def test_the_citizen_takes_his_rows_away(world: World, citizen: Client) -> None:
    look(world.actor("officer"), world.commune.pk, purpose=REVEAL, reason=REASON)
    looks(world, 1)
    csv = citizen.get("/cua-toi/?export=csv")
    assert csv.headers["Cache-Control"] == "private, no-store"
    assert csv.content.decode("utf-8-sig").count("\n") == 3
    assert "Xem số định danh đầy đủ" in csv.content.decode()
    book = load_workbook(io.BytesIO(citizen.get("/cua-toi/?export=xlsx").content))
    assert [book.active.max_row, book.active.cell(3, 2).value] == [3, "Xã Một"]  # type: ignore[union-attr]
    rows = json.loads(citizen.get("/cua-toi/?export=json").content)
    assert rows["totalUsages"] == 2
    assert "số định danh đầy đủ" in rows["usages"][1]["action"]
    assert NUMBER not in json.dumps(rows)


def test_a_parent_sees_and_is_seen(world: World, citizen: Client) -> None:
    looks(world, 1, CHILD)
    right = representation.register(
        actor=world.actor("officer"),
        unit_id=world.commune.pk,
        representative=NUMBER,
        subject=CHILD,
        document=DAYS,
    )
    address = f"/cua-toi/dai-dien/{right.pk}"
    assert address in page(citizen)
    text = page(citizen, address)
    assert "2 lần xem" in text, "the look of the parent is among them"
    assert "Giấy khai sinh số 12" in text
    child = page(client(CHILD))
    assert "Người đại diện của anh/chị đã xem nhật ký" in child
    assert client(STRANGER).get(address).status_code == 403
    clock.set_business_date(DAYS.valid_to)
    assert citizen.get(address).status_code == 403
    assert UsageRecord.objects.filter(on_behalf_of=right).count() == 1


def test_when_the_look_cannot_be_written_nothing_is_shown(
    world: World, citizen: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page whose look is refused shows no data, and one that fails after the look leaves no row."""
    right = representation.register(
        actor=world.actor("officer"),
        unit_id=world.commune.pk,
        representative=NUMBER,
        subject=CHILD,
        document=DAYS,
    )
    looks(world, 1, CHILD)
    before = UsageRecord.objects.count()
    with monkeypatch.context() as change:
        change.setattr(representation, "PURPOSE", "no.such.purpose")
        answer = citizen.get(f"/cua-toi/dai-dien/{right.pk}")
    assert answer.status_code == 422
    assert "Xã Một" not in answer.content.decode()
    with monkeypatch.context() as change:
        change.setattr("dean06.web.citizen.views.render", _fail)
        with pytest.raises(RuntimeError):
            citizen.get(f"/cua-toi/dai-dien/{right.pk}")
    assert UsageRecord.objects.count() == before


def _fail(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("the page breaks")


@pytest.fixture
def portal(world: World, settings: Any) -> Client:
    settings.USAGE_API_TOKEN = fresh("t" * 40)
    return Client(headers={"authorization": "Bearer " + "t" * 40})


def ask(portal: Client, **headers: str) -> Any:
    return portal.post(
        "/api/usage/v1/findUsage",
        json.dumps({"userCode": NUMBER}),
        content_type="application/json",
        headers=headers,
    )


def test_without_a_token_configured_nobody_is_admitted(portal: Client, settings: Any) -> None:
    assert portal.get("/api/usage/v1/heartbeat").status_code == 200
    settings.USAGE_API_TOKEN = None
    assert portal.get("/api/usage/v1/heartbeat").status_code == 401
    assert Client(headers={"authorization": "Bearer "}).get("/api/usage/v1/heartbeat").status_code == 401


def test_a_token_that_ended_opens_nothing(portal: Client, settings: Any) -> None:
    settings.USAGE_API_TOKEN = replace(settings.USAGE_API_TOKEN, ends=datetime.now(UTC))
    assert portal.get("/api/usage/v1/heartbeat").status_code == 401


def test_a_session_opens_no_interface(citizen: Client) -> None:
    assert citizen.get("/api/usage/v1/usagePeriod").status_code == 401
    assert settings.USAGE_API_TOKEN is None


def test_a_refused_question_is_written_down_without_numbers(portal: Client) -> None:
    from dean06.core.audit.models import AuditEntry

    assert ask(portal, **{"x-road-userid": f"VN{STRANGER}"}).status_code == 403
    entry = AuditEntry.objects.get(action="usage.representation.refused")
    assert STRANGER not in json.dumps(entry.detail)
    assert ask(portal, **{"x-road-userid": f"VN{NUMBER}"}).status_code == 200
