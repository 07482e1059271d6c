"""Words and order on the first page of the plan."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import Any

import pytest
from django.test import Client

from tests.web.plan.province import change_item, state, text_of

URL = "/"


def codes(response: Any) -> list[str]:
    return [line.item.code for line in response.context["view"].lines]


@pytest.fixture(autouse=True)
def _words() -> None:
    change_item("P0-T2", quote="Đủ ghế ngồi chờ\ncho người dân", label_vi="Chỗ chờ", label_en="Waiting room")


@pytest.mark.parametrize(
    "text",
    [
        "P0-T2",
        "p0 t2",
        "chỗ chờ",
        "CHO cho",
        "waiting",
        "ghe ngoi",
        unicodedata.normalize("NFD", "ghế ngồi chờ cho"),
    ],
)
def test_code_labels_and_quote_are_searched_without_marks(leader: Client, text: str) -> None:
    assert codes(leader.get(URL, {"q": text})) == ["P0-T2"]


def test_every_word_must_be_found(leader: Client) -> None:
    page = leader.get(URL, {"q": "ghế xanh"})
    assert codes(page) == []
    assert "Không có mục nào khớp với điều kiện lọc" in text_of(page)
    assert page.context["view"].clear_url == "?"


def test_blank_words_find_everything(leader: Client) -> None:
    assert codes(leader.get(URL, {"q": " – "})) == codes(leader.get(URL))


def test_words_and_chips_narrow_together_and_keep_each_other(leader: Client) -> None:
    assert codes(leader.get(URL, {"q": "chờ", "status": "reached"})) == ["P0-T2"]
    page = leader.get(URL, {"q": "chờ", "status": "not_reached"})
    assert codes(page) == []
    view, place = page.context["view"], page.context["place"]
    every_chip = [chip.href for row in view.chips for chip in row.chips]
    for href in [*every_chip, *(tab.href for tab in view.tabs), view.csv_url, view.xlsx_url, place.earlier]:
        assert "q=ch%E1%BB%9D" in href
    assert ("q", "chờ") in place.kept
    assert '<input type="hidden" name="status" value="not_reached">' in text_of(page)
    assert 'aria-current="true"' in text_of(page), "the chip that empties the page can be taken back"


def test_the_tiles_count_the_whole_plan(leader: Client) -> None:
    every, some = (leader.get(URL, {"q": text}).context["view"] for text in ("", "waiting"))
    assert [tile.value for tile in every.tiles] == [tile.value for tile in some.tiles]
    assert not any("q=" in tile.href for tile in some.tiles)


def test_duties_are_searched_too(leader: Client) -> None:
    change_item("R-1", quote="Báo cáo trước ngày 15")
    assert codes(leader.get(URL, {"tab": "nhiem-vu", "q": "truoc ngay"})) == ["R-1"]
    page = leader.get(URL, {"q": "truoc ngay"})
    assert codes(page) == []
    assert page.context["view"].tabs[1].count == 1


def test_the_lowest_result_first(leader: Client) -> None:
    plain = codes(leader.get(URL))
    assert plain[:3] == ["P0-T1", "P0-T2", "P0-S1"]
    change_item("P0-T2", order=0)
    assert codes(leader.get(URL))[:2] == ["P0-T2", "P0-T1"]
    assert codes(leader.get(URL, {"sort": "result"}))[:3] == ["P0-T1", "P0-T2", "P0-S1"]
    assert codes(leader.get(URL, {"sort": "none"}))[:2] == ["P0-T2", "P0-T1"]


@pytest.mark.parametrize(
    ("direction", "goal", "wanted"),
    [
        ("up", 100, ["P0-T1", "P0-T2"]),  # 50 points lack, against 100 reached
        ("up", 10, ["P0-T2", "P0-T1"]),  # 40 points past the goal
        ("down", 10, ["P0-T1", "P0-T2"]),  # 40 points too many
        ("down", None, ["P0-T2", "P0-T1"]),  # nothing to reach: last
    ],
)
def test_the_widest_gap_first(leader: Client, direction: str, goal: int | None, wanted: list[str]) -> None:
    change_item("P0-T1", direction=direction, goal=goal)
    change_item("P0-T2", order=0, goal=100)
    found = [code for code in codes(leader.get(URL, {"sort": "gap"})) if code in wanted]
    assert found == wanted


def test_sections_keep_their_order(leader: Client) -> None:
    plain, sorted_ = (leader.get(URL, {"sort": sort}).context["view"] for sort in ("", "result"))
    assert [section.key for section in plain.sections] == [section.key for section in sorted_.sections]
    assert len(plain.sections) > 1


def test_the_file_honours_words_and_order(leader: Client) -> None:
    state("P0-T2", "tinh-mau", value=1)
    change_item("P0-T2", order=0)
    asked = {"q": "p0", "sort": "result"}
    answer = leader.get(URL, asked | {"export": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == codes(leader.get(URL, asked))
    assert [row[0] for row in rows[1:3]] == ["P0-T1", "P0-T2"]


def test_the_form_shows_what_was_asked(leader: Client) -> None:
    text = text_of(leader.get(URL, {"q": "<b>chờ", "sort": "gap"}))
    assert 'name="q" value="&lt;b&gt;chờ"' in text
    assert '<option value="gap" selected>' in text
