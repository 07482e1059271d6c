"""Search finds what officers type: without accents, abbreviated, under old names."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.units.load import load_units
from dean06.core.units.models import Alias, Kind, Unit
from dean06.core.units.search import search, variants
from tests.core.units.trees import unit

PLAN_DAY = date(2023, 6, 30)
NOW = date(2025, 7, 1)


@pytest.fixture
def province(db: None) -> None:
    load_units(settings.PLAN_DIR / "units", system_actor("test"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sở tttt", "so-tttt"),
        ("So TT&TT", "so-tttt"),
        ("sở tt và tt", "so-tttt"),
        ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "so-tttt"),
        ("so thong tin", "so-tttt"),
        ("truyền thông", "so-tttt"),
        ("sở gd&đt", "so-gddt"),
        ("sở lđ-tb&xh", "so-ldtbxh"),
        ("ubnd huyện lục ngạn", "huyen-219"),
        ("Uỷ ban nhân dân huyện Lục Ngạn", "huyen-219"),
        ("Ủy ban nhân dân huyện Lục Ngạn", "huyen-219"),
        ("h. lục ngạn", "huyen-219"),
        ("lục ngạn", "huyen-219"),
        ("LUC NGAN", "huyen-219"),
        (unicodedata.normalize("NFD", "Lục Ngạn"), "huyen-219"),
        ("hiệp hoà", "huyen-223"),
        ("Hiệp Hòa", "huyen-223"),
        ("ngạn lục", "huyen-219"),
        ("tp bắc giang", "huyen-213"),
        ("ubnd-luc-ngan", "huyen-219"),
        ("219", "huyen-219"),
        ("xã quý sơn", None),
    ],
)
def test_the_first_hit(province: None, text: str, key: str | None) -> None:
    hits = search(text, PLAN_DAY)
    assert hits, text
    if key is None:
        assert hits[0].unit.name == "Xã Quý Sơn"
    else:
        assert hits[0].unit.key == key


def test_an_old_name_leads_to_the_heirs(province: None) -> None:
    hit = next(h for h in search("huyện lục ngạn", NOW) if h.unit.key == "huyen-219")
    assert not hit.current
    assert {heir.unit.valid_on(NOW) for heir in hit.heirs} == {True}
    assert sum(heir.share for heir in hit.heirs) == pytest.approx(1)


def test_only_the_kinds_that_are_asked(province: None) -> None:
    kinds = {hit.unit.kind for hit in search("lục", PLAN_DAY, kinds=[Kind.COMMUNE])}
    assert kinds == {Kind.COMMUNE}


def test_better_matches_come_first(db: None) -> None:
    with wide("test"):
        for key, name in (
            ("d", "Trạm Tân An Nam"),
            ("c", "Xã Tân An Đông"),
            ("b", "Xã Tân An"),
            ("a", "Xã Bãi Tân Anh"),
        ):
            unit(key, name)
        unit("e", "Xã Hatanan")
    assert [hit.unit.key for hit in search("tân an")] == ["b", "c", "d", "a"]


def test_another_name_says_what_was_matched(db: None) -> None:
    with wide("test"):
        made = unit("chu", "Phường Chũ")
        Alias.objects.create(unit=made, alias="Thị trấn Chũ cũ", kind="old_name")
    assert [(h.unit.key, h.matched) for h in search("thị trấn chũ cũ")] == [("chu", "Thị trấn Chũ cũ")]


@pytest.mark.parametrize("text", ["", "   ", "…", "%", "_", "\\", "'"])
def test_nothing_is_found_for_nothing(province: None, text: str) -> None:
    assert search(text, PLAN_DAY) == []


@given(text=st.text(max_size=60))
def test_any_text_has_readings_that_are_folded(text: str) -> None:
    assert all(reading == reading.strip() and reading for reading in variants(text))


def test_fifteen_thousand_units_are_searched_fast(db: None) -> None:
    with wide("test"):
        made = Unit.objects.bulk_create(
            Unit(key=f"thon-{i}", kind=Kind.VILLAGE, name=f"Thôn {chr(65 + i % 26)}{i} Tân Mỹ")
            for i in range(15_000)
        )
        Alias.objects.bulk_create(Alias(unit=u, alias=f"Tổ dân phố {u.key}", kind="spelling") for u in made)
    times = []
    for text in ("tân mỹ", "thon-14999", "tdp 77", "khong co gi ca", "ubnd xã a123"):
        begin = time.perf_counter()
        search(text)
        times.append(time.perf_counter() - begin)
    assert sorted(times)[2] < 0.15, times
