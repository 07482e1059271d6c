"""Search: one box for the plan, units, indicators and records."""

from __future__ import annotations

import csv
import io
from datetime import date
from importlib import import_module

import pytest
from django.db import transaction
from django.test import Client

from dean06.core.access.policy import Action
from dean06.core.access.scope import wide
from dean06.core.clock import now
from dean06.core.units.models import Unit
from dean06.core.units.queries import resolve
from dean06.pilots.guidance.models import Material
from dean06.web.search.find import Group
from tests.web.plan.province import text_of
from vnid.text import sort_key

URL = "/tim-kiem"


def found(client: Client, text: str) -> dict[str, list[str]]:
    page = client.get(URL, {"q": text})
    assert page.status_code == 200
    groups: dict[str, list[str]] = {}
    for hit in page.context["list"].page.paginator.object_list:
        groups.setdefault(hit.group.value, []).append(hit.title)
    return groups


@pytest.mark.parametrize(
    ("text", "group", "title"),
    [
        ("p0-t1", "items", "Bộ phận một cửa có bảng chỉ dẫn"),
        ("bang chi dan", "items", "Bộ phận một cửa có bảng chỉ dẫn"),
        ("lưu đông", "items", "Xã, phường có tổ hướng dẫn"),  # only in the quote
        ("huyen dong", "units", "Huyện Đông"),
        ("sample.team_full", "indicators", "Chỉ số sample.team_full"),
    ],
)
def test_each_kind_of_thing_is_found_without_accents(
    leader: Client, text: str, group: str, title: str
) -> None:
    assert title in found(leader, text)[group]


def test_an_id_comes_first(leader: Client) -> None:
    assert leader.get(URL, {"q": "m1-t2"}).context["list"].page.object_list[0].code == "M1-T2"


def test_records_stay_inside_the_scope(leader: Client, head: Client) -> None:
    with transaction.atomic(), wide("test"):
        Material.objects.create(
            unit=resolve("huyen-tay"),
            kind="poster",
            title="Áp phích VNeID",
            hung_on=date(2023, 9, 1),
            recorded_at=now(),
        )
    assert found(leader, "ap phich vneid")["records"] == ["Áp phích VNeID"]
    assert "records" not in found(head, "ap phich vneid")


def test_nothing_found_says_what_to_try(leader: Client) -> None:
    assert "Không tìm thấy dòng nào khớp" in text_of(leader.get(URL, {"q": "zzz"}))
    assert "Gõ để tìm" in text_of(leader.get(URL))


def test_while_typing_only_the_results_come(leader: Client) -> None:
    headers = {"hx-request": "true", "hx-target": "div#list-hits-results"}
    page = text_of(leader.get(URL, {"q": "tổ"}, headers=headers))
    assert 'id="list-hits-results"' in page
    assert "<main" not in page


def test_markup_in_the_question_is_text(leader: Client) -> None:
    assert "<script>x" not in text_of(leader.get(URL, {"q": "<script>x"}))


def titles(client: Client, **query: str) -> list[str]:
    return [hit.title for hit in client.get(URL, query).context["list"].page.object_list]


def test_results_are_filtered_by_kind(leader: Client) -> None:
    every = found(leader, "mau")
    assert {"items", "units"} & set(every)
    for group, names in every.items():
        assert titles(leader, q="mau", group=group) == names


def test_results_are_sorted(leader: Client) -> None:
    names = titles(leader, q="huyen", sort="title")
    assert names == sorted(names, key=sort_key)
    assert titles(leader, q="huyen", sort="-title") == names[::-1]
    groups = [hit.group for hit in leader.get(URL, {"q": "huyen", "sort": "-group"}).context["list"].page]
    assert groups == sorted(groups, key=list(Group).index, reverse=True)


def test_many_results_have_pages(leader: Client) -> None:
    with transaction.atomic(), wide("test"):
        for number in range(30):
            Unit.objects.create(key=f"thon-{number}", kind="village", name=f"Thôn Mới {number:02}")
    first, second = titles(leader, q="thon moi"), titles(leader, q="thon moi", page="2")
    assert (len(first), len(second)) == (25, 5)
    assert not set(first) & set(second)


def test_the_file_holds_what_was_found_and_kept(leader: Client) -> None:
    answer = leader.get(URL, {"q": "huyen", "group": "units", "sort": "-title", "export": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Tên"] for row in rows] == titles(leader, q="huyen", group="units", sort="-title")
    assert {row["Loại"] for row in rows} == {"Đơn vị"}


def test_who_may_not_export_gets_no_file(monkeypatch: pytest.MonkeyPatch, leader: Client) -> None:
    def no_export(_actor: object, action: Action, **_where: object) -> bool:
        return action != Action.EXPORT

    monkeypatch.setattr(import_module("dean06.web.search.views"), "may", no_export)
    assert leader.get(URL, {"q": "huyen", "export": "csv"}).status_code == 403
    assert "export=csv" not in text_of(leader.get(URL, {"q": "huyen"}))
