"""Deciding a reading and adopting a goal: who may, what is refused, what every page shows afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dean06.core.access.models import Role
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.plan.models import AdoptedTarget, Item, Reading
from tests.web.plan.province import ANY, FULL, client, text_of

DECIDE, TARGET2 = "/muc-tieu/P0-T2/cach-doc", "/muc-tieu/P0-T2"
ADOPT = "/muc-tieu/M1-T1/chi-tieu?unit=huyen-dong&period=2023-12"
WITHDRAW = ADOPT.replace("chi-tieu", "chi-tieu/rut")
DECISION = {"reading": "full", "decided_by": "UBND tỉnh", "document": "9/QĐ", "decided_on": "2023-12-08"}
GOAL = {"goal": "40,5", "document": "12/KH-UBND", "decided_on": "2023-12-08"}


@pytest.fixture
def supervisor() -> Client:
    return client(Role.PROVINCE_SUPERVISOR)


def chosen() -> str:
    with transaction.atomic(), wide("test"):
        return Reading.objects.get(item__code="P0-T2", chosen=True).code


def adopted() -> list[tuple[str, str]]:
    with transaction.atomic(), wide("test"):
        return [(one.unit.key, str(one.goal)) for one in AdoptedTarget.objects.select_related("unit")]


def post(who: Client, address: str, values: dict[str, str]) -> Any:
    """Fill in the form as it is shown now, with its mark of what stands."""
    form = who.get(address).context["form"]
    return who.post(address, {"seen": form["seen"].value()} | values)


def line_of(who: Client, code: str) -> Any:
    """The item's line on the dashboard."""
    return next(line for line in who.get("/").context["view"].lines if line.item.code == code)


def test_a_decision_is_on_every_page_at_once(supervisor: Client, leader: Client) -> None:
    before = leader.get(TARGET2).context
    assert (before["sheet"].code, before["gaps"].total) == (ANY, 0)
    assert line_of(leader, "P0-T2").figure.fraction == "2/2"
    answer = post(supervisor, DECIDE, DECISION)
    assert answer["Location"].startswith("/muc-tieu/P0-T2?unit=tinh-mau")
    after = leader.get(TARGET2)
    assert (after.context["sheet"].code, after.context["gaps"].total) == (FULL, 2)
    assert "UBND tỉnh, 9/QĐ, 08/12/2023" in text_of(after)
    assert line_of(leader, "P0-T2").figure.fraction == "0/2"
    gaps = leader.get("/nhiem-vu").context["view"].gaps
    assert {gap.line.code: gap.count for gap in gaps}[FULL] == 2


def test_the_form_shows_each_reading_with_its_value_and_who_decided(supervisor: Client) -> None:
    page = supervisor.get(DECIDE)
    assert [(one.code, one.figure.fraction, one.chosen) for one, _ in page.context["readings"]] == [
        ("any", "2/2", True),
        ("full", "0/2", False),
    ]
    text = text_of(page)
    assert "Sở Mẫu, 20/06/2023" in text
    assert 'value="any" id="id_reading" checked' in text


def twin_of_target2() -> None:
    """Another item of the plan with the same text, readings and indicators."""
    with transaction.atomic(), wide("test"):
        one = Item.objects.get(code="P0-T2")
        readings, links = list(one.readings.all()), list(one.indicators.all())
        one.pk, one.code, one.order, one.same_as_id = None, "M1-T9", 99, one.pk
        one.save()
        for reading in readings:
            reading.pk, reading.item = None, one
            reading.save()
        for link in links:
            link.pk, link.item = None, one
            link.save()


def test_the_items_of_the_same_content_are_decided_with_it_unless_told_otherwise(
    supervisor: Client, leader: Client
) -> None:
    twin_of_target2()
    page = supervisor.get(DECIDE)
    assert "Áp dụng cho cả mục cùng nội dung M1-T9" in text_of(page)
    assert page.context["form"]["with_same"].value() is True
    post(supervisor, DECIDE, DECISION)
    assert line_of(leader, "M1-T9").figure.fraction == "2/2"
    post(supervisor, DECIDE, DECISION | {"with_same": "on"})
    assert line_of(leader, "M1-T9").figure.fraction == "0/2"
    post(supervisor, DECIDE.replace("P0-T2", "M1-T9"), DECISION | {"with_same": "on", "reading": "any"})
    assert [line_of(leader, code).figure.fraction for code in ("P0-T2", "M1-T9")] == ["2/2", "2/2"]


def test_the_question_before_a_decision_tells_its_effect(supervisor: Client) -> None:
    text = text_of(supervisor.get(DECIDE))
    assert "đổi từ 100\N{NO-BREAK SPACE}% thành 0\N{NO-BREAK SPACE}%; áp dụng cho toàn tỉnh" in text
    assert "mục cùng nội dung" not in text


def test_what_was_unclear_tells_that_somebody_decided(supervisor: Client, leader: Client) -> None:
    with transaction.atomic(), wide("test"):
        Reading.objects.filter(item__code="P0-T2").update(decided_on=None)
    assert "Đã quyết định:" not in text_of(leader.get(TARGET2))
    post(supervisor, DECIDE, DECISION)
    text = text_of(leader.get(TARGET2))
    assert "<strong>Đã quyết định:</strong> Đủ người (UBND tỉnh, 9/QĐ, 08/12/2023)" in text


def test_earlier_decisions_stay_on_the_page(supervisor: Client) -> None:
    assert supervisor.get(DECIDE).context["events"] == []
    post(supervisor, DECIDE, DECISION)
    post(supervisor, DECIDE, DECISION | {"reading": "any", "document": "10/QĐ"})
    events = supervisor.get(DECIDE).context["events"]
    assert [(event["title"], event["text"]) for event in events] == [
        ("Có quyết định", "UBND tỉnh, 10/QĐ, 08/12/2023"),
        ("Đủ người", "UBND tỉnh, 9/QĐ, 08/12/2023"),
        ("Có quyết định", "Sở Mẫu, 20/06/2023"),
    ]
    with transaction.atomic(), wide("test"):
        names = AuditEntry.objects.filter(action="plan.decide_reading").values_list("actor_name", flat=True)
        assert set(names) == {"province_supervisor-tinh-mau"}


def test_only_who_keeps_the_plan_decides(head: Client, leader: Client, supervisor: Client) -> None:
    for who in (head, leader):
        assert who.get(DECIDE).status_code == 403
        assert who.post(DECIDE, DECISION).status_code == 403
        assert "cach-doc" not in text_of(who.get(TARGET2))
    assert chosen() == "any"
    assert "/muc-tieu/P0-T2/cach-doc" in text_of(supervisor.get(TARGET2))
    assert supervisor.get("/muc-tieu/P0-T1/cach-doc").status_code == 404


def test_what_is_wrong_with_a_decision_stands_beside_its_field(supervisor: Client) -> None:
    answer = supervisor.post(DECIDE, {"reading": "khac", "decided_on": "2023-12-08"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"reading", "decided_by", "document"}
    answer = post(supervisor, DECIDE, DECISION | {"decided_on": "2023-12-11"})
    assert dict(answer.context["form"].errors) == {"decided_on": ["không được sau ngày 10/12/2023"]}
    assert chosen() == "any"


def test_the_second_of_two_decisions_is_refused_and_keeps_its_text(supervisor: Client) -> None:
    seen = supervisor.get(DECIDE).context["form"]["seen"].value()
    assert supervisor.post(DECIDE, DECISION | {"seen": seen}).status_code == 302
    late = DECISION | {"seen": seen, "reading": "any", "document": "11/QĐ"}
    answer = supervisor.post(DECIDE, late)
    assert answer.status_code == 409
    text = text_of(answer)
    assert "Người khác vừa ghi nội dung khác" in text
    assert 'value="11/QĐ"' in text
    assert "UBND tỉnh, 9/QĐ, 08/12/2023" in text
    assert chosen() == "full"
    again = late | {"seen": answer.context["form"]["seen"].value()}
    assert supervisor.post(DECIDE, again).status_code == 302
    assert chosen() == "any"


def test_a_form_without_its_mark_writes_over_nothing(supervisor: Client, head: Client) -> None:
    assert supervisor.post(DECIDE, DECISION).status_code == 409
    assert head.post(ADOPT, GOAL).status_code == 409
    assert (chosen(), adopted()) == ("any", [])


def test_an_adopted_goal_is_on_every_page_at_once(head: Client) -> None:
    assert line_of(head, "M1-T1").goal == 60
    assert post(head, ADOPT, GOAL)["Location"] == "/muc-tieu/M1-T1?unit=huyen-dong&period=2023-12"
    assert adopted() == [("huyen-dong", "40.50")]
    line = line_of(head, "M1-T1")
    assert (str(line.goal), line.adopted) == ("40.50", True)
    page = head.get("/muc-tieu/M1-T1")
    assert "Mục tiêu do đơn vị giao: 40,5 %" in text_of(page)
    assert str(page.context["sheet"].figure.goal) == "40.50"
    form = head.get(ADOPT)
    assert [value for _term, value in form.context["goals"]] == [
        "60\N{NO-BREAK SPACE}%",
        "40,5\N{NO-BREAK SPACE}% (12/KH-UBND, 08/12/2023)",
        "40,5\N{NO-BREAK SPACE}%",
    ]


def test_a_goal_of_what_nothing_counts_yet_is_shown_exactly(head: Client) -> None:
    address = ADOPT.replace("M1-T1", "M1-T2")
    post(head, address, GOAL | {"goal": "62,25"})
    page = head.get("/muc-tieu/M1-T2")
    assert page.context["sheet"].line.status == "planned"
    assert "Mục tiêu do đơn vị giao: 62,25 %" in text_of(page)
    assert head.get(address).context["goals"][2][1] == "62,25\N{NO-BREAK SPACE}%"


def test_a_goal_changes_the_verdict_and_the_gap_list_not_the_rows(head: Client) -> None:
    before = head.get("/muc-tieu/M1-T1?unit=xa-90001").context["sheet"].figure
    post(head, ADOPT, GOAL | {"goal": "100"})
    page = head.get("/muc-tieu/M1-T1").context
    assert (page["sheet"].figure.goal, page["gaps"].total) == (100, 0)
    assert head.get("/muc-tieu/M1-T1?unit=xa-90001").context["sheet"].figure == before


def test_a_withdrawn_goal_gives_way_to_the_plans(head: Client) -> None:
    post(head, ADOPT, GOAL)
    mark = head.get(ADOPT).context["standing"]
    assert head.post(WITHDRAW, {"seen": mark}).status_code == 302
    assert adopted() == []
    line = line_of(head, "M1-T1")
    assert (line.goal, line.adopted) == (60, False)
    titles = [event["title"] for event in head.get(ADOPT).context["events"]]
    assert titles == ["Rút mục tiêu 40,5\N{NO-BREAK SPACE}%", "40,5\N{NO-BREAK SPACE}%"]
    assert head.post(WITHDRAW, {"seen": mark}).status_code == 409


def test_a_goal_that_somebody_changed_is_not_withdrawn(head: Client) -> None:
    post(head, ADOPT, GOAL)
    mark = head.get(ADOPT).context["standing"]
    post(head, ADOPT, GOAL | {"goal": "50"})
    assert head.post(WITHDRAW, {"seen": mark}).status_code == 409
    assert head.get(WITHDRAW).status_code == 405
    assert adopted() == [("huyen-dong", "50.00")]


def test_the_second_of_two_goals_is_refused_and_keeps_its_text(head: Client) -> None:
    seen = head.get(ADOPT).context["form"]["seen"].value()
    assert head.post(ADOPT, GOAL | {"seen": seen}).status_code == 302
    answer = head.post(ADOPT, GOAL | {"seen": seen, "goal": "55,5"})
    assert answer.status_code == 409
    assert 'value="55,5"' in text_of(answer)
    assert adopted() == [("huyen-dong", "40.50")]


def test_what_is_wrong_with_a_goal_stands_beside_its_field(head: Client) -> None:
    answer = post(head, ADOPT, {"goal": "nhiều"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"goal", "document", "decided_on"}
    answer = post(head, ADOPT, GOAL | {"goal": "100,5"})
    assert set(answer.context["form"].errors) == {"goal"}
    answer = post(head, ADOPT.replace("M1-T1", "P0-T1"), GOAL | {"goal": "59"})
    assert dict(answer.context["form"].errors) == {"goal": ["kế hoạch bắt buộc ít nhất 60%"]}
    assert adopted() == []


def test_units_to_choose_are_those_whose_goals_the_actor_may_set(head: Client, supervisor: Client) -> None:
    def offered(who: Client, address: str = ADOPT) -> set[str]:
        return {unit.key for group in who.get(address).context["groups"] for unit in group.units}

    assert offered(head) == {"huyen-dong", "xa-90001", "xa-90002"}
    assert {"tinh-mau", "so-mau", "huyen-tay", "xa-90003"} <= offered(supervisor)
    assert head.get(ADOPT.replace("huyen-dong", "huyen-tay")).status_code == 404


def test_who_may_not_state_may_not_adopt(officer: Client, leader: Client, head: Client) -> None:
    own = "/muc-tieu/M1-T1/chi-tieu"
    for who in (officer, leader):
        assert who.get(own).status_code == 403
        assert who.post(own, GOAL).status_code == 403
        assert who.post(f"{own}/rut").status_code == 403
        assert "chi-tieu" not in text_of(who.get("/muc-tieu/M1-T1"))
    assert adopted() == []
    assert f"{own}?unit=huyen-dong" in text_of(head.get("/muc-tieu/M1-T1"))
    assert head.get("/muc-tieu/P0-S1/chi-tieu").status_code == 404
