"""What must we do: the page of a unit's own part of the plan."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from importlib import import_module
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client

from dean06.core.access.models import Role
from dean06.core.access.policy import Action
from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Placement, Unit
from dean06.core.units.queries import resolve
from dean06.plan.models import Item, ItemUnit
from tests.web.plan.province import DAY, change_item, client, state, text_of

URL = "/nhiem-vu"


def test_the_officer_finds_the_own_gaps_named(officer: Client) -> None:
    page = officer.get(URL)
    assert page.status_code == 200
    view = page.context["view"]
    assert [(gap.line.item.code, gap.count) for gap in view.gaps] == [("P0-T1", 1)]
    (missing,) = view.gaps[0].named
    assert missing.label == "Phường Ba"
    assert f'href="{missing.url}"' in text_of(page)


def test_groups_are_spelled_out(officer: Client) -> None:
    tasks = {task.line.item.code: task for task in officer.get(URL).context["view"].tasks}
    assert tasks["P0-T2"].responsible  # group:communes
    assert "P0-T1" not in tasks


def test_the_leader_counts_gaps_and_does_not_list_them(leader: Client) -> None:
    gaps = leader.get(URL).context["view"].gaps
    assert [(gap.line.item.code, gap.count, gap.named) for gap in gaps] == [("P0-T1", 2, ())]


def test_a_desk_works_on_the_part_of_the_unit_above() -> None:
    with transaction.atomic(), wide("test"):
        desk = Unit.objects.create(key="ban", kind=Kind.ONE_STOP_DESK, name="Bộ phận một cửa Phường Ba")
        Placement.objects.create(unit=desk, parent=resolve("xa-90003"))
        rebuild()
    page = client(Role.DESK_OFFICER, "ban").get(URL)
    assert page.context["view"].parent_name == "Phường Ba"
    assert "Kế hoạch giao cho Phường Ba" in text_of(page)
    assert "P0-T2" in [task.line.item.code for task in page.context["view"].tasks]


def test_what_is_not_stated_yet_asks_for_it(head: Client) -> None:
    with transaction.atomic(), wide("test"):
        item = Item.objects.get(code="P0-T1")
        ItemUnit.objects.create(item=item, unit=resolve("huyen-dong"), role="responsible")
    change_item("P0-T1", known_by="declared")
    page = head.get(URL)
    assert [line.item.code for line in page.context["view"].unstated] == ["P0-T1", "R-1"]
    assert "/muc-tieu/P0-T1/khai?unit=huyen-dong" in text_of(page)
    state("P0-T1", "huyen-dong", value=40)
    assert [line.item.code for line in head.get(URL).context["view"].unstated] == ["R-1"]


def test_when_nothing_is_missing_the_page_says_so(head: Client) -> None:
    assert "Không còn việc nào phải ghi nhận" in text_of(head.get(URL))


def test_the_next_report_is_due_before_the_fifteenth(leader: Client) -> None:
    tile = leader.get(URL).context["view"].tiles[-1]
    assert (tile.value, tile.note) == ("14/12/2023", "còn 4 ngày, trước ngày 15")


def codes(client: Client, **query: str) -> list[str]:
    """The ids in the list of targets and duties, in its order."""
    page = client.get(URL, {"unit": "tinh-mau"} | query)
    return [task.line.item.code for task in page.context["tasks"].page.object_list]


@pytest.fixture
def loaded(leader: Client) -> Client:
    """The province answers for every item of the plan, and cooperates in one."""
    with transaction.atomic(), wide("test"):
        unit = resolve("tinh-mau")
        ItemUnit.objects.filter(unit=unit).delete()
        for item in Item.objects.all():
            role = "cooperating" if item.code == "P0-T2" else "responsible"
            ItemUnit.objects.create(item=item, unit=unit, role=role)
    return leader


def test_the_list_is_searched_and_filtered(loaded: Client) -> None:
    every = codes(loaded)
    assert len(every) == 5
    assert codes(loaded, q="bang chi dan") == ["P0-T1", "M1-T1"]
    assert codes(loaded, role="cooperating") == ["P0-T2"]
    assert set(codes(loaded, pilot="M1")) == {code for code in every if code.startswith("M1-")}
    assert set(codes(loaded, known="declared")) < set(every)
    assert codes(loaded, status="reached", q="khong co gi nhu the") == []
    assert codes(loaded, status="khong-co") == every


def test_what_is_late_is_one_click_away(loaded: Client) -> None:
    change_item("P0-T1", deadline=DAY - timedelta(days=1), goal=90)
    assert codes(loaded, status="late") == ["P0-T1"]
    tile = next(one for one in loaded.get(URL).context["view"].tiles if one.label == "Quá hạn")
    assert (tile.value, tile.href) == ("1", "?status=late#tasks")


@pytest.mark.parametrize("sort", ["code", "label", "role", "result", "gaps", "deadline"])
def test_every_column_sorts_both_ways(loaded: Client, sort: str) -> None:
    change_item("P0-T1", deadline=DAY)
    change_item("P0-T2", deadline=DAY - timedelta(days=1))
    up, down = codes(loaded, sort=sort), codes(loaded, sort=f"-{sort}")
    assert sorted(up) == sorted(down)
    assert up != down


def test_a_long_list_has_pages(loaded: Client) -> None:
    with transaction.atomic(), wide("test"):
        for number in range(30):
            item = Item.objects.get(code="P0-T1")
            item.pk, item.code, item.order = None, f"P0-X{number}", 100 + number
            item.save(force_insert=True)
            ItemUnit.objects.create(item=item, unit=resolve("tinh-mau"), role="responsible")
    first_page, second_page = codes(loaded), codes(loaded, page="2")
    assert len(first_page) == 25
    assert not set(first_page) & set(second_page)


def test_the_file_holds_what_was_asked(loaded: Client) -> None:
    rows = rows_of(loaded.get(URL, {"pilot": "M1", "sort": "-code", "export": "csv"}), "csv")
    assert [row[0] for row in rows[1:]] == codes(loaded, pilot="M1", sort="-code")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_holds_the_table_of_the_page(officer: Client, kind: str) -> None:
    page = officer.get(URL)
    assert f'href="{URL}?export={kind}"' in text_of(page)
    answer = officer.get(URL, {"export": kind})
    assert f"nhiem-vu-xa-90003-2023-12.{kind}" in answer.headers["Content-Disposition"]
    rows = rows_of(answer, kind)
    assert [row[0] for row in rows[1:]] == [task.line.item.code for task in page.context["view"].tasks]
    assert [row[3] for row in rows[1:]] == [task.role_text for task in page.context["view"].tasks]


def test_the_file_counts_what_is_missing(leader: Client) -> None:
    change_item("P0-T1", known_by="counted")
    with transaction.atomic(), wide("test"):
        ItemUnit.objects.create(
            item=Item.objects.get(code="P0-T1"), unit=resolve("tinh-mau"), role="cooperating"
        )
    rows = {row[0]: row for row in rows_of(leader.get(URL, {"export": "xlsx"}), "xlsx")}
    assert rows["P0-T1"][3] == "Phối hợp"
    assert rows["P0-T1"][6:10] == (2, 4, 50, 2)


def test_who_may_not_export_gets_no_file_and_no_link(
    monkeypatch: pytest.MonkeyPatch, officer: Client
) -> None:
    def no_export(_actor: object, action: Action, **_where: object) -> bool:
        return action != Action.EXPORT

    monkeypatch.setattr(import_module("dean06.web.plan.views.tasks"), "may", no_export)
    assert officer.get(URL, {"export": "csv"}).status_code == 403
    assert "export=csv" not in text_of(officer.get(URL))


def rows_of(answer: Any, kind: str) -> list[tuple[Any, ...]]:
    """The rows of a file, the headings first."""
    if kind == "csv":
        return [tuple(row) for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    return list(sheet.values)
