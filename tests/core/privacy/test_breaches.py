"""The register of breaches: 72 and 24 hours, who is told when, the form as data."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dean06.core import clock
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid
from dean06.core.privacy import breaches
from dean06.core.privacy.models import Breach
from tests.pilots.guidance.world import World

DETECTED = datetime(2023, 12, 9, 15, 30, tzinfo=clock.VIETNAM)


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
    officer, breach = world.actor("officer"), opened(world)
    breach = breaches.meet(actor=officer, key=breach.key, version=1, name="notify")
    with pytest.raises(Conflict, match="đã được thực hiện"):
        breaches.meet(actor=officer, key=breach.key, version=2, name="notify")
    clock.set_business_date(date(2023, 12, 11))
    breaches.meet(actor=officer, key=breach.key, version=2, name="report")
    late = {
        entry.action.rpartition(".")[2]: entry.detail["late"]
        for entry in AuditEntry.objects.filter(object_id=str(breach.key), detail__has_key="late")
    }
    assert late == {"notify": False, "report": True}


def test_a_clock_that_does_not_run_is_not_met(world: World) -> None:
    breach = opened(world, "data")
    with pytest.raises(Conflict, match="không chạy"):
        breaches.meet(actor=world.actor("officer"), key=breach.key, version=1, name="report")


def test_a_file_closes_when_everybody_was_told(world: World) -> None:
    officer, breach = world.actor("officer"), opened(world, "data")
    with pytest.raises(Conflict, match="Còn thông báo"):
        breaches.close(actor=officer, key=breach.key, version=1)
    breach = breaches.meet(actor=officer, key=breach.key, version=1, name="notify")
    breach = breaches.close(actor=officer, key=breach.key, version=breach.version)
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
    breach = breaches.meet(actor=world.actor("officer"), key=breach.key, version=1, name="notify")
    assert breaches.pressing([breach]) == []
