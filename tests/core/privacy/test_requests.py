"""Requests of people: states, clocks, one extension, what is carried out, who may, what is logged."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dean06.core import clock
from dean06.core.access.scope import scoped
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Dean06Error, Denied, Invalid, NotFound
from dean06.core.people import actions as people
from dean06.core.people.models import Person
from dean06.core.privacy import answer, requests
from dean06.core.privacy.models import SubjectRequest
from dean06.core.usage.models import UsageRecord
from tests.core.people.conftest import CANARY, NAME, register
from tests.pilots.guidance.world import World

TODAY = date(2026, 12, 10)  # the law of 2025 is in force
SAID = "Đã trả lời bằng văn bản cho người yêu cầu"
HANDED = "Đã đối chiếu giấy tờ, trao tận tay tại bộ phận một cửa"
HELD = "Đang giải quyết khiếu nại"


@pytest.fixture(autouse=True)
def _under_the_new_law(world: World) -> None:
    clock.set_business_date(TODAY)


def opened(world: World, person: Person, kind: str = "view", received: date = TODAY) -> SubjectRequest:
    return requests.open_request(
        actor=world.actor("officer"), person_id=person.pk, kind=kind, received_on=received, asked="Xin xem"
    )


def acknowledged(world: World, person: Person, kind: str = "view") -> SubjectRequest:
    made = opened(world, person, kind)
    return requests.acknowledge(actor=world.actor("officer"), key=made.key, version=made.version)


def test_a_request_goes_its_way_and_leaves_traces(world: World) -> None:
    person = register(world)
    made = acknowledged(world, person)
    assert (made.acknowledge_due, made.answer_due) == (date(2026, 12, 14), date(2026, 12, 20))
    done = requests.fulfil(actor=world.actor("officer"), key=made.key, version=made.version, outcome=SAID)
    assert (done.state, done.closed_on) == ("fulfilled", TODAY)
    actions = AuditEntry.objects.filter(object_id=str(made.key)).order_by("id")
    assert [entry.action.rpartition(".")[2] for entry in actions] == ["open", "acknowledge", "fulfilled"]


def test_an_extension_comes_once_with_a_reason_and_in_time(world: World) -> None:
    officer = world.actor("officer")
    made = acknowledged(world, register(world), "delete")
    with pytest.raises(Invalid, match="từ 10 đến 500 chữ"):
        requests.extend(actor=officer, key=made.key, version=made.version, reason="lâu")
    longer = requests.extend(actor=officer, key=made.key, version=made.version, reason="Hồ sơ ở nhiều nơi")
    assert longer.answer_due == TODAY + timedelta(days=40)
    with pytest.raises(Conflict, match="một lần"):
        requests.extend(actor=officer, key=made.key, version=longer.version, reason="Hồ sơ ở nhiều nơi")


def test_an_overdue_request_is_not_extended(world: World) -> None:
    made = acknowledged(world, register(world))
    clock.set_business_date(made.answer_due + timedelta(days=1))
    with pytest.raises(Conflict, match="quá hạn"):
        requests.extend(
            actor=world.actor("officer"), key=made.key, version=made.version, reason="Hồ sơ ở nhiều nơi"
        )


def test_the_old_law_knows_no_extension(world: World) -> None:
    clock.set_business_date(date(2023, 12, 10))
    made = opened(world, register(world), received=date(2023, 12, 10))
    made = requests.acknowledge(actor=world.actor("officer"), key=made.key, version=1)
    assert not requests.may_extend(made)
    with pytest.raises(Conflict, match="không cho gia hạn"):
        requests.extend(
            actor=world.actor("officer"), key=made.key, version=made.version, reason="Hồ sơ ở nhiều nơi"
        )


@pytest.mark.parametrize(("step", "word"), [(requests.fulfil, "outcome"), (requests.refuse, "reason")])
def test_nothing_is_answered_before_it_was_acknowledged_or_twice(
    world: World, step: Callable[..., SubjectRequest], word: str
) -> None:
    officer, made = world.actor("officer"), opened(world, register(world))
    with pytest.raises(Conflict, match="Hãy phản hồi tiếp nhận"):
        step(actor=officer, key=made.key, version=1, **{word: SAID})
    requests.acknowledge(actor=officer, key=made.key, version=1)
    step(actor=officer, key=made.key, version=2, **{word: SAID})
    with pytest.raises(Conflict, match="đã được trả lời"):
        step(actor=officer, key=made.key, version=3, **{word: SAID})


def test_an_old_page_changes_nothing(world: World) -> None:
    made = acknowledged(world, register(world))
    with pytest.raises(Conflict, match="vừa xử lý"):
        requests.refuse(actor=world.actor("officer"), key=made.key, version=1, reason=SAID)
    assert SubjectRequest.objects.get(pk=made.pk).state == "acknowledged"


@pytest.mark.parametrize("kind", ["restrict", "object", "withdraw"])
def test_restriction_is_carried_out(world: World, kind: str) -> None:
    person = register(world)
    made = acknowledged(world, person, kind)
    requests.fulfil(actor=world.actor("officer"), key=made.key, version=made.version, outcome=SAID)
    person.refresh_from_db()
    assert person.restricted_on == TODAY


def test_deletion_deletes_and_the_file_remains(world: World) -> None:
    person = register(world)
    made = acknowledged(world, person, "delete")
    requests.fulfil(actor=world.actor("officer"), key=made.key, version=made.version, outcome=SAID)
    assert not Person.objects.exists()
    kept = SubjectRequest.objects.get(pk=made.pk)
    assert (kept.state, kept.person_id, kept.person_key) == ("fulfilled", None, person.key)


def test_a_legal_hold_refuses_deletion_and_is_the_reason_told(world: World) -> None:
    officer, person = world.actor("officer"), register(world)
    people.keep_on_hold(actor=officer, person_id=person.pk, reason=HELD)
    made = acknowledged(world, person, "delete")
    with pytest.raises(Conflict, match=HELD):
        requests.fulfil(actor=officer, key=made.key, version=made.version, outcome=SAID)
    made.refresh_from_db()
    assert made.state == "acknowledged"
    refused = requests.refuse(actor=officer, key=made.key, version=made.version, reason=HELD)
    assert refused.state == "refused"
    assert Person.objects.exists()


def test_the_answer_holds_everything_and_is_written_down(world: World) -> None:
    person = register(world)
    made = acknowledged(world, person, "provide")
    before = UsageRecord.objects.count()
    given = answer.subject_data(actor=world.actor("officer"), key=made.key, reason=HANDED)
    told = json.loads(json.dumps(given, ensure_ascii=False))
    assert told["person"]["number"] == CANARY
    assert told["person"]["full_name"] == person.full_name
    assert [one["kind"] for one in told["requests"]] == ["provide"]
    assert UsageRecord.objects.count() == before + 1
    assert UsageRecord.objects.latest("id").reason == HANDED
    assert AuditEntry.objects.get(action="privacy.request.export").detail == {"reason": HANDED}


def test_a_request_written_by_oneself_gives_no_number_at_once(world: World) -> None:
    made = opened(world, register(world), "view")
    before = UsageRecord.objects.count()
    with pytest.raises(Conflict, match="đã được phản hồi"):
        answer.subject_data(actor=world.actor("officer"), key=made.key, reason=HANDED)
    assert not answer.may_export(made)
    assert UsageRecord.objects.count() == before


@pytest.mark.parametrize(
    "reason", ["", "vì cần", "x" * 301, f"Trao cho {NAME}", "Trao 000 và 188 rồi 777 345"]
)
def test_the_file_needs_a_clean_reason(world: World, reason: str) -> None:
    made = acknowledged(world, register(world), "view")
    before = UsageRecord.objects.count()
    with pytest.raises(Invalid) as refused:
        answer.subject_data(actor=world.actor("officer"), key=made.key, reason=reason)
    assert refused.value.reasons[0].field == "Lý do"
    assert UsageRecord.objects.count() == before
    assert not AuditEntry.objects.filter(action="privacy.request.export").exists()


@pytest.mark.parametrize("kind", ["delete", "protect"])
def test_only_a_request_for_data_opens_them(world: World, kind: str) -> None:
    made = acknowledged(world, register(world), kind)
    with pytest.raises(Conflict, match="Chỉ xuất dữ liệu"):
        answer.subject_data(actor=world.actor("officer"), key=made.key, reason=HANDED)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"kind": "tò mò"}, "Loại yêu cầu"), ({"received": TODAY + timedelta(days=1)}, "Ngày nhận")],
)
def test_a_wrong_request_is_refused(world: World, more: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(world, register(world), **more)  # type: ignore[arg-type]
    assert refused.value.reasons[0].field == field


def test_others_neither_see_nor_touch_it(world: World) -> None:
    made = opened(world, register(world))
    with scoped(world.actor("neighbour")):
        assert not SubjectRequest.objects.exists()
        with pytest.raises(NotFound):
            requests.acknowledge(actor=world.actor("neighbour"), key=made.key, version=1)
    errors: list[type[Dean06Error]] = []
    for who in ("unnamed", "auditor", "leader", "desk"):
        with pytest.raises((Denied, NotFound)) as refused:
            requests.acknowledge(actor=world.actor(who), key=made.key, version=1)
        errors.append(refused.type)
    assert set(errors) == {Denied}
