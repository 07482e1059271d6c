"""The indicators of P0 the slow and obvious way: one loop over records, no SQL.

Written from public-sector reading of the plan (lines 77-125, 257-271), not from the queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from dean06.core.units.models import Unit
from dean06.pilots.guidance.models import (
    Assignment,
    EquipmentCheck,
    Material,
    MaterialCheck,
    Officer,
    Posting,
    Training,
    VideoShowing,
)

Rows = set[tuple[int, str, bool]]  # unit, subject, met


def during(start: date, end: date | None, on: date) -> bool:
    return start <= on and (end is None or on < end)


def live(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row.revoked_at is None]


def shows_video(desk: Unit, on: date) -> bool:
    for row in live(VideoShowing.objects.select_related("video")):
        video = row.video
        approved = video.approved_on is not None and video.approved_on <= on
        valid = video.valid_to is None or on < video.valid_to
        if row.unit_id == desk.pk and during(row.shown_from, row.shown_to, on) and approved and valid:
            return True
    return False


def proven_materials(desk: Unit, on: date, days: int) -> set[str]:
    kinds = set()
    for row in live(Material.objects.all()):
        if row.unit_id != desk.pk or not during(row.hung_on, row.removed_on, on):
            continue
        looks = [
            look
            for look in live(MaterialCheck.objects.all())
            if look.material_id == row.pk and look.checked_on <= on
        ]
        latest = max(looks, key=lambda look: (look.checked_on, look.pk), default=None)
        last_seen = row.hung_on if latest is None else max(row.hung_on, latest.checked_on)
        there = latest is None or latest.present
        if there and on - last_seen < timedelta(days=days):
            kinds.add(row.kind)
    return kinds & {"panel", "poster"}


def passed(officer: Officer, on: date) -> bool:
    return any(t.officer_id == officer.pk and t.passed_on <= on for t in live(Training.objects.all()))


def guides(point: Unit, on: date) -> list[Officer]:
    found = []
    for row in live(Assignment.objects.select_related("officer")):
        officer = row.officer
        serves = officer.revoked_at is None and during(officer.valid_from, officer.valid_to, on)
        if row.unit_id == point.pk and during(row.valid_from, row.valid_to, on) and serves:
            found.append(officer)
    return found


def equipped(desk: Unit, on: date, days: int) -> bool:
    for item in EquipmentCheck.Item.values:
        checks = [
            c
            for c in live(EquipmentCheck.objects.all())
            if c.unit_id == desk.pk and c.item == item and c.checked_on <= on
        ]
        latest = max(checks, key=lambda c: (c.checked_on, c.pk), default=None)
        if latest is None or not latest.working or on - latest.checked_on >= timedelta(days=days):
            return False
    return True


def posts_list(desk: Unit, on: date) -> bool:
    for row in live(Posting.objects.select_related("procedure_list")):
        version = row.procedure_list
        in_force = during(version.valid_from, version.valid_to, on)
        if row.unit_id == desk.pk and during(row.posted_on, row.removed_on, on) and in_force:
            return True
    return False


def rows(code: str, on: date, days: int = 90, equipment_days: int = 180) -> Rows:
    """(unit, subject, met) of an indicator on a day, over all desks and posts."""
    desks = list(Unit.objects.filter(kind="one_stop_desk"))
    posts = list(Unit.objects.filter(kind="police_post"))

    if code == "guidance.desk_staff_trained":
        return {(d.pk, f"officer:{o.pk}", passed(o, on)) for d in desks for o in guides(d, on)}
    answers: dict[str, Callable[[Unit], object]] = {
        "desk_video": lambda d: shows_video(d, on),
        "desk_material_any": lambda d: proven_materials(d, on, days),
        "desk_material_both": lambda d: proven_materials(d, on, days) == {"panel", "poster"},
        "point_guided": lambda p: any(passed(o, on) for o in guides(p, on)),
        "desk_equipped": lambda d: equipped(d, on, equipment_days),
        "desk_posted": lambda d: posts_list(d, on),
    }
    answer = answers[code.removeprefix("guidance.")]
    points = desks + posts if code == "guidance.point_guided" else desks
    return {(p.pk, f"unit:{p.pk}", bool(answer(p))) for p in points}
