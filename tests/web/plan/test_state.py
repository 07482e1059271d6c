"""Stating a figure: who may, what is refused, how a wrong one is replaced."""

from __future__ import annotations

from django.db import transaction
from django.test import Client

from dean06.core.access.scope import wide
from dean06.core.usage.models import UsageRecord
from dean06.plan.models import StatedFigure
from tests.web.plan.province import state, text_of

URL = "/muc-tieu/P0-T1/khai?unit=huyen-dong&period=2023-12"
GOOD = {
    "kind": "declared",
    "numerator": "1",
    "denominator": "2",
    "document_number": "7/BC-UBND",
    "document_date": "2023-12-08",
    "document_title": "Báo cáo tháng 12",
    "source": "Văn phòng",
    "signer": "Chủ tịch Nguyễn Văn Mẫu",
    "stated_on": "2023-12-09",
}


def stored() -> list[StatedFigure]:
    with transaction.atomic(), wide("test"):
        return list(StatedFigure.objects.order_by("id"))


def test_the_head_states_a_figure_with_its_document(head: Client) -> None:
    assert head.get(URL).status_code == 200
    answer = head.post(URL, GOOD)
    assert answer["Location"] == "/muc-tieu/P0-T1?unit=huyen-dong&period=2023-12"
    (figure,) = stored()
    assert (figure.numerator, figure.denominator, figure.signer) == (1, 2, "Chủ tịch Nguyễn Văn Mẫu")


def test_an_officer_may_not(officer: Client) -> None:
    assert officer.get("/muc-tieu/P0-T1/khai").status_code == 403
    assert officer.post("/muc-tieu/P0-T1/khai", GOOD).status_code == 403
    assert stored() == []


def test_nobody_states_for_another_district(head: Client) -> None:
    assert head.post(URL.replace("huyen-dong", "huyen-tay"), GOOD).status_code == 404
    assert stored() == []


def test_what_is_wrong_stands_beside_its_field(head: Client) -> None:
    answer = head.post(URL, GOOD | {"numerator": "3", "document_date": "2024-01-01", "signer": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"signer"}
    answer = head.post(URL, GOOD | {"numerator": "3", "document_date": "2024-01-01"})
    assert set(answer.context["form"].errors) == {"numerator", "document_date"}
    assert "Tử số 3 lớn hơn mẫu số 2." in text_of(answer)
    assert stored() == []


def test_a_share_with_a_comma_is_read(head: Client) -> None:
    share = GOOD | {"numerator": "", "denominator": "", "value": "37,5"}
    assert head.post(URL, share).status_code == 302
    assert [str(figure.value) for figure in stored()] == ["37.50"]


def test_a_second_figure_is_a_conflict_and_a_replacement_is_not(head: Client) -> None:
    state("P0-T1", "huyen-dong", numerator=2, denominator=2)
    answer = head.post(URL, GOOD)
    assert answer.status_code == 409
    assert "hãy thay thế số liệu đó" in text_of(answer)
    (old,) = stored()
    assert head.post(f"{URL}&replace={old.pk}", GOOD).status_code == 302
    assert [figure.supersedes_id for figure in stored()] == [None, old.pk]
    assert head.post(f"{URL}&replace={old.pk}", GOOD).status_code == 409


def test_a_figure_of_another_unit_is_not_replaced(head: Client) -> None:
    state("P0-T1", "huyen-tay", numerator=2, denominator=2)
    (other,) = stored()
    assert head.post(f"{URL}&replace={other.pk}", GOOD).status_code == 404
    assert len(stored()) == 1


def reads() -> list[tuple[str, str, str, int]]:
    with transaction.atomic(), wide("test"):
        rows = UsageRecord.objects.select_related("unit").order_by("id")
        return [(row.purpose, row.route, row.unit.key if row.unit else "", row.subjects) for row in rows]


def test_each_look_at_who_signed_is_written_down(head: Client) -> None:
    head.get("/muc-tieu/P0-T1")
    head.get(URL)
    assert reads() == []
    state("P0-T1", "huyen-dong", numerator=2, denominator=2)
    assert "Bà Trần Thị Mẫu" in text_of(head.get("/muc-tieu/P0-T1"))
    note = ("plan.signer", "web:target", "huyen-dong", 1)
    assert reads() == [note]
    head.get("/muc-tieu/P0-T1", {"r-export": "csv"})
    head.get("/")
    assert reads() == [note]
    (old,) = stored()
    assert "Bà Trần Thị Mẫu" in text_of(head.get(f"{URL}&replace={old.pk}"))
    assert reads() == [note, ("plan.signer", "web:state", "huyen-dong", 1)]


def test_the_list_of_statements_and_its_file_write_down_whom_they_name(leader: Client) -> None:
    for key in ("huyen-dong", "huyen-tay", "tinh-mau"):
        state("R-1", key, value=50)
    page = leader.get("/muc-tieu/R-1")
    assert text_of(page).count("Bà Trần Thị Mẫu") == 3
    note = ("plan.signer", "web:target", "tinh-mau", 1)
    assert reads() == [note]
    answer = leader.get("/muc-tieu/R-1", {"b-export": "csv"})
    assert text_of(answer).count("Bà Trần Thị Mẫu") == 2
    assert reads() == [note, note]
