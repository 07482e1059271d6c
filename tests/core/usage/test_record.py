"""A look is written with purpose and people, never with data, in the transaction that shows it."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, models, transaction

from dean06.core import usage
from dean06.core.access.actor import system_actor
from dean06.core.access.scope import scoped
from dean06.core.errors import Invalid
from dean06.core.usage import purposes, recording
from dean06.core.usage.models import UsagePurpose, UsageRecord, UsageSubject
from tests.core.usage.looks import NUMBER, PURPOSE, REASON, REVEAL, key, look
from tests.pilots.guidance.world import World

#: Every column of the tables, and why none can hold data of the people looked at.
COLUMNS = {
    UsageRecord: {
        "id": "number",
        "at": "time",
        "actor_id": "who looked",
        "actor_name": "who looked",
        "purpose": "code of the catalogue",
        "route": "name of a page, scanned",
        "unit_id": "whose record",
        "subjects": "count",
        "reason": "free text, scanned",
        "recipient": "agency outside, scanned",
        "recipient_unit_id": "agency",
        "on_behalf_of_id": "right of representation",
        "commitment": "salted hash",
    },
    UsageSubject: {
        "id": "number",
        "usage_id": "the look",
        "unit_id": "whose record",
        "subject_key": "blind index",
        "at": "time",
    },
}


def test_the_schema_has_no_place_for_data() -> None:
    for model, known in COLUMNS.items():
        assert {field.column for field in model._meta.concrete_fields} == set(known), model
        texts = {f.column for f in model._meta.concrete_fields if isinstance(f, models.CharField)}
        assert texts <= {"actor_name", "purpose", "route", "reason", "recipient"}, model


def test_an_unknown_purpose_is_refused(world: World) -> None:
    for purpose in ("", "tò mò", "people", "people.reveal"):
        with pytest.raises(Invalid, match="không có trong danh mục"):
            look(world.actor("officer"), world.commune.pk, purpose=purpose)
    assert not UsageSubject.objects.exists()


def test_a_purpose_out_of_force_is_unknown(world: World) -> None:
    UsagePurpose.objects.create(
        code="old.purpose",
        label_vi="a",
        label_en="a",
        seen_vi="a",
        seen_en="a",
        basis="x",
        valid_to=date(2023, 1, 1),
    )
    with pytest.raises(Invalid, match="chưa có hiệu lực"):
        look(world.actor("officer"), world.commune.pk, purpose="old.purpose")


def test_a_purpose_that_needs_a_reason_gets_one(world: World) -> None:
    officer = world.actor("officer")
    with pytest.raises(Invalid, match="phải ghi lý do"):
        look(officer, world.commune.pk, purpose=REVEAL)
    look(officer, world.commune.pk, purpose=REVEAL, reason=f"  {REASON} ")
    assert UsageRecord.objects.get().reason == REASON


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "000 188 777 345",
        "số 000.188.777.345 đây",
        "cmnd 123-456-789",
        *(part.join(("000", "188", "777", "345")) for part in "/_,·x\u200b\u00ad"),
        *(part.join(NUMBER) for part in ("/", " x ", ", rồi ", "\u200b\u200b")),
        "".join(chr(0xFF10 + int(digit)) for digit in NUMBER),
        "".join(chr(0x1D7CE + int(digit)) for digit in NUMBER),
        "·".join(chr(0x0660 + int(digit)) for digit in NUMBER),
    ],
)
def test_a_reason_with_a_number_is_refused(world: World, text: str) -> None:
    with pytest.raises(Invalid, match="nhiều nhất 8 chữ số"):
        look(world.actor("officer"), world.commune.pk, purpose=REVEAL, reason=f"Đối chiếu {text}")
    insert = (
        "insert into usage_record (at, actor_name, purpose, route, subjects, reason)"
        " values (now(), 'x', 'y', 'z', 1, %s)"
    )
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="no_number"),
        transaction.atomic(),
    ):
        cursor.execute(insert, [text])


def test_a_reason_may_tell_a_day_or_a_decision(world: World) -> None:
    reason = "Theo quyết định 15/QĐ-CAT của công an, tháng 6/2019"
    look(world.actor("officer"), world.commune.pk, purpose=REVEAL, reason=reason)
    assert UsageRecord.objects.get().reason == reason


@pytest.mark.parametrize("part", ["", " ", "/", "_", "x", "\u200b", "\u00ad\u00ad"])
def test_neither_a_recipient_nor_a_document_holds_a_number(part: str) -> None:
    assert recording.number_like("QĐ " + part.join(NUMBER))
    assert not recording.number_like("Giấy khai sinh số 12, ngày 05/6/2019")


def test_the_recipient_is_the_agency_of_the_grant(world: World) -> None:
    look(world.actor("officer"), world.commune.pk)
    look(world.actor("lead"), world.commune.pk)
    usage.record_read(
        actor=world.actor("officer"),
        purpose=PURPOSE,
        unit_id=world.commune.pk,
        subjects=1,
        route="x",
        recipient="Tòa án nhân dân huyện Mẫu",
    )
    found = [(row.recipient_unit_id, row.recipient) for row in UsageRecord.objects.order_by("id")]
    assert found == [(world.commune.pk, ""), (world.province.pk, ""), (None, "Tòa án nhân dân huyện Mẫu")]


def test_small_batches_are_kept_for_each_and_masses_are_counted(world: World) -> None:
    def read(count: int) -> None:
        usage.record_read(
            actor=world.actor("officer"),
            purpose=PURPOSE,
            unit_id=world.commune.pk,
            subjects=count,
            route="people:list",
            subject_keys=[n.to_bytes(32, "big") for n in range(count)],
        )

    read(recording.SINGLE_PEOPLE)
    assert UsageSubject.objects.count() == recording.SINGLE_PEOPLE
    read(recording.SINGLE_PEOPLE + 1)
    assert UsageSubject.objects.count() == recording.SINGLE_PEOPLE
    assert UsageRecord.objects.latest("id").subjects == recording.SINGLE_PEOPLE + 1


def test_the_same_person_twice_in_a_look_stands_once(world: World) -> None:
    usage.record_read(
        actor=world.actor("officer"),
        purpose=PURPOSE,
        unit_id=world.commune.pk,
        subjects=1,
        route="x",
        subject_keys=[key(), key()],
    )
    assert UsageSubject.objects.count() == 1


def test_what_is_rolled_back_leaves_no_row(world: World) -> None:
    point = transaction.savepoint()
    look(world.actor("officer"), world.commune.pk)
    transaction.savepoint_rollback(point)
    assert not UsageRecord.objects.exists()
    assert not UsageSubject.objects.exists()


def test_a_look_outside_a_transaction_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path))
    monkeypatch.setattr(recording, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        usage.record_read(actor=system_actor("test"), purpose=PURPOSE, unit_id=None, subjects=1, route="x")


def test_a_narrow_scope_writes_about_units_it_cannot_read(world: World) -> None:
    officer = world.actor("officer")
    with scoped(officer):
        look(officer, world.other.pk)
        look(officer, None)
        assert UsageRecord.objects.count() == 0
        assert UsageSubject.objects.count() == 0
    assert UsageRecord.objects.count() == 2


def test_no_column_holds_the_number(world: World) -> None:
    look(world.actor("officer"), world.commune.pk, purpose=REVEAL, reason=REASON)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(
            "select string_agg(t, ' ') from (select u::text t from usage_record u union all"
            " select s::text from usage_subject s union all select payload from audit_link) x"
        )
        text = cursor.fetchone()[0]
    assert REASON in text
    assert NUMBER not in text
    assert NUMBER[-6:] not in text


def test_the_chain_holds_whom_a_look_was_about_without_telling(world: World) -> None:
    look(world.actor("officer"), world.commune.pk)
    look(world.actor("officer"), world.commune.pk)
    first, second = (bytes(row.commitment or b"") for row in UsageRecord.objects.order_by("id"))
    assert first != second  # the same person, yet nothing alike in the log
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("select string_agg(payload, '') from audit_link")
        payloads = cursor.fetchone()[0]
    assert first.hex() in payloads
    assert key().hex() not in payloads
    assert recording.mismatches() == []
    row = UsageRecord.objects.order_by("id")[0]
    UsageSubject.objects.bulk_create(  # somebody slips a look under another person
        [UsageSubject(usage=row, unit=row.unit, subject_key=key("000111222333"), at=row.at)]
    )
    assert recording.mismatches() == [row.pk]


def test_the_catalogue_says_for_each_purpose_on_what_it_rests() -> None:
    with (Path(purposes.DATA) / "purposes.toml").open("rb") as file:
        content = tomllib.load(file)
    assert len(content["purpose"]) >= 10
    for row in purposes.rows():
        assert row.basis.startswith(("Luật", "NĐ"))
        assert "Điều" in row.basis
        assert row.label_vi
        assert row.seen_vi
    for basis in content["basis"].values():
        assert isinstance(basis["verified"], bool)


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_keeps_local_purposes() -> None:
    from dean06.core.access.scope import wide

    with transaction.atomic(), wide("test"):
        UsagePurpose.objects.create(
            code="local.purpose", label_vi="a", label_en="a", seen_vi="a", seen_en="a", basis="QĐ 1"
        )
        before = sorted(UsagePurpose.objects.values_list("id", "code", "basis", "valid_from"), key=str)
        purposes.load("default")
        after = sorted(UsagePurpose.objects.values_list("id", "code", "basis", "valid_from"), key=str)
    assert before == after
