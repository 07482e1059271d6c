"""The lists of a target's page: units ranked, statements of the units below, rows to do and proofs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Unit
from tests.web.plan.province import PERIOD, count, state, text_of

T1, T2, STATED = "/muc-tieu/P0-T1", "/muc-tieu/P0-T2", "/muc-tieu/R-1"


def names(client: Client, address: str, **query: str) -> list[str]:
    return [row.label for row in listed(client, address, "by_unit", **query).page.object_list]


def listed(client: Client, address: str, key: str, **query: str) -> Any:
    page = client.get(address, query)
    assert page.status_code == 200
    return page.context[key]


def file_of(client: Client, address: str, **query: str) -> list[dict[str, str]]:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def add_wards(number: int, key: str = "huyen-tay") -> None:
    with transaction.atomic(), wide("test"):
        above = Unit.objects.get(key=key)
        for one in range(number):
            unit = Unit.objects.create(
                key=f"{key}-p{one}", kind="commune", subkind="phuong", name=f"Phường {one:02}"
            )
            unit.placements.create(parent=above)
        rebuild()
    count(PERIOD)


def test_units_are_ranked_and_lead_downwards(leader: Client) -> None:
    rows = listed(leader, T1, "by_unit").page.object_list
    assert [(row.label, row.place, row.figure.fraction, row.missing) for row in rows[:2]] == [
        ("Huyện Đông", 1, "2/2", 0),
        ("Huyện Tây", 2, "0/2", 2),
    ]
    assert rows[1].href == "?unit=huyen-tay"
    assert names(leader, T1, level="commune")[:2] == ["Xã Hai", "Xã Một"]


def test_units_without_cases_stand_last_both_ways(leader: Client) -> None:
    for sort in ("place", "-place", "result", "-result", "missing", "-missing"):
        rows = listed(leader, T2, "by_unit", **{"r-sort": sort}).page.object_list
        assert [row.label for row in rows if row.place is not None] == ["Huyện Đông"]
        assert rows[0].label == "Huyện Đông"
    assert "Huyện Tây" in names(leader, T2, **{"r-state": "none"})
    assert "Huyện Đông" not in names(leader, T2, **{"r-state": "none"})


def test_units_without_cases_stay_back_until_asked_for(leader: Client) -> None:
    page = leader.get(T2)
    assert [row.label for row in page.context["by_unit"].page.object_list] == ["Huyện Đông"]
    others = page.context["hidden"]
    assert f"{others} đơn vị không phát sinh" in text_of(page)
    assert "?r-state=every#units" in text_of(page)
    assert len(names(leader, T2, **{"r-state": "every"})) == others + 1
    assert "Huyện Tây" in names(leader, T2, **{"r-q": "tây"})
    assert leader.get(T2, {"unit": "huyen-tay"}).context["hidden"] == 0


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("-result", "Xã Hai", "Thị trấn Bốn"),
        ("result", "Phường Ba", "Xã Một"),
        ("-missing", "Phường Ba", "Xã Một"),
        ("label", "Phường Ba", "Xã Một"),
        ("-label", "Xã Một", "Phường Ba"),
    ],
)
def test_ranked_units_are_sorted_by_every_column(leader: Client, sort: str, first: str, last: str) -> None:
    shown = names(leader, T1, level="commune", **{"r-sort": sort})
    assert (shown[0], shown[-1]) == (first, last)


def test_ranked_units_are_searched_filtered_and_paged(leader: Client) -> None:
    add_wards(30)
    asked = {"level": "commune", "r-sort": "label"}
    first, second = (listed(leader, T1, "by_unit", **asked, **{"r-page": page}) for page in ("1", "2"))
    assert (first.total, len(first.page.object_list), len(second.page.object_list)) == (34, 25, 9)
    assert names(leader, T1, level="commune", **{"r-q": "thi tran"}) == ["Thị trấn Bốn"]
    assert names(leader, T1, level="commune", **{"r-state": "reached"}) == ["Xã Hai", "Xã Một"]
    links = text_of(leader.get(T1, asked))
    assert "level=commune&amp;r-sort=label&amp;r-page=2" in links


def test_the_file_of_the_ranking_holds_what_was_asked(leader: Client, head: Client) -> None:
    rows = file_of(leader, T1, level="commune", **{"r-state": "short", "r-sort": "-label", "r-export": "csv"})
    assert [row["Đơn vị"] for row in rows] == ["Thị trấn Bốn", "Phường Ba"]
    assert {(row["Kết quả"], row["Tử số"], row["Mẫu số"], row["Còn thiếu"]) for row in rows} == {
        ("0.00", "0", "1", "1")
    }
    own = file_of(head, T1, level="commune", **{"r-export": "csv"})
    assert [row["Đơn vị"] for row in own] == ["Xã Hai", "Xã Một"]


def test_the_ranking_alone_is_swapped(leader: Client) -> None:
    headers = {"hx-request": "true", "hx-target": "div#list-ranking-results"}
    page = text_of(leader.get(T1, {"r-q": "đông"}, headers=headers))
    assert "Huyện Đông" in page
    assert "<main" not in page


def test_rows_to_do_are_sorted_by_the_unit_above_both_ways(leader: Client) -> None:
    add_wards(3, "huyen-dong")
    up = listed(leader, T1, "gaps", **{"g-sort": "place"}).page.object_list
    down = listed(leader, T1, "gaps", **{"g-sort": "-place"}).page.object_list
    assert [row.above for row in up] == ["Huyện Đông"] * 3 + ["Huyện Tây"] * 2
    assert [row.label for row in down] == [row.label for row in up][::-1]
    file = file_of(leader, T1, **{"g-sort": "-place", "g-export": "csv"})
    assert [row["Đối tượng"] for row in file] == [row.label for row in down]


def test_rows_are_filtered_by_the_unit_below(leader: Client) -> None:
    assert listed(leader, T1, "gaps", **{"g-under": "huyen-dong"}).total == 0
    west = listed(leader, T1, "gaps", **{"g-under": "huyen-tay"})
    assert [row.label for row in west.page.object_list] == ["Phường Ba", "Thị trấn Bốn"]
    file = file_of(leader, T1, **{"e-under": "huyen-dong", "e-q": "hai", "e-export": "csv"})
    assert [row["Đối tượng"] for row in file] == ["Xã Hai"]
    assert listed(leader, T1, "evidence", **{"e-under": "so-khong-co"}).total == 2


def test_a_search_for_the_unit_above_finds_its_rows(leader: Client) -> None:
    assert listed(leader, T1, "gaps", **{"g-q": "huyen tay"}).total == 2
    assert listed(leader, T1, "gaps", **{"g-q": "huyen dong"}).total == 0


def test_statements_of_the_units_below_are_a_list(leader: Client) -> None:
    state("R-1", "huyen-dong", value=40)
    state("R-1", "huyen-tay", "imported", value=70)
    assert names(leader, STATED) == ["Huyện Đông", "Huyện Tây"]
    assert names(leader, STATED, **{"b-sort": "-result"}) == ["Huyện Tây", "Huyện Đông"]
    assert names(leader, STATED, **{"b-source": "imported"}) == ["Huyện Tây"]
    assert names(leader, STATED, **{"b-q": "mau dong"}) == ["Huyện Đông"]
    (row,) = file_of(leader, STATED, **{"b-source": "declared", "b-export": "csv"})
    assert (row["Đơn vị"], row["Người ký"]) == ("Huyện Đông", "Bà Trần Thị Mẫu")
