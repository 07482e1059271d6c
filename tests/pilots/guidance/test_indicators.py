"""The six questions of P0 agree with the obvious way of asking them, on chance and on every border."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from dean06.core.access.scope import scoped, wide
from dean06.core.rules.models import Rule
from dean06.core.units.models import Unit
from dean06.pilots.guidance.indicators import rows_now
from dean06.pilots.guidance.lacks import lacks
from dean06.pilots.guidance.models import (
    EquipmentCheck,
    Material,
    MaterialCheck,
    Officer,
    Posting,
    ProcedureList,
    Video,
)
from dean06.plan import engine
from dean06.plan.engine import Window
from dean06.plan.periods import Period
from tests.pilots.guidance import reference, world
from tests.pilots.guidance.world import STAMP, World

CODES = (
    "guidance.desk_video",
    "guidance.desk_material_any",
    "guidance.desk_material_both",
    "guidance.point_guided",
    "guidance.desk_staff_trained",
    "guidance.desk_equipped",
    "guidance.desk_posted",
)
PERIOD = Period(2023, 11)  # cut-off 14 November 2023
ON = PERIOD.cutoff


def counted(code: str, period: Period = PERIOD) -> reference.Rows:
    query = engine.get(code).rows(Window.of(period))
    assert isinstance(query, engine.RawRows)
    with connection.cursor() as cursor:
        cursor.execute(query.sql, query.params)  # type: ignore[arg-type]
        return {(row[0], row[1], row[3]) for row in cursor.fetchall()}


class Chance:
    """Random records whose days lie on, beside and far from the cut-off."""

    def __init__(self, seed: int, world: World) -> None:
        self.random = Random(seed)
        self.desks = [world.desk, world.other_desk]
        self.points = [*self.desks, world.post]

    def day(self) -> date:
        return ON + timedelta(days=self.random.choice((-200, -180, -91, -90, -89, -30, -1, 0, 1, 20)))

    def later(self, start: date) -> date | None:
        after = start + timedelta(days=self.random.choice((1, 30, 90, 91)))
        return self.random.choice((None, None, after, max(ON, start + timedelta(days=1))))

    def revoked(self) -> dict[str, Any]:
        return {"revoked_at": STAMP} if self.random.random() < 0.2 else {}

    def fill(self, keeper: Unit) -> None:
        self._videos(keeper)
        for _ in range(30):
            self._material()
        self._people()
        for _ in range(40):
            self._equipment()
        self._postings()

    def _videos(self, keeper: Unit) -> None:
        for number in range(4):
            approved = self.random.choice((None, self.day(), self.day()))
            until = self.later(approved) if approved else None
            video = world.video(keeper, f"V{number}", approved_on=approved, valid_to=until)
            start = self.day()
            place = self.random.choice(self.desks)
            world.showing(place, video, shown_from=start, shown_to=self.later(start), **self.revoked())

    def _material(self) -> None:
        start = self.day()
        row = world.material(
            self.random.choice(self.desks),
            kind=self.random.choice(("panel", "poster", "panel", "poster", "banner", "standee")),
            title=f"M{self.random.random()}",
            hung_on=start,
            removed_on=self.later(start),
            **self.revoked(),
        )
        for present in self.random.sample((True, False, True), self.random.randint(0, 2)):
            day, gone = self.day(), {"revoked_at": STAMP} if self.random.random() < 0.3 else {}
            if not MaterialCheck.objects.filter(material=row, checked_on=day, present=present).exists():
                MaterialCheck.objects.create(
                    unit=row.unit, material=row, checked_on=day, present=present, recorded_at=STAMP, **gone
                )

    def _people(self) -> None:
        for number in range(6):
            until = self.random.choice((None, None, ON, ON + timedelta(days=1)))
            home = self.random.choice(self.points)
            who = world.officer(home, f"CB-{number}", valid_to=until, **self.revoked())
            start = self.day()
            place = self.random.choice(self.points)
            world.assignment(place, who, valid_from=start, valid_to=self.later(start), **self.revoked())
            if self.random.random() < 0.7:
                world.training(who, self.day(), **self.revoked())

    def _equipment(self) -> None:
        place, item = self.random.choice(self.desks), self.random.choice(EquipmentCheck.Item.values)
        day, working = self.day(), self.random.random() < 0.9
        same = EquipmentCheck.objects.filter(unit=place, item=item, checked_on=day, working=working)
        if not same.exists():
            EquipmentCheck.objects.create(
                unit=place,
                item=item,
                checked_on=day,
                working=working,
                recorded_at=STAMP,
                **self.revoked(),
            )

    def _postings(self) -> None:
        border = self.day()
        old = world.procedure_list("xa-1", valid_from=ON - timedelta(days=300), valid_to=border)
        new = world.procedure_list("xa-2", valid_from=border)
        for place in self.desks:
            version: ProcedureList = self.random.choice((old, new))
            start = self.day()
            Posting.objects.create(
                unit=place,
                procedure_list=version,
                posted_on=start,
                removed_on=self.later(start),
                recorded_at=STAMP,
                **self.revoked(),
            )


@pytest.mark.parametrize("seed", range(12))
def test_every_indicator_agrees_with_the_obvious_way(world: World, seed: int) -> None:
    with transaction.atomic(), wide("test"):
        Chance(seed, world).fill(world.province)
        for code in CODES:
            assert counted(code) == reference.rows(code, ON), code


def test_chance_reaches_both_answers_of_every_indicator(world: World) -> None:
    seen: dict[str, set[bool]] = {code: set() for code in CODES}
    with transaction.atomic(), wide("test"):
        for seed in range(12):
            with transaction.atomic():
                Chance(seed, world).fill(world.province)
                for code in CODES:
                    seen[code] |= {met for _unit, _subject, met in counted(code)}
                transaction.set_rollback(True)
    assert {code for code, answers in seen.items() if answers != {True, False}} == set()


@pytest.mark.parametrize("seed", range(6))
def test_what_is_missing_is_named_exactly_where_the_figure_misses_it(world: World, seed: int) -> None:
    with transaction.atomic(), wide("test"):
        Chance(seed, world).fill(world.province)
        for code in CODES:
            for unit_id, met in rows_now(code, PERIOD).items():
                assert bool(lacks(code, unit_id, ON)) != met, (code, unit_id)


def met(code: str, at: Unit, period: Period = PERIOD) -> bool:
    return rows_now(f"guidance.{code}", period).get(at.pk, False)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (ON, None, True),
        (ON + timedelta(days=1), None, False),
        (date(2023, 7, 1), ON, False),
        (date(2023, 7, 1), ON + timedelta(days=1), True),
    ],
)
def test_a_video_counts_from_its_first_day_to_the_day_before_its_end(
    world_wide: World, start: date, end: date | None, expected: bool
) -> None:
    shown = world.video(world_wide.province)
    world.showing(world_wide.desk, shown, shown_from=start, shown_to=end)
    assert met("desk_video", world_wide.desk) is expected
    other = world.video(world_wide.province, "khác", approved_on=start, valid_to=end)
    world.showing(world_wide.other_desk, other)
    assert met("desk_video", world_wide.other_desk) is expected


def test_an_unapproved_video_and_a_withdrawn_showing_prove_nothing(world_wide: World) -> None:
    waiting = world.video(world_wide.province, approved_on=None)
    row = world.showing(world_wide.desk, waiting)
    assert not met("desk_video", world_wide.desk)
    assert lacks("guidance.desk_video", world_wide.desk.pk, ON) == ["video “Nộp hồ sơ” chưa được duyệt"]
    Video.objects.update(approved_on=ON)
    assert met("desk_video", world_wide.desk)
    row.revoked_at = STAMP
    row.save()
    assert not met("desk_video", world_wide.desk)


@pytest.mark.parametrize(("age", "expected"), [(0, True), (89, True), (90, False)])
def test_a_poster_is_proved_for_ninety_days(world_wide: World, age: int, expected: bool) -> None:
    world.material(world_wide.desk, hung_on=ON - timedelta(days=age))
    assert met("desk_material_any", world_wide.desk) is expected
    assert not met("desk_material_both", world_wide.desk)


def look(row: Material, day: date, *, present: bool) -> MaterialCheck:
    return MaterialCheck.objects.create(
        unit=row.unit, material=row, checked_on=day, present=present, recorded_at=STAMP
    )


def test_the_latest_look_decides_and_a_later_one_on_the_same_day_overrules(world_wide: World) -> None:
    row = world.material(world_wide.desk, hung_on=date(2023, 6, 1))
    look(row, ON - timedelta(days=20), present=True)
    assert met("desk_material_any", world_wide.desk)
    look(row, ON, present=False)
    assert not met("desk_material_any", world_wide.desk)
    assert "không còn hoặc hỏng" in lacks("guidance.desk_material_any", world_wide.desk.pk, ON)[0]
    look(row, ON, present=True)
    assert met("desk_material_any", world_wide.desk)
    look(row, ON + timedelta(days=1), present=False)
    assert met("desk_material_any", world_wide.desk), "a look after the cut-off speaks of the next period"


def test_without_a_rule_there_is_no_cycle_and_with_the_photo_rule_a_photo_is_needed(
    world_wide: World,
) -> None:
    world.material(world_wide.desk, hung_on=date(2021, 1, 1))
    assert not met("desk_material_any", world_wide.desk)
    Rule.objects.filter(code="guidance.material_check_days").delete()
    assert met("desk_material_any", world_wide.desk)
    Rule.objects.create(
        code="guidance.photo_required", value=True, valid_from=date(2023, 1, 1), citation="thử"
    )
    assert not met("desk_material_any", world_wide.desk)
    assert lacks("guidance.desk_material_any", world_wide.desk.pk, ON) == [
        "áp phích “Tiện ích” chưa có ảnh minh chứng"
    ]


def test_equipment_needs_all_four_checked_and_working(world_wide: World) -> None:
    for item in ("computer", "wifi", "media"):
        EquipmentCheck.objects.create(
            unit=world_wide.desk, item=item, working=True, checked_on=ON, recorded_at=STAMP
        )
    EquipmentCheck.objects.filter(item="wifi").update(checked_on=ON - timedelta(days=180))
    assert lacks("guidance.desk_equipped", world_wide.desk.pk, ON) == [
        "máy quét (scan) chưa kiểm kê",
        "mạng wifi kiểm kê quá 180 ngày (lần cuối 18/05/2023)",
    ]
    EquipmentCheck.objects.create(
        unit=world_wide.desk, item="scanner", working=True, checked_on=ON, recorded_at=STAMP
    )
    assert not met("desk_equipped", world_wide.desk)
    EquipmentCheck.objects.filter(item="wifi").update(checked_on=ON - timedelta(days=179))
    assert met("desk_equipped", world_wide.desk)


def test_an_officer_who_left_no_longer_guides(world_wide: World) -> None:
    who = world.officer(world_wide.post)
    world.assignment(world_wide.post, who)
    assert lacks("guidance.point_guided", world_wide.post.pk, ON) == ["CB-1 · Công chức chưa qua tập huấn"]
    world.training(who, ON)
    assert met("point_guided", world_wide.post)
    Officer.objects.update(valid_to=ON)
    assert not met("point_guided", world_wide.post)


def test_a_desk_that_ended_is_counted_in_no_figure_after_its_end(world_wide: World) -> None:
    world.showing(world_wide.desk, world.video(world_wide.province))
    engine.refresh("guidance.desk_video", PERIOD)
    before = engine.observation("guidance.desk_video", PERIOD, world_wide.province.pk)
    assert before is not None
    assert (before.numerator, before.denominator) == (1, 2)
    Unit.objects.filter(pk=world_wide.desk.pk).update(valid_to=ON)
    from dean06.core.units.closure import rebuild

    rebuild()
    engine.refresh("guidance.desk_video", PERIOD)
    after = engine.observation("guidance.desk_video", PERIOD, world_wide.province.pk)
    assert after is not None
    assert (after.numerator, after.denominator) == (0, 1)


def test_an_officer_lent_to_a_desk_reads_the_same_there_as_in_the_figure(world_wide: World) -> None:
    """His course stands in his own commune, out of the desk's sight; the desk's rows must still count it."""
    lent = world.officer(world_wide.other)
    world.training(lent)
    world.assignment(world_wide.desk, lent)
    code = "guidance.desk_staff_trained"
    engine.refresh(code, PERIOD)
    figure = engine.observation(code, PERIOD, world_wide.desk.pk)
    with scoped(world_wide.actor("desk")):
        page = engine.find_rows(code, PERIOD, world_wide.desk.pk, engine.RowFilter())
        elsewhere = engine.find_rows(code, PERIOD, world_wide.province.pk, engine.RowFilter())
    assert figure is not None
    assert (figure.numerator, figure.denominator) == (1, 1)
    assert [row.met for row in page.rows] == [True]
    assert {row.unit_id for row in elsewhere.rows} <= {world_wide.desk.pk}
