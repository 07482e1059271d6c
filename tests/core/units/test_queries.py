"""The province's own units, as at three dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from dean06.core.access.actor import system_actor
from dean06.core.errors import NotFound
from dean06.core.units import queries
from dean06.core.units.load import load_units
from dean06.core.units.models import Kind, Unit
from dean06.core.units.queries import HistoryKind
from vnid.text import sort_key

pytestmark = pytest.mark.django_db
PLAN_DAY = date(2023, 6, 30)
BEFORE_2025 = date(2025, 6, 30)
NOW = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def _province(db: None) -> None:
    load_units(settings.PLAN_DIR / "units", system_actor("test"))


def test_a_unit_is_resolved_by_key_code_and_scheme() -> None:
    found = {queries.resolve(text, PLAN_DAY).key for text in ("huyen-219", "ubnd-luc-ngan", "219", "gso:219")}
    assert found == {"huyen-219"}


def test_a_code_means_the_unit_of_its_day() -> None:
    assert queries.resolve("24", PLAN_DAY).name == "Tỉnh Bắc Giang"
    assert queries.resolve("24", NOW).name == "Tỉnh Bắc Ninh"
    assert queries.resolve("07210", PLAN_DAY).key != queries.resolve("07210", NOW).key


def test_an_unknown_code_is_named() -> None:
    with pytest.raises(NotFound, match="Không có đơn vị nào mang mã “so-khong-co”"):
        queries.resolve("so-khong-co")


def test_an_ended_unit_is_refused_with_its_heirs() -> None:
    with pytest.raises(NotFound) as refused:
        queries.resolve("so-tttt", NOW)
    assert "không còn vào ngày 01/07/2025" in refused.value.message
    assert "Đơn vị kế thừa: “Sở Khoa học và Công nghệ”" in refused.value.message
    with pytest.raises(NotFound) as refused:
        queries.resolve("ubnd-yen-dung", NOW)
    assert "không chỉ đơn vị nào vào ngày 01/07/2025" in refused.value.message
    assert "trước đó chỉ “Huyện Yên Dũng” (huyen-221). Đơn vị kế thừa:" in refused.value.message
    with pytest.raises(NotFound, match="chưa có vào ngày 30/06/2023: bắt đầu từ ngày 01/07/2025"):
        queries.resolve("tinh-24-2025", PLAN_DAY)


def test_the_last_bearer_of_a_code_is_found_after_its_end() -> None:
    assert queries.holder("so-tttt", NOW).key == "so-tttt"
    assert queries.holder("ubnd-yen-dung", NOW).key == "huyen-221"
    assert queries.holder("gso:221", NOW).valid_to == date(2025, 1, 1)
    assert queries.holder("24", NOW) == queries.resolve("24", NOW)
    assert queries.holder("24", PLAN_DAY) == queries.resolve("24", PLAN_DAY)
    for text in ("tinh-24-2025", "so-khong-co"):
        with pytest.raises(NotFound):
            queries.holder(text, PLAN_DAY)


def test_an_ended_unit_is_found_when_no_day_is_asked() -> None:
    assert queries.resolve("huyen-221").name == "Huyện Yên Dũng"


def test_children_are_in_vietnamese_order() -> None:
    names = [u.name for u in queries.children(queries.resolve("huyen-219").id, PLAN_DAY)]
    assert len(names) == 29
    assert names == sorted(names, key=sort_key)


def test_ancestors_follow_the_day() -> None:
    village = queries.resolve("07525", PLAN_DAY)
    assert [u.key for u in queries.ancestors(village.id, PLAN_DAY)] == ["tinh-24", "huyen-219"]
    assert queries.ancestors(village.id, NOW) == []


def test_the_tree_agrees_with_the_closure() -> None:
    province = queries.resolve("tinh-24", PLAN_DAY).id
    nodes = queries.tree(PLAN_DAY, root_id=province)
    assert {node.unit.id for node in nodes} == set(queries.descendant_ids(province, PLAN_DAY))
    assert (nodes[0].unit.id, nodes[0].depth) == (province, 0)
    for node in nodes:
        assert node.depth == len(queries.ancestors(node.unit.id, PLAN_DAY))
        assert node.children == len(queries.children(node.unit.id, PLAN_DAY))


def test_the_tree_of_one_kind_has_tops_only() -> None:
    nodes = queries.tree(PLAN_DAY, kinds=(Kind.DISTRICT,))
    assert len(nodes) == 10
    assert {node.depth for node in nodes} == {0}


def test_every_commune_of_2023_has_heirs_and_nothing_is_lost_or_doubled() -> None:
    communes = queries.units_of_kind([Kind.COMMUNE], PLAN_DAY)
    province = queries.resolve("tinh-24", PLAN_DAY).id
    inside = set(queries.descendant_ids(province, PLAN_DAY))
    ids = [u.id for u in communes if u.id in inside]
    assert len(ids) == 209
    heirs = queries.heirs_of(ids, NOW)
    later = set(queries.descendant_ids(queries.resolve("tinh-24-2025").id, NOW, [Kind.COMMUNE]))
    for unit_id in ids:
        shares = heirs[unit_id]
        assert sum(heir.share for heir in shares) == pytest.approx(Decimal(1), abs=Decimal("0.00001"))
        assert {heir.unit.id for heir in shares} <= later
    assert {heir.unit.id for found in heirs.values() for heir in found} == later


def test_heirs_of_a_unit_that_lives_are_none() -> None:
    assert queries.heirs(queries.resolve("huyen-218").id, BEFORE_2025) == []


def test_successors_and_predecessors_mirror_each_other() -> None:
    old = queries.resolve("so-tttt")
    step = queries.successors(old.id)[0]
    assert step.unit.key == "so-khcn"
    back = {s.unit.key: s for s in queries.predecessors(step.unit.id)}
    assert (back["so-tttt"].share, back["so-tttt"].effective_date) == (step.share, step.effective_date)


def test_history_tells_a_life_in_order() -> None:
    events = queries.history(queries.resolve("huyen-221").id)
    kinds = [event.kind for event in events]
    assert kinds[0] is HistoryKind.FOUNDED
    assert kinds[-1] is HistoryKind.ENDED
    assert HistoryKind.PLACED in kinds
    assert HistoryKind.BECAME in kinds
    days = [event.day or date.min for event in events]
    assert days == sorted(days)


def test_a_fact_of_an_unknown_unit_is_not_found() -> None:
    with pytest.raises(NotFound, match="mã số 999999"):
        queries.fact(999999)


def test_last_day_describes_a_unit_within_its_life() -> None:
    ended, later = Unit.objects.get(key="huyen-221"), Unit.objects.get(key="tinh-24-2025")
    assert ended.valid_to is not None
    assert queries.last_day(ended, NOW) < ended.valid_to
    assert queries.last_day(later, PLAN_DAY) == later.valid_from
    assert queries.last_day(Unit.objects.get(key="tinh-24"), PLAN_DAY) == PLAN_DAY
