"""The register of breaches: 72 and 24 hours, who is told when, the form as data."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dean06.core import clock
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid
from dean06.core.privacy import breaches, notices
from dean06.core.privacy.models import Breach
from tests.pilots.guidance.world import World

DETECTED = datetime(2023, 12, 9, 15, 30, tzinfo=clock.VIETNAM)


@pytest.fixture(autouse=True)
def hour_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The office's clock stands an hour before the time of day of the detection, on the business date."""

    def now() -> datetime:
        day = (clock.machine_now() + clock.shift()).astimezone(clock.VIETNAM)
        return day.replace(hour=14, minute=30, second=0, microsecond=0)

    monkeypatch.setattr(clock, "now", now)


WHY = "Đã thu hồi và nhắc nhở người gửi"


def sent(world: World, breach: Breach, version: int, name: str, **more: object) -> Breach:
    told = {"document": "12/TB-UBND", "sent_at": clock.now(), "why_empty": WHY} | more
    return notices.meet(actor=world.actor("officer"), key=breach.key, version=version, name=name, **told)  # type: ignore[arg-type]


def opened(world: World, kind: str = "both", who: str = "officer", at: datetime = DETECTED) -> Breach:
    return breaches.open_breach(
        actor=world.actor(who),
        unit_id=world.commune.pk,
        kind=kind,
        title="Gửi nhầm danh sách",
        detected_at=at,
        subjects=12,
    )


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        ("data", {"notify": 72}),
        ("incident", {"report": 24, "cause": 72}),
        ("both", {"notify": 72, "report": 24, "cause": 72}),
    ],
)
def test_the_clocks_run_from_detection(world: World, kind: str, hours: dict[str, int]) -> None:
    running = {one.name: one.due - DETECTED for one in breaches.clocks(opened(world, kind))}
    assert running == {name: timedelta(hours=count) for name, count in hours.items()}


def test_what_is_left_shrinks_and_turns_overdue(world: World) -> None:
    breach = opened(world, "incident")
    (report, _cause) = breaches.clocks(breach)
    assert timedelta(0) < report.left < timedelta(hours=24)
    clock.set_business_date(date(2023, 12, 11))
    (report, cause) = breaches.clocks(breach)
    assert (report.overdue, cause.overdue) == (True, False)
    assert report.left < timedelta(0)


def test_a_clock_is_met_once_and_a_late_one_says_so(world: World) -> None:
    breach = opened(world)
    breach = sent(world, breach, 1, "notify")
    with pytest.raises(Conflict, match="đã được thực hiện"):
        sent(world, breach, 2, "notify")
    clock.set_business_date(date(2023, 12, 11))
    sent(world, breach, 2, "report")
    late = {
        entry.action.rpartition(".")[2]: entry.detail["late"]
        for entry in AuditEntry.objects.filter(object_id=str(breach.key), detail__has_key="late")
    }
    assert late == {"notify": False, "report": True}


def test_a_clock_that_does_not_run_is_not_met(world: World) -> None:
    breach = opened(world, "data")
    with pytest.raises(Conflict, match="không chạy"):
        sent(world, breach, 1, "report")


def test_a_file_closes_when_everybody_was_told(world: World) -> None:
    officer, breach = world.actor("officer"), opened(world, "data")
    with pytest.raises(Conflict, match="Còn thông báo"):
        notices.close(actor=officer, key=breach.key, version=1, conclusion=WHY)
    breach = sent(world, breach, 1, "notify")
    breach = notices.close(actor=officer, key=breach.key, version=breach.version, conclusion=WHY)
    assert breach.closed_on == clock.today()
    with pytest.raises(Conflict, match="đã đóng"):
        breaches.fill_form(actor=officer, key=breach.key, version=breach.version, answers={})


def test_the_form_keeps_known_fields_only_and_says_what_is_unverified(world: World) -> None:
    officer, breach = world.actor("officer"), opened(world)
    with pytest.raises(Invalid, match="không có mục này"):
        breaches.fill_form(actor=officer, key=breach.key, version=1, answers={"la": "x"})
    breach = breaches.fill_form(
        actor=officer, key=breach.key, version=1, answers={"measures": " Đã thu hồi thư ", "data": ""}
    )
    made = breaches.document(breach)
    assert {field["key"]: field["answer"] for field in made["fields"] if field["answer"]} == {
        "measures": "Đã thu hồi thư"
    }
    assert [field["verified"] for field in made["fields"]] == [False] * len(breaches.form_fields())
    assert (made["form"], made["subjects"]) == ("08", 12)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"kind": "lạ"}, "Loại"), ({"at": DETECTED + timedelta(days=9)}, "Phát hiện lúc")],
)
def test_a_wrong_entry_is_refused(world: World, more: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(world, **more)  # type: ignore[arg-type]
    assert refused.value.reasons[0].field == field
    assert not Breach.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "leader", "neighbour"])
def test_others_write_nothing(world: World, who: str) -> None:
    with pytest.raises(Denied):
        opened(world, who=who)


def test_what_presses_is_told_before_it_is_due(world: World) -> None:
    breach = opened(world, "data")
    assert breaches.pressing([breach]) == [], "more than a day is left"
    clock.set_business_date(date(2023, 12, 12))
    ((found, one),) = breaches.pressing([breach])
    assert (found, one.name, one.overdue) == (breach, "notify", False)
    clock.set_business_date(date(2023, 12, 13))
    assert [one.overdue for _row, one in breaches.pressing([breach])] == [True]
    breach = sent(world, breach, 1, "notify")
    assert breaches.pressing([breach]) == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"document": " "}, "Số văn bản"),
        ({"sent_at": DETECTED - timedelta(minutes=1)}, "Gửi lúc"),
        ({"sent_at": DETECTED + timedelta(days=9)}, "Gửi lúc"),
        ({"why_empty": "vội"}, "Lý do còn mục trống"),
    ],
)
def test_a_notice_is_recorded_with_its_document_only(
    world: World, more: dict[str, object], field: str
) -> None:
    breach = opened(world, "data")
    with pytest.raises(Invalid) as refused:
        sent(world, breach, 1, "notify", **more)
    assert [reason.field for reason in refused.value.reasons] == [field]
    assert Breach.objects.get().notified_at is None


def test_a_filled_form_needs_no_reason(world: World) -> None:
    officer, breach = world.actor("officer"), opened(world, "data")
    answers = {field.key: "đã điền" for field in breaches.form_fields()}
    breach = breaches.fill_form(actor=officer, key=breach.key, version=1, answers=answers)
    breach = sent(world, breach, breach.version, "notify", why_empty="")
    assert breach.papers == {"notify": {"document": "12/TB-UBND"}}
    assert breaches.document(breach)["clocks"][0]["document"] == "12/TB-UBND"


def test_what_was_recorded_by_mistake_is_taken_back_and_stays_in_the_audit(world: World) -> None:
    officer, breach = world.actor("officer"), opened(world, "data")
    breach = sent(world, breach, 1, "notify")
    breach = notices.close(actor=officer, key=breach.key, version=breach.version, conclusion=WHY)
    with pytest.raises(Conflict, match="đã đóng"):
        notices.take_back(actor=officer, key=breach.key, version=breach.version, name="notify", why=WHY)
    breach = notices.reopen(actor=officer, key=breach.key, version=breach.version, why=WHY)
    with pytest.raises(Invalid):
        notices.take_back(actor=officer, key=breach.key, version=breach.version, name="notify", why="nhầm")
    breach = notices.take_back(actor=officer, key=breach.key, version=breach.version, name="notify", why=WHY)
    assert (breach.notified_at, breach.closed_on, breach.papers) == (None, None, {})
    entry = AuditEntry.objects.get(action="privacy.breach.take_back")
    assert entry.detail == {"clock": "notify", "document": "12/TB-UBND", "why": WHY}
    assert AuditEntry.objects.filter(action="privacy.breach.reopen", detail__why=WHY).count() == 1
