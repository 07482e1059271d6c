from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.errors import Denied
from dean06.core.units.models import Kind, Unit
from dean06.ui.figures import Badge, Figure
from dean06.ui.tables import Column, Empty, Filter, ListState, Table, build, table_response
from dean06.ui.tables.response import named

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Desk:
    name: str
    place: str
    posters: int | None
    figure: Figure


DESKS = [
    Desk("Xã Ổ Rỗng", "Đông", 3, Figure(1, 2, Decimal(80))),
    Desk("Xã Đại Đồng", "Tây", None, Figure(0, 0)),
    Desk("Xã Dân Hạ <b>", "Đông", 12, Figure(2, 2)),
]
LIST: Table[Desk] = Table(
    key="desks",
    caption="Bộ phận",
    noun="bộ phận",
    search=lambda desk: f"{desk.name} {desk.place}",
    filters=[
        Filter("place", "Nơi", [("Đông", "Đông"), ("Tây", "Tây")], keep=lambda d, v: bool(d.place == v))
    ],
    default_order="name",
    columns=[
        Column("name", "Tên", "name", order="name", css="main", link=lambda d: f"/desk?x={d.posters}&y=1"),
        Column("posters", "Áp phích", "posters", order="posters", css="num"),
        Column("figure", "Tỷ lệ", "figure"),
        Column("mark", "Nhãn", lambda _d: Badge("Đạt", "check", "good"), in_export=False),
    ],
    empty=Empty("Chưa có bộ phận", "Hãy ghi bộ phận đầu tiên.", "Ghi bộ phận", "/new"),
)


def names(state: ListState) -> list[str]:
    return [line.cells[0].content for line in state.lines]


def ask(query: str, table: Table[Any] = LIST, rows: Any = DESKS) -> ListState:
    return build(RequestFactory().get(f"/desks?{query}"), table, rows)


def answer(
    query: str, rows: Any = DESKS, *, headers: dict[str, str] | None = None, **kw: Any
) -> HttpResponse:
    return table_response(RequestFactory().get(f"/desks?{query}", headers=headers), LIST, rows, "desks", **kw)


def test_the_default_order_is_vietnamese() -> None:
    assert names(ask("")) == ["Xã Dân Hạ <b>", "Xã Đại Đồng", "Xã Ổ Rỗng"]


def test_sorting_by_a_header_and_back_with_unknown_values_last() -> None:
    assert names(ask("sort=posters"))[0] == "Xã Ổ Rỗng"
    down = ask("sort=-posters")
    assert names(down) == ["Xã Dân Hạ <b>", "Xã Ổ Rỗng", "Xã Đại Đồng"]
    heads = {head.key: head for head in down.heads}
    assert heads["posters"].aria_sort == "descending"
    assert heads["posters"].href == "/desks?sort=posters"
    assert heads["name"].aria_sort == "none"
    assert heads["figure"].href == heads["figure"].aria_sort == ""


@pytest.mark.parametrize("query", ["q=dai+dong", "q=ĐẠI+ĐỒNG", "q=tay+dai", "q=o+rong&place=Tây&q=dong+dai"])
def test_search_is_folded_and_takes_words_in_any_order(query: str) -> None:
    assert names(ask(query)) == ["Xã Đại Đồng"]


def test_a_filter_and_an_unknown_choice() -> None:
    assert names(ask("place=Tây")) == ["Xã Đại Đồng"]
    assert ask("place=Nowhere").total == 3


@pytest.mark.parametrize(
    "query", ["page=999", "page=-1", "page=x", "size=7", "sort=password", "sort=-", "export=exe"]
)
def test_nonsense_in_the_address_is_never_an_error(query: str) -> None:
    assert ask(query).total == 3


def test_pages_keep_the_question_in_every_link() -> None:
    many = [replace(DESKS[0], name=f"Xã {n:03}") for n in range(120)]
    state = ask("q=xa&place=Đông&size=50&page=2&other=1", rows=many)
    assert state.summary == "51–100 trong 120 bộ phận"
    assert "q=xa" in state.next_url
    assert "page=3" in state.next_url
    assert "other=1" in state.next_url
    assert "page" not in state.xlsx_url
    assert [link.label for link in state.page_links if link.current] == ["2"]
    assert ("other", "1") in state.kept_params
    assert ask("page=999", rows=many).page.number == 5


def test_two_lists_on_a_page_keep_apart() -> None:
    other = replace(LIST, prefix="b_")
    assert names(ask("q=dai&b_q=rong", table=other)) == ["Xã Ổ Rỗng"]


def test_text_is_escaped_and_links_are_encoded() -> None:
    html = answer("").content.decode()
    assert "Xã Dân Hạ &lt;b&gt;" in html
    assert "<b>" not in re.sub(r"(?s)<title>.*?</title>", "", html)
    assert 'href="/desk?x=12&amp;y=1"' in html


def test_an_empty_list_names_the_next_step_and_a_narrowed_one_another() -> None:
    assert 'href="/new"' in answer("", rows=[]).content.decode()
    narrowed = answer("q=zzz").content.decode()
    assert 'href="/new"' not in narrowed
    assert "Không tìm thấy dòng nào khớp" in narrowed


PART = {"HX-Request": "true", "HX-Target": "div#list-desks-results"}


def test_htmx_gets_the_results_alone() -> None:
    html = answer("q=dai", headers=PART).content.decode()
    assert html.strip().startswith('<div class="list-results"')
    assert "<form" not in html


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HX-Request": "true", "HX-Target": "body"},
        {**PART, "HX-History-Restore-Request": "true"},
    ],
)
def test_everything_else_gets_the_page(headers: dict[str, str]) -> None:
    assert "<!doctype html>" in answer("q=dai", headers=headers).content.decode()


def test_the_file_holds_the_same_selection_on_all_pages() -> None:
    many = [replace(DESKS[0], name=f"Xã {n:03}", posters=n) for n in range(60)] + [DESKS[1]]
    seen: list[int] = []
    response = answer("export=xlsx&place=Đông&sort=-posters&page=2", rows=many, on_export=seen.append)
    rows = list(
        openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows(values_only=True)
    )
    assert rows[0] == ("Tên", "Áp phích", "Tỷ lệ")
    assert len(rows) == 61
    assert rows[1] == ("Xã 059", 59, 50)
    assert seen == [60]
    assert response.headers["Content-Disposition"] == 'attachment; filename="desks.xlsx"'


def test_csv_writes_nothing_arose_as_words() -> None:
    text = answer("export=csv&q=dai").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Tên", "Áp phích", "Tỷ lệ"],
        ["Xã Đại Đồng", "", "Không phát sinh"],
    ]


def test_a_file_is_refused_where_export_is_not_allowed() -> None:
    with pytest.raises(Denied, match="không được xuất"):
        answer("export=csv", may_export=False)
    assert "export=" not in answer("", may_export=False).content.decode()


UNITS: Table[Unit] = Table(
    key="units",
    caption="Đơn vị",
    columns=[
        Column("name", "Tên", "name", order="sort_key"),
        Column("from", "Từ ngày", "valid_from", order="valid_from"),
    ],
    filters=[Filter("kind", "Loại", Kind.choices, lookup="kind")],
    search_folded=["fold"],
    search_text=["document"],
    empty=Empty("Không có đơn vị"),
)


@pytest.fixture
def units(db: None) -> Iterator[None]:
    with wide("test"):
        for name, kind, since, document in [
            ("Xã Thử Đồng", Kind.COMMUNE, date(2020, 1, 1), "Nghị quyết số 1"),
            ("Xã Thử Dân", Kind.COMMUNE, None, "Nghị quyết số 2"),
            ("Sở Thử", Kind.DEPARTMENT, date(2010, 1, 1), ""),
        ]:
            Unit.objects.create(
                key=f"thu-{name[-3:]}-{kind}".lower().encode("ascii", "ignore").decode().replace(" ", ""),
                name=name,
                kind=kind,
                valid_from=since,
                document=document,
            )
        yield


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=thu&sort=name", ["Sở Thử", "Xã Thử Dân", "Xã Thử Đồng"]),
        ("q=thu&sort=from", ["Sở Thử", "Xã Thử Đồng", "Xã Thử Dân"]),
        ("q=thu&sort=-from", ["Xã Thử Đồng", "Sở Thử", "Xã Thử Dân"]),
        ("q=dong+nghi+quyet", ["Xã Thử Đồng"]),
        ("q=thu&kind=department", ["Sở Thử"]),
    ],
)
def test_a_queryset_is_searched_sorted_and_filtered_by_the_database(query: str, expected: list[str]) -> None:
    assert names(ask(query, UNITS, Unit.objects.filter(key__startswith="thu-"))) == expected


@pytest.mark.usefixtures("units")
def test_a_page_of_a_queryset_costs_two_queries(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        names(ask("q=thu&sort=name", UNITS, Unit.objects.filter(key__startswith="thu-")))


@pytest.mark.django_db
def test_what_a_demo_made_up_goes_out_under_a_name_that_says_so() -> None:
    assert named("danh-sach") == "danh-sach"
    with transaction.atomic(), wide("test"):
        clock.set_business_date(date(2023, 12, 10))
        assert named("danh-sach") == "mo-phong-danh-sach"
