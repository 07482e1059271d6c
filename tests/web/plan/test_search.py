"""Search: one box for the plan, units, indicators and records."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.test import Client

from dean06.core.access.scope import wide
from dean06.core.clock import now
from dean06.core.units.queries import resolve
from dean06.pilots.guidance.models import Material
from tests.web.plan.province import text_of

URL = "/tim-kiem"


def found(client: Client, text: str) -> dict[str, list[str]]:
    page = client.get(URL, {"q": text})
    assert page.status_code == 200
    return {group.key: [hit.title for hit in group.hits] for group in page.context["groups"]}


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
    assert leader.get(URL, {"q": "m1-t2"}).context["groups"][0].hits[0].code == "M1-T2"


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
    assert "Không tìm thấy “zzz”" in text_of(leader.get(URL, {"q": "zzz"}))
    assert "Gõ để tìm" in text_of(leader.get(URL))


def test_while_typing_only_the_results_come(leader: Client) -> None:
    page = text_of(leader.get(URL, {"q": "tổ"}, headers={"hx-request": "true"}))
    assert 'id="results"' in page
    assert "<main" not in page


def test_markup_in_the_question_is_text(leader: Client) -> None:
    assert "<script>x" not in text_of(leader.get(URL, {"q": "<script>x"}))
