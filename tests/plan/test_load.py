"""Loading is idempotent, whole or nothing, and never drops what figures refer to."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from dean06.core.access.actor import Actor
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid
from dean06.core.rules import rule
from dean06.core.units.models import Unit
from dean06.plan import actions
from dean06.plan.load import load_plan
from dean06.plan.load.sync import Changes
from dean06.plan.models import AdoptedTarget, Item, ItemParty, ItemUnit, Pilot, Plan, Reading, Registration
from tests.plan.conftest import load
from tests.plan.tiny import CODES, TINY, replace, rewrite_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_visible(db: None) -> object:
    with transaction.atomic(), wide("test"):
        yield


def drop_item(folder: Path, code: str) -> None:
    """Take an item out of the files, as an editor of the plan would."""
    path = folder / "items.yaml"
    blocks = path.read_text(encoding="utf-8").split("  - id: ")
    path.write_text("  - id: ".join(b for b in blocks if not b.startswith(f"{code}\n")), encoding="utf-8")
    replace(folder, "required_ids.yaml", f" {code},", "")


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    models = (Plan, Pilot, Item, ItemUnit, ItemParty, Reading, Registration)
    return {m.__name__: list(m._default_manager.order_by("id").values_list()) for m in models}


def test_the_tiny_plan_stands_in_the_tables() -> None:
    report = load(TINY)
    assert report.changed
    assert report.tables["items"] == Changes(created=7)
    plan = Plan.objects.get()
    assert (plan.code, plan.number, plan.opens_day) == ("tinh-mau", None, 10)
    first = Item.objects.get(code="P0-T1")
    assert (first.goal, first.deadline) == (Decimal(60), datetime.date(2023, 9, 30))
    assert Item.objects.get(code="M1-T1").same_as == first
    assert Item.objects.get(code="R-1").pilot is None
    assert Item.objects.get(code="G-MD1").kind == Item.Kind.PURPOSE
    assert Registration.objects.count() == 2
    assert AuditEntry.objects.filter(action="plan.load").count() == 1


def test_groups_are_spelled_out_and_kept_as_written() -> None:
    load(TINY)
    units = ItemUnit.objects.filter(item__code="P0-T2", role="responsible").values_list(
        "unit__key", flat=True
    )
    assert sorted(units) == ["so-mau", "xa-90001", "xa-90002", "xa-90003", "xa-90004"]
    group, unit = ItemParty.objects.filter(item__code="P0-T2", role="responsible").order_by("order")
    assert (group.label_vi, group.unit, unit.unit.key if unit.unit else "") == ("Các xã", None, "so-mau")
    open_group = ItemParty.objects.get(item__code="P0-T2", role="cooperating")
    assert open_group.open_reason == "Kế hoạch không liệt kê các ngân hàng"
    assert not ItemUnit.objects.filter(item__code="P0-T2", role="cooperating").exists()
    registered = ItemUnit.objects.filter(item__code="M1-T1").values_list("unit__key", flat=True)
    assert sorted(registered) == ["huyen-dong", "huyen-tay"]


def test_dated_rules_hold_in_their_time() -> None:
    load(TINY)
    assert rule("sample.check_days", datetime.date(2023, 12, 31)) == 90
    assert rule("sample.check_days", datetime.date(2024, 1, 1)) == 60


def test_loading_twice_changes_nothing() -> None:
    load(TINY)
    before = snapshot()
    again = load(TINY)
    assert not again.changed
    assert snapshot() == before
    assert AuditEntry.objects.filter(action="plan.load").count() == 1


def test_rows_keep_their_ids_when_the_files_change(folder: Path) -> None:
    load(folder)
    ids = dict(Item.objects.values_list("code", "id"))
    replace(folder, "items.yaml", "label_en: Desks with a sign", "label_en: Desks that show a sign")
    replace(folder, "rules.yaml", "value: 60", "value: 45")
    report = load(folder)
    assert report.tables["items"] == Changes(updated=1)
    assert report.tables["rules"] == Changes(updated=1)
    assert dict(Item.objects.values_list("code", "id")) == ids
    assert Item.objects.get(code="P0-T1").label_en == "Desks that show a sign"
    assert rule("sample.check_days", datetime.date(2024, 6, 1)) == 45


def test_an_item_that_vanishes_goes_when_nothing_refers_to_it(folder: Path) -> None:
    load(folder)
    drop_item(folder, "M1-T1")
    assert load(folder).tables["items"] == Changes(updated=2, removed=1)
    assert not Item.objects.filter(code="M1-T1").exists()


def test_an_item_that_figures_refer_to_is_not_dropped(folder: Path) -> None:
    load(folder)
    item, unit = Item.objects.get(code="M1-T1"), Unit.objects.get(key="huyen-dong")
    AdoptedTarget.objects.create(
        item=item, unit=unit, goal=70, document="01/KH", decided_on=datetime.date(2023, 7, 1)
    )
    before = snapshot()
    drop_item(folder, "M1-T1")
    replace(folder, "items.yaml", "label_en: Scope", "label_en: Extent")
    with pytest.raises(Conflict, match=r"M1-T1.*plan_adopted_target"), transaction.atomic():
        load(folder)
    assert snapshot() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("items.yaml", "goal: 60", "goal: 61"),
        ("registrations.yaml", '"902"', '"999"'),
        ("units/placements.csv", "xa-90001,huyen-dong", "xa-90001,xa-90001"),
    ],
)
def test_a_bad_plan_writes_nothing(folder: Path, file: str, old: str, new: str) -> None:
    replace(folder, file, old, new)
    with pytest.raises(Invalid) as refusal, transaction.atomic():
        load(folder)
    assert refusal.value.reasons
    assert not Plan.objects.exists()
    assert not Unit.objects.exists()


def test_the_units_must_be_there_first(system: Actor) -> None:
    with pytest.raises(Invalid, match="chưa được nạp vào cơ sở dữ liệu"):
        load_plan(TINY, system, known_indicators=CODES)


def test_loading_needs_the_right_to_manage_the_plan() -> None:
    nobody = Actor(user_id=1, username="x", full_name="X", grants=())
    with pytest.raises(Denied):
        load_plan(TINY, nobody, known_indicators=CODES)


def test_a_removed_registration_goes(folder: Path) -> None:
    load(folder)
    line = '  - {unit: "902", pilot: M1, valid_from: 2023-06-10, lines: [24, 24]}\n'
    replace(folder, "registrations.yaml", line, "")
    replace(folder, "registrations.yaml", "{M1: 2}", "{M1: 1}")
    with pytest.raises(Invalid, match="không ghi “1 đơn vị”"), transaction.atomic():
        load(folder)
    text = (folder / "source" / "ke-hoach.txt").read_text(encoding="utf-8")
    rewrite_source(folder, text.replace("02 đơn vị", "01 đơn vị"))
    assert load(folder).tables["registrations"] == Changes(removed=1)
    assert Registration.objects.get().unit.key == "huyen-dong"


def test_a_pilot_comes_and_goes(folder: Path) -> None:
    load(folder)
    pilots, ids = (folder / name for name in ("pilots.yaml", "required_ids.yaml"))
    before = pilots.read_text(encoding="utf-8"), ids.read_text(encoding="utf-8")
    third = "  - {id: M2, order: 2, name_vi: Ba, name_en: Three, lines: [22, 22]}\n"
    pilots.write_text(before[0] + third, encoding="utf-8")
    replace(folder, "required_ids.yaml", "M1,", "M1, M2,")
    assert load(folder).tables["pilots"] == Changes(created=1)
    pilots.write_text(before[0], encoding="utf-8")
    ids.write_text(before[1], encoding="utf-8")
    assert load(folder).tables["pilots"] == Changes(removed=1)
    assert list(Pilot.objects.values_list("code", flat=True)) == ["P0", "M1"]


def decide(system: Actor, day: datetime.date) -> Callable[[], Reading]:
    item = Item.objects.get(code="P0-T2")
    return lambda: actions.decide_reading(
        actor=system,
        item_id=item.id,
        reading="full",
        decided_by="UBND tỉnh Mẫu",
        document="9/UBND",
        decided_on=day,
    )


@pytest.mark.parametrize(
    ("day", "kept"), [(datetime.date(2023, 8, 1), "full"), (datetime.date(2023, 6, 1), "any")]
)
def test_the_later_decision_about_a_reading_holds(
    folder: Path, system: Actor, day: datetime.date, kept: str
) -> None:
    load(folder)
    decide(system, day)()
    replace(folder, "items.yaml", "label_en: Scope", "label_en: Extent")
    load(folder)
    assert Reading.objects.get(item__code="P0-T2", chosen=True).code == kept
    chosen = Item.objects.get(code="P0-T2").indicators.get(chosen=True)
    assert chosen.reading == kept
