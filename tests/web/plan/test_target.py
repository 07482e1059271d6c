"""The page of one target: text, readings, units, gaps, evidence, history, statements."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dean06.core.access.scope import wide
from dean06.core.units.models import Unit
from dean06.plan import engine
from dean06.plan.models import ItemIndicator
from tests.web.plan.province import FULL, PERIOD, SIGN, change_item, count, state, text_of

T1, T2 = "/muc-tieu/P0-T1", "/muc-tieu/P0-T2"


def names(listed: Any) -> list[str]:
    return [row.label for row in listed.page.object_list]


def test_the_text_of_the_plan_stands_with_its_lines(leader: Client) -> None:
    page = leader.get(T1)
    assert page.status_code == 200
    sheet = page.context["sheet"]
    assert [number for number, _text in sheet.quote] == [13, 14]
    assert sheet.responsible == ["Sở Mẫu"]
    assert sheet.twins == [("M1-T1", "Bộ phận một cửa có bảng chỉ dẫn")]


def test_an_unknown_target_is_not_found(leader: Client) -> None:
    assert leader.get("/muc-tieu/P9-T9").status_code == 404


def test_gaps_and_evidence_share_out_the_rows(leader: Client) -> None:
    page = leader.get(T1)
    assert names(page.context["gaps"]) == ["Phường Ba", "Thị trấn Bốn"]
    assert names(page.context["evidence"]) == ["Xã Hai", "Xã Một"]
    unit = page.context["evidence"].page.object_list[0]
    assert f'href="/p0/diem/{unit.unit_id}"' in text_of(page)


def test_the_head_finds_no_gap_of_another_district(head: Client) -> None:
    page = head.get(T1)
    assert page.context["gaps"].total == 0
    assert "Phường Ba" not in text_of(page)
    assert "Không còn việc nào" in text_of(page)


def test_the_tree_holds_the_same_figures(leader: Client) -> None:
    (top,) = leader.get(T1, {"view": "tree"}).context["nodes"]
    assert top.note.endswith("2/4")
    assert [(node.label, node.note.split(" · ")[-1]) for node in top.children] == [
        ("Huyện Đông", "2/2"),
        ("Huyện Tây", "0/2"),
    ]


def test_readings_stand_side_by_side_with_who_chose(leader: Client) -> None:
    first, second = leader.get(T2).context["sheet"].readings
    assert (first.chosen, first.figure.fraction, first.decided) == (True, "2/2", "Sở Mẫu, 20/06/2023")
    assert (second.chosen, second.figure.fraction) == (False, "0/2")
    page = leader.get(T2, {"reading": "full"})
    assert (page.context["sheet"].code, page.context["gaps"].total) == (FULL, 2)


def test_search_order_and_paging_of_gaps(leader: Client) -> None:
    with transaction.atomic(), wide("test"):
        west = Unit.objects.get(key="huyen-tay")
        for number in range(30):
            unit = Unit.objects.create(
                key=f"p{number}", kind="commune", subkind="phuong", name=f"Phường {number:02}"
            )
            unit.placements.create(parent=west)
        from dean06.core.units.closure import rebuild

        rebuild()
    count(PERIOD)
    first, second = (leader.get(T1, {"g-page": str(page)}).context["gaps"] for page in (1, 2))
    assert (first.total, len(names(first)), len(names(second))) == (32, 25, 7)
    assert not set(names(first)) & set(names(second))
    upwards = names(leader.get(T1, {"g-sort": "label"}).context["gaps"])
    downwards = names(leader.get(T1, {"g-sort": "-label", "g-page": "2"}).context["gaps"])
    assert upwards[:7] == downwards[::-1]
    assert names(leader.get(T1, {"g-q": "thi tran"}).context["gaps"]) == ["Thị trấn Bốn"]
    assert len(leader.get(T1, {"g-page": "99"}).context["gaps"].page.object_list) == 7
    answer = leader.get(T1, {"g-export": "csv"})
    assert answer.content.decode("utf-8-sig").count("Phường") >= 31


def test_the_list_alone_is_swapped(leader: Client) -> None:
    page = leader.get(T1, {"g-q": "ba"}, headers={"hx-request": "true", "hx-target": "div#list-gaps-results"})
    assert "Phường Ba" in text_of(page)
    assert "<main" not in text_of(page)


def test_closed_periods_can_be_counted_anew(leader: Client) -> None:
    earlier = PERIOD.previous()
    with transaction.atomic(), wide("test"):
        engine.freeze(earlier)
    page = leader.get(T1, {"explain": earlier.key})
    assert [(one.key, one.frozen) for one in page.context["history"]][:2] == [
        (PERIOD.key, False),
        (earlier.key, True),
    ]
    assert "vẫn ra đúng số đã chốt" in text_of(page)
    with transaction.atomic(), wide("test"):
        Unit.objects.filter(key="xa-90001").update(subkind="phuong")
    page = leader.get(T1, {"explain": earlier.key})
    assert "đã chốt 2/4, đếm lại hôm nay 1/4" in text_of(page)


def test_an_open_period_is_not_explained(leader: Client) -> None:
    assert leader.get(T1, {"explain": PERIOD.key}).status_code == 404


def test_what_was_typed_stands_beside_what_was_counted(leader: Client) -> None:
    state("P0-T1", "tinh-mau", numerator=4, denominator=4)
    page = leader.get(T1)
    (line,) = page.context["beside"]
    assert (line.stated.fraction, line.counted.fraction) == ("4/4", "2/4")
    assert line.difference is not None
    assert line.difference.label == "Lệch +50,0 điểm %"
    assert "Bà Trần Thị Mẫu" in text_of(page)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"known_by": "not_measurable", "known_by_reason": "không có nguồn"},
            "Không đo được: không có nguồn",
        ),
        ({"goal": None}, "Không ghi mục tiêu"),
    ],
)
def test_odd_targets_say_what_they_are(leader: Client, change: dict[str, Any], words: str) -> None:
    change_item("P0-T1", **change)
    assert words in text_of(leader.get(T1))


def test_a_target_that_is_not_counted_has_no_lists(leader: Client) -> None:
    page = leader.get("/muc-tieu/M1-T2")
    assert page.status_code == 200
    assert "gaps" not in page.context
    assert "Nội dung này chưa triển khai" in text_of(page)


def test_before_the_first_count_there_is_no_figure(leader: Client) -> None:
    page = leader.get(T1, {"period": "2023-08"})
    assert page.status_code == 200
    assert page.context["sheet"].figure.state == "missing"
    assert page.context["history"] == []


def test_nobody_counts_a_code_that_no_room_knows(leader: Client) -> None:
    with transaction.atomic(), wide("test"):
        ItemIndicator.objects.filter(indicator=SIGN).update(indicator="other.thing")
    assert leader.get(T1).context["sheet"].line.status == "planned"
