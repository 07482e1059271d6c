"""The plan at a glance: what each reader sees, and what stands where there is no figure."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dean06.core.access.scope import wide
from dean06.core.units.queries import resolve
from dean06.plan.models import AdoptedTarget, Item, Plan
from tests.web.plan.province import DAY, change_item, state, text_of

URL = "/"


def lines(response: Any) -> dict[str, Any]:
    return {line.item.code: line for line in response.context["view"].lines}


def test_the_leader_sees_the_province(leader: Client) -> None:
    page = leader.get(URL)
    assert page.status_code == 200
    found = lines(page)
    assert (found["P0-T1"].figure.numerator, found["P0-T1"].figure.denominator) == (2, 4)
    assert found["P0-T1"].status == "not_reached"
    assert (found["P0-T2"].status, found["P0-T2"].figure.fraction) == ("reached", "2/2")
    text = text_of(page)
    assert "số: chưa ghi" in text
    assert "Quá hạn 71 ngày" in text
    assert "Kỳ tháng 12/2023" in text


def test_the_head_sees_only_the_own_district(head: Client) -> None:
    page = head.get(URL)
    assert page.context["place"].unit.key == "huyen-dong"
    assert page.context["place"].above == ()
    assert lines(page)["P0-T1"].figure.fraction == "2/2"
    assert "2/4" not in text_of(page)


@pytest.mark.parametrize("key", ["tinh-mau", "huyen-tay", "xa-90003", "902"])
@pytest.mark.parametrize("name", ["web:plan", "web:tasks", "web:target"])
def test_units_outside_the_scope_are_not_found(head: Client, key: str, name: str) -> None:
    address = reverse(name, args=["P0-T1"] if name == "web:target" else [])
    page = head.get(address, {"unit": key})
    assert page.status_code == 404
    assert "0/2" not in text_of(page)
    assert "Huyện Tây" not in text_of(page).split("<main")[1]


def test_a_unit_below_is_open_by_key_and_by_code(head: Client) -> None:
    for unit in ("xa-90001", "90001"):
        page = head.get(URL, {"unit": unit})
        assert page.context["place"].unit.name == "Xã Một"
        assert [one.key for one in page.context["place"].above] == ["huyen-dong"]


def test_a_unit_that_does_not_exist_is_named(leader: Client) -> None:
    page = leader.get(URL, {"unit": "khong-co"})
    assert page.status_code == 404
    assert "khong-co" in text_of(page)


@pytest.mark.parametrize(
    ("period", "status"), [("2024-01", 404), ("2023-05", 404), ("2023-13", 422), ("x", 422)]
)
def test_periods_outside_the_plan_are_refused(leader: Client, period: str, status: int) -> None:
    assert leader.get(URL, {"period": period}).status_code == status


def test_an_earlier_period_has_its_own_figures_and_neighbours(leader: Client) -> None:
    place = leader.get(URL, {"period": "2023-11"}).context["place"]
    assert (place.earlier, place.later) == ("?period=2023-10", "?period=2023-12")
    first = leader.get(URL, {"period": "2023-06"}).context["place"]
    assert first.earlier == ""


def test_nothing_arose_is_neither_zero_nor_all(officer: Client) -> None:
    line = lines(officer.get(URL))["P0-T2"]
    assert line.status == "nothing_arose"
    assert line.figure.text == "Không phát sinh"


def test_planned_targets_say_so_and_show_no_share(leader: Client) -> None:
    page = leader.get(URL)
    line = lines(page)["M1-T2"]
    assert line.status == "planned"
    assert line.figure.percent is None
    assert "Nội dung này chưa triển khai trên hệ thống" in text_of(page)


def test_what_cannot_be_measured_says_so(leader: Client) -> None:
    change_item("P0-T1", known_by="not_measurable")
    line = lines(leader.get(URL))["P0-T1"]
    assert (line.status, line.figure.percent) == ("not_measurable", None)


def test_without_a_goal_there_is_no_verdict(leader: Client) -> None:
    change_item("P0-T1", goal=None)
    line = lines(leader.get(URL))["P0-T1"]
    assert (line.status, line.verdict) == ("no_goal", None)


def test_an_adopted_goal_comes_before_the_suggested(leader: Client) -> None:
    assert lines(leader.get(URL))["M1-T1"].suggested
    with transaction.atomic(), wide("test"):
        AdoptedTarget.objects.create(
            item=Item.objects.get(code="M1-T1"),
            unit=resolve("tinh-mau"),
            goal=45,
            document="3/KH",
            decided_on=DAY,
        )
    line = lines(leader.get(URL))["M1-T1"]
    assert (line.adopted, line.suggested, line.figure.met) == (True, False, True)


def test_a_stated_figure_is_marked_and_never_mixed(leader: Client) -> None:
    change_item("P0-T1", known_by="imported")
    state("P0-T1", "huyen-dong", "imported", numerator=9, denominator=10)
    assert lines(leader.get(URL))["P0-T1"].status == "missing"  # the district's figure is not the province's
    state("P0-T1", "tinh-mau", "imported", numerator=3, denominator=10)
    line = lines(leader.get(URL))["P0-T1"]
    assert (line.figure.source, line.figure.fraction) == ("imported", "3/10")


def test_a_typed_figure_that_differs_is_pointed_out(leader: Client) -> None:
    state("P0-T1", "tinh-mau", numerator=4, denominator=4)
    page = leader.get(URL)
    assert lines(page)["P0-T1"].differs
    assert "khác số đếm" in text_of(page)


def test_filters_narrow_and_count(leader: Client) -> None:
    assert set(lines(leader.get(URL, {"pilot": "M1"}))) == {"M1-T1", "M1-T2"}
    assert set(lines(leader.get(URL, {"status": "planned"}))) == {"M1-T2"}
    page = leader.get(URL, {"status": "reached", "pilot": "M1"})
    assert lines(page) == {}
    assert "Không có mục nào khớp với điều kiện lọc" in text_of(page)


def test_duties_stand_under_their_party(leader: Client) -> None:
    page = leader.get(URL, {"tab": "nhiem-vu"})
    assert [line.item.code for line in page.context["view"].lines] == ["R-1"]
    assert len(page.context["view"].sections) == 1


def test_the_file_holds_what_the_page_shows(leader: Client) -> None:
    answer = leader.get(URL, {"export": "xlsx", "pilot": "P0"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.values)
    assert [row[0] for row in rows[1:]] == ["P0-T1", "P0-T2", "P0-S1"]
    assert rows[1][7:10] == (2, 4, 50)
    assert rows[1][5] == "Bắt buộc"


def test_english_shows_english_labels(leader: Client) -> None:
    vietnamese = leader.get(URL, headers={"accept-language": "en"})
    assert lines(vietnamese)["P0-T1"].label != "Desks with a sign", "a browser's wish is not a choice"
    leader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = leader.get(URL)
    assert lines(page)["P0-T1"].label == "Desks with a sign"
    assert "50&nbsp;%" in text_of(page) or "50\N{NO-BREAK SPACE}%" in text_of(page)


def test_without_a_plan_the_page_says_how_to_load_one(leader: Client) -> None:
    with transaction.atomic(), wide("test"):
        Item.objects.filter(same_as__isnull=False).update(same_as=None)
        Item.objects.all().delete()
        Plan.objects.get().registrations.all().delete()
        Plan.objects.all().delete()
    page = leader.get(URL)
    assert page.status_code == 404
    assert "Chưa nạp kế hoạch nào" in text_of(page)
