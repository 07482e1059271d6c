"""Who looked at me: at once, newest first, my own only; hidden rows come back; what is over is gone."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import errors

from dean06.core import clock
from dean06.core.access.models import Role
from dean06.core.access.scope import scoped, wide
from dean06.core.audit.chain import mismatches
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.rules.models import Rule
from dean06.core.usage import hiding, queries, recording, representation, retention, words
from dean06.core.usage.models import Hiding, HidingApproval, Representation, UsageRecord, UsageSubject
from dean06.core.usage.representation import Document
from tests import server
from tests.core.usage.looks import CHILD, NUMBER, REASON, REVEAL, STRANGER, key, look, looks
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import TODAY, World


def test_a_look_is_found_at_once_and_by_its_subject_only(world: World) -> None:
    looks(world, 3)
    looks(world, 1, CHILD)
    found = queries.find(key())
    assert found.total == len(found.looks) == 3
    times = [one.at for one in found.looks]
    assert times == sorted(times, reverse=True)
    assert queries.find(key(CHILD)).total == 1
    assert queries.find(key(STRANGER)) == queries.Found(0, ())


def test_a_look_reads_like_a_sentence(world: World) -> None:
    look(world.actor("officer"), world.commune.pk, purpose=REVEAL, reason=REASON)
    (one,) = queries.find(key()).looks
    text = words.sentence(one)
    assert text.startswith("Ngày 10/12/2023, lúc ")
    assert "Xã Một đã xem số định danh đầy đủ của anh/chị để đối chiếu nhân thân khi anh/chị có mặt." in text
    assert "Căn cứ: NĐ 13/2023/NĐ-CP, Điều 17" in text  # the law of the day of the look
    assert "chưa đối chiếu với công báo" in text
    assert "officer" not in text


def test_the_law_of_the_day_stands_in_the_sentence(world: World) -> None:
    clock.set_business_date(date(2026, 3, 1))
    looks(world, 1)
    assert "Luật 91/2025/QH15" in words.basis(queries.find(key()).looks[0])


def test_pages_and_periods(world: World) -> None:
    for day in (1, 2, 3, 4):
        clock.set_business_date(date(2023, 12, day))
        looks(world, 2)
    clock.set_business_date(TODAY)
    whole = queries.find(key()).looks
    pages = [queries.find(key(), offset=n, limit=3).looks for n in (0, 3, 6)]
    assert tuple(one for page in pages for one in page) == whole
    some = queries.find(
        key(),
        start=clock.local_midnight(date(2023, 12, 2)),
        end=clock.local_midnight(date(2023, 12, 4)),
    )
    assert some.total == 4
    assert {one.at.astimezone(clock.VIETNAM).day for one in some.looks} == {2, 3}


# --- representation ---------------------------------------------------------------------------------------


def _right(world: World, valid_to: date = date(2024, 12, 1)) -> Representation:
    return representation.register(
        actor=world.actor("officer"),
        unit_id=world.commune.pk,
        representative=NUMBER,
        subject=CHILD,
        document=Document("parent", "Giấy khai sinh số 12, ngày 05/6/2019", date(2023, 1, 1), valid_to),
    )


def _use(world: World, right: int, who: str = NUMBER) -> bytes:
    return representation.use(
        actor=world.actor("stranger"),
        representative_key=key(who),
        representation_id=right,
        route="usage:represented",
    )


def test_a_representative_is_checked_and_his_look_is_a_look(world: World) -> None:
    right = _right(world)
    assert _use(world, right.pk) == key(CHILD)
    (one,) = queries.find(key(CHILD)).looks
    assert one.by_representative
    assert "Người đại diện của anh/chị đã xem nhật ký sử dụng dữ liệu của anh/chị" in words.sentence(one)
    assert AuditEntry.objects.filter(action="usage.representation.use").count() == 1
    assert AuditEntry.objects.get(action="usage.representation.register").detail["kind"] == "parent"


def test_no_right_no_rows(world: World) -> None:
    right = _right(world)
    for who in (CHILD, STRANGER):
        with pytest.raises(Denied):
            _use(world, right.pk, who)
    assert queries.find(key(CHILD)).total == 0
    clock.set_business_date(right.valid_to)
    with pytest.raises(Denied, match="hết hạn"):
        _use(world, right.pk)


def test_a_revoked_right_ends_at_once(world: World) -> None:
    right = _right(world)
    with pytest.raises(Denied):
        representation.revoke(actor=world.actor("unnamed"), representation_id=right.pk)
    representation.revoke(actor=world.actor("officer"), representation_id=right.pk)
    with pytest.raises(Denied):
        _use(world, right.pk)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"subject": NUMBER}, None),
        ({"subject": "12"}, "Người được đại diện"),
        ({"representative": "chữ"}, "Người đại diện"),
        ({"kind": "friend"}, "Tư cách"),
        ({"text": f"CCCD {CHILD}"}, "Giấy tờ"),
        ({"valid_to": date(2023, 12, 1)}, "Đến ngày"),
    ],
)
def test_a_right_needs_two_people_a_document_and_an_end(
    world: World, told: dict[str, object], field: str | None
) -> None:
    given = {
        "kind": "parent",
        "text": "Giấy khai sinh số 12",
        "valid_from": date(2023, 1, 1),
        "valid_to": date(2024, 1, 1),
    }
    document = Document(**{name: told.get(name, value) for name, value in given.items()})  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        representation.register(
            actor=world.actor("officer"),
            unit_id=world.commune.pk,
            representative=str(told.get("representative", NUMBER)),
            subject=str(told.get("subject", CHILD)),
            document=document,
        )
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_who_may_not_see_people_records_no_right(world: World) -> None:
    for who in ("unnamed", "neighbour", "auditor"):
        with pytest.raises(Denied):
            representation.register(
                actor=world.actor(who),
                unit_id=world.commune.pk,
                representative=NUMBER,
                subject=CHILD,
                document=Document("parent", "Giấy khai sinh số 12", date(2023, 1, 1), date(2024, 1, 1)),
            )


# --- hiding -----------------------------------------------------------------------------------------------


@pytest.fixture
def chiefs(world: World) -> World:
    """Two more heads who may agree."""
    for name in ("chief_a", "chief_b"):
        world.users[name] = worlds.account(name, Role.UNIT_HEAD, world.province, personal=True)
    return world


def _ask(world: World, *, last_day: date | None = None, **more: object) -> Hiding:
    given = {"reason": "investigation", "document": "Quyết định 15/QĐ-CAT", "usage_ids": [], **more}
    return hiding.request(
        actor=world.actor("officer"),
        unit_id=world.commune.pk,
        last_day=last_day or TODAY + timedelta(days=30),
        **given,  # type: ignore[arg-type]
    )


def test_two_people_hide_a_look_and_it_comes_back(chiefs: World) -> None:
    looks(chiefs, 2)
    ids = list(UsageRecord.objects.values_list("id", flat=True))
    asked = _ask(chiefs, usage_ids=ids[:1])
    seen = [queries.find(key()).total]
    for who in ("chief_a", "chief_b"):
        hiding.approve(actor=chiefs.actor(who), hiding_id=asked.pk)
        seen.append(queries.find(key()).total)
    assert seen == [2, 2, 1], "one yes hides nothing"
    clock.set_business_date(TODAY + timedelta(days=30))
    assert queries.find(key()).total == 1
    clock.set_business_date(TODAY + timedelta(days=31))
    assert queries.find(key()).total == 2
    told = list(AuditEntry.objects.filter(action__startswith="usage.hiding").values_list("action", flat=True))
    assert told.count("usage.hiding.approve") == 2
    assert told.count("usage.hiding.request") == 1


def test_nobody_agrees_twice(chiefs: World) -> None:
    asked = _ask(chiefs)
    assert hiding.approve(actor=chiefs.actor("chief_a"), hiding_id=asked.pk) == 1
    with pytest.raises(Conflict, match="một người khác"):
        hiding.approve(actor=chiefs.actor("chief_a"), hiding_id=asked.pk)
    assert HidingApproval.objects.count() == 1
    assert not hiding.in_force(clock.now()).exists()


def test_who_asked_or_looked_does_not_agree(chiefs: World) -> None:
    look(chiefs.actor("chief_a"), chiefs.commune.pk)
    asked = hiding.request(
        actor=chiefs.actor("head"),
        unit_id=chiefs.commune.pk,
        reason="investigation",
        document="Quyết định 15/QĐ-CAT",
        last_day=TODAY,
        usage_ids=[UsageRecord.objects.get().pk],
    )
    for who in ("head", "chief_a"):
        with pytest.raises(Denied, match="không được tự duyệt"):
            hiding.approve(actor=chiefs.actor(who), hiding_id=asked.pk)
    for who in ("officer", "lead", "unnamed", "auditor", "leader"):
        with pytest.raises(Denied):
            hiding.approve(actor=chiefs.actor(who), hiding_id=asked.pk)


def test_looks_made_under_an_approved_hiding_are_hidden_from_the_start(chiefs: World) -> None:
    asked = _ask(chiefs)
    officer = chiefs.actor("officer")
    with pytest.raises(Invalid, match="chưa đủ hai người"):
        look(officer, chiefs.commune.pk, hiding=asked.pk)
    for who in ("chief_a", "chief_b"):
        hiding.approve(actor=chiefs.actor(who), hiding_id=asked.pk)
    look(officer, chiefs.commune.pk, hiding=asked.pk)
    assert queries.find(key()).total == 0
    assert UsageRecord.objects.count() == 1
    clock.set_business_date(TODAY + timedelta(days=31))
    with pytest.raises(Invalid, match="hết hạn"):
        look(officer, chiefs.commune.pk, hiding=asked.pk)
    assert queries.find(key()).total == 1


def _agreed(chiefs: World) -> Hiding:
    asked = _ask(chiefs)
    for who in ("chief_a", "chief_b"):
        hiding.approve(actor=chiefs.actor(who), hiding_id=asked.pk)
    return asked


def test_a_hiding_hides_no_look_in_another_unit(chiefs: World) -> None:
    asked = _agreed(chiefs)
    for unit_id in (chiefs.other.pk, chiefs.province.pk, None):
        with pytest.raises(Invalid, match="đơn vị khác"):
            look(chiefs.actor("officer"), unit_id, hiding=asked.pk)
    assert not UsageRecord.objects.exists()


def test_who_agreed_hides_no_look_of_his_own(chiefs: World) -> None:
    asked = _agreed(chiefs)
    for who in ("chief_a", "chief_b"):
        with pytest.raises(Invalid, match="chính mình"):
            look(chiefs.actor(who), chiefs.commune.pk, hiding=asked.pk)
    look(chiefs.actor("chief_a"), chiefs.commune.pk)
    assert queries.find(key()).total == 1, "without the hiding he looks as everybody, seen by the subject"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"reason": "tò mò"}, "Lý do"),
        ({"document": ""}, "Văn bản"),
        ({"document": f"QĐ {NUMBER}"}, "Văn bản"),
        ({"last_day": TODAY - timedelta(days=1)}, "Đến hết ngày"),
        ({"last_day": TODAY + timedelta(days=180)}, "Đến hết ngày"),
    ],
)
def test_a_hiding_has_a_reason_a_document_and_an_end(
    chiefs: World, told: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _ask(chiefs, **told)  # type: ignore[arg-type]
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_looks_of_another_unit_are_not_hidden(chiefs: World) -> None:
    look(chiefs.actor("neighbour"), chiefs.other.pk)
    with pytest.raises(NotFound):
        _ask(chiefs, usage_ids=[UsageRecord.objects.get().pk])


# --- retention --------------------------------------------------------------------------------------------


_OLD = (
    "insert into usage_record (at, actor_name, purpose, route, subjects)"
    " values (now() - interval '9 years', 'x', 'a', 'b', 1)"
)


def _days() -> int:
    return int(Rule.objects.get(code="retention.usage").value)


def test_a_look_goes_on_its_day_and_the_count_stays(world: World) -> None:
    looks(world, 2)
    clock.set_business_date(TODAY + timedelta(days=1))
    looks(world, 1)
    clock.set_business_date(TODAY + timedelta(days=_days()))
    assert retention.expire() == 0
    assert queries.find(key()).total == 3
    clock.set_business_date(TODAY + timedelta(days=_days() + 1))
    assert queries.find(key()).total == 1, "what is over is not shown, also before the job"
    assert UsageRecord.objects.count() == 3
    assert retention.expire() == 2
    assert (UsageRecord.objects.count(), UsageSubject.objects.count()) == (1, 1)
    detail = AuditEntry.objects.get(action="usage.expire").detail
    assert (detail["deleted"], detail["people"], detail["rule"]) == (2, 2, "retention.usage")
    assert retention.expire() == 0


def test_the_chain_still_holds_after_rows_went(world: World) -> None:
    looks(world, 2)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        clock.set_business_date(TODAY + timedelta(days=_days() + 1))
        looks(world, 1)
        assert retention.expire() == 2
        cursor.execute("select count(*), count(payload) from audit_link where stream like 'usage-%'")
        assert cursor.fetchone() == (3, 1)
    assert list(mismatches()) == []
    assert recording.mismatches() == []


def test_the_period_never_claims_more_than_exists(world: World) -> None:
    assert retention.reach() is None
    looks(world, 1)
    first = UsageRecord.objects.get().at
    clock.set_business_date(TODAY + timedelta(days=20))
    looks(world, 1)
    second = UsageRecord.objects.latest("id").at
    reach = retention.reach()
    assert reach is not None
    assert reach[0] == first
    assert second <= reach[1] <= clock.now()
    clock.set_business_date(TODAY + timedelta(days=_days() + 1))
    for _ in range(2):  # before the job and after it
        reach = retention.reach()
        assert reach is not None
        assert reach[0] == second
        retention.expire()
    clock.set_business_date(TODAY + timedelta(days=2 * _days()))
    assert retention.reach() is None


def test_without_a_rule_nothing_goes(race_db: str) -> None:
    with psycopg.connect(server.url(True, race_db)) as owner:
        owner.execute(_OLD)
        owner.execute("set constraints all immediate")
        owner.execute("delete from core_rule where code = 'retention.usage'")
        assert owner.execute("select usage_expire()").fetchone() == (0,)
        assert owner.execute("select count(*) from usage_record").fetchone() == (1,)


def test_nobody_deletes_a_look_before_its_day(race_db: str) -> None:
    """Neither role of the program, nor the owner; and the narrow role may not even start the job."""
    with psycopg.connect(server.url(True, race_db)) as owner:
        owner.execute(
            "insert into usage_record (at, actor_name, purpose, route, subjects)"
            " values (now(), 'x', 'a', 'b', 1)"
        )
        owner.execute("set constraints all immediate")
        for sql in ("delete from usage_record", "truncate usage_record cascade"):
            with pytest.raises(errors.InsufficientPrivilege, match="append-only"), owner.transaction():
                owner.execute(sql.encode())
        assert owner.execute("select usage_expire()").fetchone() == (0,)
        owner.rollback()
    with psycopg.connect(server.url(False, race_db)) as app:
        for role, sql in (
            ("dean06_app", "select usage_expire()"),
            ("dean06_app", "delete from usage_subject"),
            ("dean06_wide", "delete from usage_record"),
            ("dean06_wide", "update usage_subject set at = now()"),
        ):
            app.execute(f"set role {role}".encode())
            with pytest.raises(errors.InsufficientPrivilege, match="permission denied"), app.transaction():
                app.execute(sql.encode())


def test_officers_see_looks_of_their_units_only(world: World) -> None:
    looks(world, 1)
    look(world.actor("neighbour"), world.other.pk, number=STRANGER)
    with scoped(world.actor("officer")):
        assert UsageRecord.objects.count() == UsageSubject.objects.count() == 1
    with transaction.atomic(), wide("test"):
        assert UsageSubject.objects.count() == 2
