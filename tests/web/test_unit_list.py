"""The list of units: its order, and the export of what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client

from dean06.core.access.models import Role
from dean06.core.access.scope import wide
from dean06.core.sheets import read_sheet
from dean06.core.units import sheet
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Code, Kind
from dean06.core.units.queries import resolve
from dean06.ui.tree import Node
from tests.core.units.trees import unit
from tests.web.plan import province

ADDRESS = "/don-vi/"
ENDED = date(2023, 7, 1)


@pytest.fixture
def leader(db: None) -> Iterator[Client]:
    """Three new communes below two districts; one of them has ended, one will."""
    with province.province():
        with wide("test"):
            east, west = resolve("huyen-dong"), resolve("huyen-tay")
            first = unit("xa-thu-1", "Xã Thử Ân", under=west, span=(date(2020, 1, 1), None))
            second = unit("xa-thu-2", "Xã Thử Ba", under=east, span=(None, date(2030, 1, 1)))
            unit("xa-thu-3", "Xã Thử Đa", under=east, span=(None, ENDED))
            unit("truong-thu", "Trường Thử", Kind.SCHOOL, under=west, span=(date(2019, 1, 1), None))
            for made, code in ((first, "thu-b"), (second, "thu-a")):
                Code.objects.create(unit=made, scheme="dean06", code=code)
            rebuild()
        yield province.client(Role.PROVINCE_LEADER)


def shown(client: Client, **query: str) -> list[str]:
    """The names on all of the page, in order."""
    text = province.text_of(client.get(ADDRESS, {"size": "100"} | query))
    names = re.findall(r'class="main"><a href="[^"]*">([^<]*)</a>', text)
    assert names
    return [unescape(name) for name in names]


@pytest.mark.parametrize(
    ("sort", "first", "second"),
    [
        ("", "Xã Thử Ân", "Xã Thử Ba"),
        ("name", "Xã Thử Ân", "Xã Thử Ba"),
        ("-name", "Xã Thử Ba", "Xã Thử Ân"),
        ("code", "Xã Thử Ba", "Xã Thử Ân"),
        ("parent", "Xã Thử Ba", "Xã Thử Ân"),
        ("-parent", "Xã Thử Ân", "Xã Thử Ba"),
        ("kind", "Trường Thử", "Xã Thử Ân"),
        ("-kind", "Xã Thử Ân", "Trường Thử"),
        ("from", "Trường Thử", "Xã Thử Ân"),
        ("-from", "Xã Thử Ân", "Trường Thử"),
        ("to", "Xã Thử Ba", "Xã Thử Ân"),
        ("-to", "Xã Thử Ba", "Xã Thử Ân"),  # without an end: last in both directions
    ],
)
def test_every_column_orders_the_list(leader: Client, sort: str, first: str, second: str) -> None:
    names = shown(leader, sort=sort)
    assert names.index(first) < names.index(second)


def test_the_list_says_by_what_it_is_ordered(leader: Client) -> None:
    text = province.text_of(leader.get(ADDRESS))
    assert text.count('aria-sort="ascending"') == 1
    assert text.count('aria-sort="none"') == 5


def test_a_search_stands_best_first_and_can_be_ordered(leader: Client) -> None:
    hits = shown(leader, tim="thử")
    assert hits.index("Xã Thử Ba") < hits.index("Xã Thử Đa")  # ended: after the current ones
    assert hits[-1] == "Trường Thử"
    assert shown(leader, tim="thử", sort="-name")[0] == "Xã Thử Đa"
    assert shown(leader, tim="thử", sort="parent")[-1] == "Xã Thử Đa"  # stands below nobody any more


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"loai": "commune"},
        {"loai": "commune", "ngay": "2023-06-30"},
        {"tim": "thử"},
        {"tim": "thử", "loai": "school"},
        {"loai": "hanh-tinh"},
    ],
)
def test_the_export_linked_on_the_page_holds_the_rows_of_the_list(
    leader: Client, query: dict[str, str]
) -> None:
    text = province.text_of(leader.get(ADDRESS, query))
    links = [unescape(link) for link in re.findall(r'href="(/don-vi/xuat[^"]*)"', text)]
    assert len(links) == 2
    for link, form in zip(links, ("xlsx", "csv"), strict=True):
        answer = leader.get(link)
        rows = read_sheet(f"x.{form}", answer.content, sheet.columns()).rows
        assert sorted(str(row.values["name"]) for row in rows) == sorted(shown(leader, **query))


def test_the_export_of_a_search_can_be_narrowed_to_a_subtree(leader: Client) -> None:
    below = str(resolve("huyen-tay").id)
    answer = leader.get(f"{ADDRESS}xuat", {"dang": "csv", "tim": "thử", "loai": "commune", "duoi": below})
    rows = read_sheet("x.csv", answer.content, sheet.columns()).rows
    assert [row.values["key"] for row in rows] == ["xa-thu-1"]
    assert rows[0].values["parent"] == "huyen-tay"  # named though it is not in the sheet


def _tree(nodes: list[Node]) -> list[str]:
    """The names of the nodes, depth first."""
    return [name for node in nodes for name in (node.label, *_tree(list(node.children)))]


def test_the_tree_keeps_the_kind_with_what_stands_above(leader: Client) -> None:
    names = _tree(leader.get(ADDRESS, {"xem": "cay", "loai": "school"}).context["nodes"])
    assert names == ["Tỉnh Mẫu", "Huyện Tây", "Trường Thử"]


def test_the_tree_of_a_search_holds_what_the_list_holds(leader: Client) -> None:
    names = _tree(leader.get(ADDRESS, {"xem": "cay", "tim": "thử", "loai": "commune"}).context["nodes"])
    assert {"Xã Thử Ân", "Xã Thử Ba", "Huyện Đông", "Huyện Tây"} <= set(names)
    assert not {"Xã Thử Đa", "Trường Thử", "Xã Một"} & set(names)


def test_list_and_tree_lead_to_one_another_with_the_whole_question(leader: Client) -> None:
    asked = {"tim": "thử", "loai": "commune", "ngay": "2023-06-30", "sort": "-name", "size": "50"}
    text = unescape(province.text_of(leader.get(ADDRESS, asked | {"page": "1"})))
    assert f'href="{ADDRESS}?{urlencode(asked)}&xem=cay"' in text
    text = unescape(province.text_of(leader.get(ADDRESS, asked | {"xem": "cay"})))
    assert f'href="{ADDRESS}?{urlencode(asked)}"' in text
    for name, value in (("xem", "cay"), ("sort", "-name"), ("size", "50")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in text


def _below(client: Client, key: str, **query: str) -> list[str]:
    page = client.get(f"{ADDRESS}{resolve(key).id}", query)
    return [unit.name for unit in page.context["below"].page.object_list]


def test_the_units_below_one_are_a_list(leader: Client) -> None:
    every = _below(leader, "huyen-tay")
    assert {"Xã Thử Ân", "Trường Thử"} <= set(every)
    assert _below(leader, "huyen-tay", **{"d-sort": "-name"}) == every[::-1]
    assert _below(leader, "huyen-tay", **{"d-kind": "school"}) == ["Trường Thử"]
    assert _below(leader, "huyen-tay", **{"d-q": "thu an"}) == ["Xã Thử Ân"]
    answer = leader.get(f"{ADDRESS}{resolve('huyen-tay').id}", {"d-kind": "school", "d-export": "csv"})
    assert answer.content.decode("utf-8-sig").splitlines()[1:] == ["Trường Thử,truong-thu,Cơ sở giáo dục"]


def test_a_search_stands_best_first_unless_an_order_was_chosen(leader: Client) -> None:
    kept = 'form="list-units-form" name="sort"'
    assert kept not in province.text_of(leader.get(ADDRESS))
    assert f'{kept} value="-name"' in province.text_of(leader.get(ADDRESS, {"sort": "-name"}))
