"""Registering, correcting, revealing and deleting people: rights, traces, and nothing in clear."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection

from dean06.core.access.scope import scoped
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.people import actions, queries, reading
from dean06.core.people.models import Person
from dean06.core.usage.models import UsageRecord
from tests.core.people.conftest import CANARY, NAME, given, register
from tests.pilots.guidance.world import World

PURPOSE = "people.reveal.verify"
REASON = "Đối chiếu khi người dân đến nhận kết quả"


def _reveal(world: World, person: Person, who: str = "officer", **more: str) -> str:
    told = {"purpose": PURPOSE, "reason": REASON} | more
    return reading.reveal(actor=world.actor(who), person_id=person.pk, **told)


def test_the_row_holds_neither_the_number_nor_a_hash_of_it_alone(world: World) -> None:
    person = register(world)
    with connection.cursor() as cursor:
        cursor.execute("select p::text from people_person p where id = %s", [person.pk])
        (row,) = cursor.fetchone() or ("",)
    assert CANARY not in row
    assert CANARY.encode().hex() not in row
    assert person.masked_number == "•••••••••345"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("00018877734", "đúng 12 chữ số"),
        ("00018877734x", "đúng 12 chữ số"),
        ("٠٠٠١٨٨٧٧٧٣٤٥", "đúng 12 chữ số"),
        ("024188777345", "số không của ai"),
    ],
)
def test_a_wrong_number_is_refused(world: World, number: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        register(world, number=number)
    assert refused.value.reasons[0].field == "Số định danh cá nhân"
    assert number not in refused.value.message
    assert not Person.objects.exists()


def test_a_number_stands_once_in_a_unit_and_another_unit_tells_nothing(world: World) -> None:
    register(world)
    with pytest.raises(Conflict, match="đã có người mang số"):
        register(world, number="000 188 777 345")
    register(world, at="other")  # no error that would tell the neighbour of the first row
    assert Person.objects.count() == 2


def test_all_people_or_none_are_written(world: World) -> None:
    with pytest.raises(Invalid):
        actions.register(
            actor=world.actor("officer"), unit_id=world.commune.pk, people=[given(), given("000", "Ai đó")]
        )
    assert not Person.objects.exists()
    assert not AuditEntry.objects.filter(action="people.register").exists()


@pytest.mark.parametrize("who", ["unnamed", "desk", "auditor", "leader"])
def test_without_the_right_nobody_writes_or_reveals(world: World, who: str) -> None:
    person = register(world)
    with pytest.raises(Denied):
        actions.register(actor=world.actor(who), unit_id=world.commune.pk, people=[given("000188777346")])
    with pytest.raises(NotFound):
        _reveal(world, person, who)


def test_row_security_hides_people_of_other_units(world: World) -> None:
    register(world)
    with scoped(world.actor("neighbour")):
        assert not Person.objects.exists()
    with scoped(world.actor("officer")):
        assert Person.objects.count() == 1


def test_a_grant_without_personal_data_opens_no_person(world: World) -> None:
    register(world)
    seen = {who: queries.visible(world.actor(who)).count() for who in world.users}
    assert {who for who, count in seen.items() if count} == {"officer", "head", "lead"}


def test_revealing_writes_both_traces_in_one_transaction(world: World) -> None:
    person = register(world)
    before = UsageRecord.objects.count()
    assert _reveal(world, person) == CANARY
    assert UsageRecord.objects.count() == before + 1
    usage = UsageRecord.objects.latest("id")
    assert (usage.purpose, usage.subjects, usage.unit_id) == (PURPOSE, 1, world.commune.pk)
    entry = AuditEntry.objects.get(action="people.reveal")
    assert entry.object_id == str(person.key)
    assert entry.detail == {"purpose": PURPOSE, "reason": REASON}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"purpose": "tò mò"}, "Mục đích"),
        ({"reason": "vì cần"}, "Lý do"),
        ({"reason": "x" * 301}, "Lý do"),
        ({"reason": f"Đối chiếu cho {NAME.lower()}"}, "Lý do"),
        ({"reason": "Đối chiếu số 000 188 777 345"}, "Lý do"),
        ({"reason": "Đối chiếu hồ sơ 000/188/777/345"}, "Lý do"),
        ({"reason": "Đối chiếu 000 và 188 rồi 777 với 345"}, "Lý do"),
        ({"reason": "Đối chiếu 0\u200b0\u200b0\u00ad1\u00ad88\u200b777\u200b345"}, "Lý do"),
    ],
)
def test_a_reveal_needs_a_purpose_and_a_clean_reason(world: World, told: dict[str, str], field: str) -> None:
    person = register(world)
    before = UsageRecord.objects.count()
    with pytest.raises(Invalid) as refused:
        _reveal(world, person, **told)
    assert refused.value.reasons[0].field == field
    assert UsageRecord.objects.count() == before
    assert not AuditEntry.objects.filter(action="people.reveal").exists()


def test_a_look_up_by_number_is_written_down_found_or_not(world: World) -> None:
    person = register(world)
    officer = world.actor("officer")
    before = UsageRecord.objects.count()
    assert reading.find_by_number(actor=officer, number="000.188.777.345") == person
    assert reading.find_by_number(actor=officer, number="000188777999") is None
    assert reading.find_by_number(actor=world.actor("neighbour"), number=CANARY) is None
    assert UsageRecord.objects.count() == before + 3
    with pytest.raises(Denied):
        reading.find_by_number(actor=world.actor("unnamed"), number=CANARY)


def test_no_trace_holds_the_name_or_the_number(world: World) -> None:
    person = register(world)
    officer = world.actor("officer")
    _reveal(world, person)
    reading.find_by_number(actor=officer, number=CANARY)
    actions.correct(
        actor=officer,
        person_id=person.pk,
        version=1,
        full_name=NAME + " Hai",
        birth_date=date(1988, 5, 4),
        sex="female",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(string_agg(t, ' '), '') from (select u::text t from usage_record u"
            " union all select a::text from audit_entry a) every_trace"
        )
        (traces,) = cursor.fetchone() or ("",)
    assert "people.correct" in traces
    assert CANARY not in traces
    assert "Hoàng Yến" not in traces


def test_a_correction_of_an_old_page_is_refused(world: World) -> None:
    person = register(world)
    officer = world.actor("officer")
    told = {"full_name": "Phùng Thị Yến", "birth_date": date(1988, 5, 4), "sex": "female"}
    actions.correct(actor=officer, person_id=person.pk, version=1, **told)  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="vừa sửa"):
        actions.correct(actor=officer, person_id=person.pk, version=1, **told)  # type: ignore[arg-type]
    assert AuditEntry.objects.get(action="people.correct").detail == {
        "fields": ["full_name"],
        "changes": {"full_name": ["P• T• C• H• Y•", "P• T• Y•"]},
    }


def test_a_correction_is_read_back_found_anew_and_logged_masked(world: World) -> None:
    person = register(world)
    officer = world.actor("officer")
    told = {"full_name": "  Đỗ  Thị Ân ", "birth_date": date(1989, 5, 4), "sex": "male"}
    actions.correct(actor=officer, person_id=person.pk, version=1, **told)  # type: ignore[arg-type]
    row = Person.objects.get(pk=person.pk)
    assert (row.full_name, row.birth_date, row.sex, row.version) == (
        "Đỗ Thị Ân",
        date(1989, 5, 4),
        "male",
        2,
    )
    assert list(queries.named(queries.visible(officer), "do an")) == [row]
    assert not queries.named(queries.visible(officer), "phung").exists()
    assert AuditEntry.objects.get(action="people.correct").detail == {
        "fields": ["birth_date", "full_name", "sex"],
        "changes": {
            "full_name": ["P• T• C• H• Y•", "Đ• T• Â•"],
            "birth_date": ["••/••/1988", "••/••/1989"],
            "sex": ["female", "male"],
        },
    }
    again = actions.correct(actor=officer, person_id=person.pk, version=2, **told)  # type: ignore[arg-type]
    assert again.version == 2, "the same values are no correction"


def test_whole_words_find_a_name_without_marks_and_in_any_order(world: World) -> None:
    person = register(world, name="Đặng Thị Ngọc-Ánh")
    register(world, number="000188777346", name="Trần Văn Đang")
    mine = queries.visible(world.actor("officer"))
    for text in ("ANH ngoc", "đặng", "dang thi", "Thi  Đặng."):
        assert person in queries.named(mine, text), text
    assert {row.full_name for row in queries.named(mine, "dang")} == {"Đặng Thị Ngọc-Ánh", "Trần Văn Đang"}
    for text in ("ngo", "nh", "dang le", "000188777345"):
        assert not queries.named(mine, text).exists(), text
    assert queries.named(mine, " ").count() == 2
    assert not queries.named(queries.visible(world.actor("neighbour")), "dang").exists()


@pytest.mark.parametrize("name", ["A", "Nguyễn Văn 7", "x" * 121, "<b>An</b>", "-"])
def test_what_is_no_name_is_refused(world: World, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        register(world, name=name)
    assert refused.value.reasons[0].field == "Họ và tên"


def test_a_hold_forbids_deletion_until_it_is_lifted(world: World) -> None:
    person = register(world)
    officer = world.actor("officer")
    actions.keep_on_hold(actor=officer, person_id=person.pk, reason="Đang giải quyết khiếu nại")
    with pytest.raises(Conflict, match="Đang giải quyết khiếu nại"):
        actions.delete(actor=officer, person_id=person.pk, why="request")
    with pytest.raises(Conflict, match="đã được giữ"):
        actions.keep_on_hold(actor=officer, person_id=person.pk, reason="Đang giải quyết khiếu nại")
    actions.release(actor=officer, person_id=person.pk, why="Khiếu nại đã giải quyết xong")
    with pytest.raises(Conflict, match="không còn được giữ"):
        actions.release(actor=officer, person_id=person.pk, why="Khiếu nại đã giải quyết xong")
    assert AuditEntry.objects.get(action="people.release").detail == {
        "why": "Khiếu nại đã giải quyết xong",
        "held": "Đang giải quyết khiếu nại",
    }
    actions.delete(actor=officer, person_id=person.pk, why="request")
    assert not Person.objects.exists()
    assert json.dumps(AuditEntry.objects.get(action="people.delete").detail) == '{"why": "request"}'


@pytest.mark.parametrize("why", ["ngắn", "x" * 301, f"Vụ của {NAME}", "Theo hồ sơ 000 188 777 345"])
def test_the_ground_of_a_hold_or_restriction_names_nobody(world: World, why: str) -> None:
    person, officer = register(world), world.actor("officer")
    with pytest.raises(Invalid, match=r"Căn cứ|từ 10 đến 300 chữ"):
        actions.keep_on_hold(actor=officer, person_id=person.pk, reason=why)
    with pytest.raises(Invalid) as refused:
        actions.restrict(actor=officer, person_id=person.pk, on=date(2023, 12, 10), why=why)
    assert refused.value.reasons[0].field == "Căn cứ"
    row = Person.objects.get(pk=person.pk)
    assert (row.hold_reason, row.restricted_on) == ("", None)
