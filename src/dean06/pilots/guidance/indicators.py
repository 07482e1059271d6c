"""What P0 measures: six questions about desks, posts and the people in them.

Each query yields (unit_id, subject, label, met, at) as at the cut-off day `on`. A withdrawn record
proves nothing. Labels carry no personal data: a person is named by staff code and position.
"""

from __future__ import annotations

from typing import Any, cast

from django.db import connection
from django.utils.translation import gettext_lazy as _lazy

from dean06.core.access.scope import wide
from dean06.pilots.guidance.candidates import (
    EQUIPMENT,
    EQUIPMENT_RULE,
    MATERIAL_RULE,
    MATERIALS,
    PEOPLE,
    POSTINGS,
    VIDEOS,
    parameters,
)
from dean06.plan.engine import Indicator, RawRows, Window, register
from dean06.plan.periods import Period

# A day becomes the instant it began in Viet Nam.
_AT = "({}::timestamp at time zone 'Asia/Ho_Chi_Minh')"

# One row a point: met when enough of its candidates are good.
_BY_POINT = f"""
select d.id as unit_id, 'unit:' || d.id as subject, d.name as label,
       {{met}} as met, {_AT.format("{first}(c.since)")} as at
from units_unit d
left join ({{candidates}}) c on c.unit_id = d.id and c.verdict = 'good'
where d.kind in ({{kinds}})
group by d.id
"""
_DESKS = "'one_stop_desk'"
_POINTS = "'one_stop_desk', 'police_post'"

# One row an officer assigned to a desk.
_BY_OFFICER = f"""
select c.unit_id, 'officer:' || c.officer_id as subject, min(c.name) as label,
       bool_or(c.verdict = 'good') as met, {_AT.format("min(c.day)")} as at
from ({PEOPLE}) c
join units_unit d on d.id = c.unit_id and d.kind = 'one_stop_desk'
group by c.unit_id, c.officer_id
"""


def _by_point(candidates: str, met: str, *, kinds: str = _DESKS, first: str = "min") -> str:
    return _BY_POINT.format(candidates=candidates, met=met, kinds=kinds, first=first)


def desk_video(window: Window) -> RawRows:
    """P0-T1 (plan lines 77-79): desks that show at least one approved, valid video."""
    return RawRows(_by_point(VIDEOS, "count(c.id) > 0"), parameters(window.on))


def desk_material_any(window: Window) -> RawRows:
    """P0-T2 (lines 81-83), reading "panel or poster"."""
    return RawRows(_by_point(MATERIALS, "count(c.id) > 0"), parameters(window.on, MATERIAL_RULE))


def desk_material_both(window: Window) -> RawRows:
    """P0-T2 (lines 81-83), reading "panel and poster"."""
    return RawRows(_by_point(MATERIALS, "count(distinct c.kind) = 2"), parameters(window.on, MATERIAL_RULE))


def point_guided(window: Window) -> RawRows:
    """P0-T3 (lines 85-87): desks and commune police posts with an assigned and trained officer."""
    return RawRows(_by_point(PEOPLE, "count(c.id) > 0", kinds=_POINTS), parameters(window.on))


def desk_staff_trained(window: Window) -> RawRows:
    """P0-D04 (lines 119-125): officers assigned to desks who passed a course."""
    return RawRows(_BY_OFFICER, parameters(window.on))


def desk_equipped(window: Window) -> RawRows:
    """P0-D24 (lines 257-259): desks with all four items found working recently."""
    sql = _by_point(EQUIPMENT, "count(c.id) = 4", first="max")
    return RawRows(sql, parameters(window.on, EQUIPMENT_RULE))


def desk_posted(window: Window) -> RawRows:
    """P0-D26 (lines 269-271): desks that post the list of procedures in force."""
    return RawRows(_by_point(POSTINGS, "count(c.id) > 0"), parameters(window.on))


def rows_now(code: str, period: Period) -> dict[int, bool]:
    """Whether each point meets an indicator (of several rows: all of them), counted this moment.

    For a list of points; figures come from the engine. The reader's list decides which points he sees.
    """
    source = next(rows for rows in _TITLES if f"guidance.{rows.__name__}" == code)(Window.of(period))
    why = "an officer who guides here may belong to a unit outside the reader's scope"
    with wide(why), connection.cursor() as cursor:
        sql = f"select r.unit_id, bool_and(r.met) from ({source.sql}) r group by r.unit_id"
        cursor.execute(sql, cast(dict[str, Any], source.params))
        return dict(cursor.fetchall())


def _evidence_url(subject: str) -> str:
    from django.urls import reverse

    kind, _, number = subject.partition(":")
    return reverse("guidance:officer" if kind == "officer" else "guidance:point", args=[int(number)])


_TITLES = {
    desk_video: ("Bộ phận một cửa có video hướng dẫn", "Desks with a how-to video", _lazy("bộ phận một cửa")),
    desk_material_any: (
        "Bộ phận một cửa có pano hoặc áp phích",
        "Desks with a panel or poster",
        _lazy("bộ phận một cửa"),
    ),
    desk_material_both: (
        "Bộ phận một cửa có cả pano và áp phích",
        "Desks with panel and poster",
        _lazy("bộ phận một cửa"),
    ),
    point_guided: (
        "Điểm có cán bộ hướng dẫn đã tập huấn",
        "Points with a trained guide",
        _lazy("điểm hướng dẫn"),
    ),
    desk_staff_trained: ("Cán bộ một cửa đã tập huấn", "Desk staff trained", _lazy("cán bộ")),
    desk_equipped: ("Bộ phận một cửa đủ bốn hạng mục", "Desks fully equipped", _lazy("bộ phận một cửa")),
    desk_posted: (
        "Bộ phận một cửa niêm yết đúng danh mục",
        "Desks posting the list in force",
        _lazy("bộ phận một cửa"),
    ),
}


def register_all() -> None:
    """Make the indicators of this pilot known to the engine (called once, at start-up)."""
    for rows, (title_vi, title_en, subject_vi) in _TITLES.items():
        register(
            Indicator(
                code=f"guidance.{rows.__name__}",
                title_vi=title_vi,
                title_en=title_en,
                subject_vi=subject_vi,
                nature="stock",
                version=1,
                rows=rows,
                evidence_url=_evidence_url,
            )
        )
