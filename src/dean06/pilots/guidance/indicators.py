"""What P0 measures: six questions about desks, posts and the people in them.

Each query yields (unit_id, subject, label, met, at) as at the cut-off day `on`. A withdrawn record
proves nothing. Labels carry no personal data: a person is named by staff code and position.
"""

from __future__ import annotations

from dean06.core.rules import rule
from dean06.plan.engine import Indicator, RawRows, Window, register

MATERIAL_RULE = "guidance.material_check_days"
EQUIPMENT_RULE = "guidance.equipment_check_days"

# A day becomes the instant it began in Viet Nam.
_AT = "({}::timestamp at time zone 'Asia/Ho_Chi_Minh')"

_VIDEO = f"""
select d.id as unit_id, 'unit:' || d.id as subject, d.name as label,
       count(v.id) > 0 as met, {_AT.format("min(s.shown_from) filter (where v.id is not null)")} as at
from units_unit d
left join guidance_video_showing s
  on s.unit_id = d.id and s.revoked_at is null
 and s.shown_from <= %(on)s and (s.shown_to is null or s.shown_to > %(on)s)
left join guidance_video v
  on v.id = s.video_id and v.approved_on <= %(on)s and (v.valid_to is null or v.valid_to > %(on)s)
where d.kind = 'one_stop_desk'
group by d.id
"""

# A material counts while it hangs, the latest look found it there, and that look is recent enough.
_MATERIAL = f"""
select d.id as unit_id, 'unit:' || d.id as subject, d.name as label,
       {{met}} as met, {_AT.format("min(m.hung_on)")} as at
from units_unit d
left join (
  select m.unit_id, m.kind, m.hung_on
  from guidance_material m
  left join (
    select distinct on (k.material_id) k.material_id, k.checked_on, k.present
    from guidance_material_check k
    where k.revoked_at is null and k.checked_on <= %(on)s
    order by k.material_id, k.checked_on desc, k.id desc
  ) c on c.material_id = m.id
  where m.revoked_at is null and m.kind in ('panel', 'poster')
    and m.hung_on <= %(on)s and (m.removed_on is null or m.removed_on > %(on)s)
    and coalesce(c.present, true)
    and greatest(m.hung_on, c.checked_on) > %(on)s - %(days)s::int
) m on m.unit_id = d.id
where d.kind = 'one_stop_desk'
group by d.id
"""

_GUIDED = f"""
select p.id as unit_id, 'unit:' || p.id as subject, p.name as label,
       count(t.officer_id) > 0 as met,
       {_AT.format("min(greatest(a.valid_from, t.passed_on)) filter (where t.officer_id is not null)")} as at
from units_unit p
left join guidance_assignment a
  on a.unit_id = p.id and a.revoked_at is null
 and a.valid_from <= %(on)s and (a.valid_to is null or a.valid_to > %(on)s)
left join (
  select officer_id, min(passed_on) as passed_on from guidance_training
  where revoked_at is null and passed_on <= %(on)s group by officer_id
) t on t.officer_id = a.officer_id
where p.kind in ('one_stop_desk', 'police_post')
group by p.id
"""

_TRAINED = f"""
select a.unit_id, 'officer:' || o.id as subject, o.position || ' · ' || o.staff_code as label,
       t.passed_on is not null as met, {_AT.format("t.passed_on")} as at
from (
  select distinct unit_id, officer_id from guidance_assignment
  where revoked_at is null and valid_from <= %(on)s and (valid_to is null or valid_to > %(on)s)
) a
join units_unit d on d.id = a.unit_id and d.kind = 'one_stop_desk'
join guidance_officer o on o.id = a.officer_id and o.revoked_at is null
left join (
  select officer_id, min(passed_on) as passed_on from guidance_training
  where revoked_at is null and passed_on <= %(on)s group by officer_id
) t on t.officer_id = a.officer_id
"""

_EQUIPPED = f"""
select d.id as unit_id, 'unit:' || d.id as subject, d.name as label,
       count(e.item) = 4 as met, {_AT.format("max(e.checked_on)")} as at
from units_unit d
left join (
  select distinct on (unit_id, item) unit_id, item, checked_on, working
  from guidance_equipment_check
  where revoked_at is null and checked_on <= %(on)s
  order by unit_id, item, checked_on desc, id desc
) e on e.unit_id = d.id and e.working and e.checked_on > %(on)s - %(days)s::int
where d.kind = 'one_stop_desk'
group by d.id
"""

_POSTED = f"""
select d.id as unit_id, 'unit:' || d.id as subject, d.name as label,
       count(l.id) > 0 as met, {_AT.format("min(p.posted_on) filter (where l.id is not null)")} as at
from units_unit d
left join guidance_posting p
  on p.unit_id = d.id and p.revoked_at is null
 and p.posted_on <= %(on)s and (p.removed_on is null or p.removed_on > %(on)s)
left join guidance_procedure_list l
  on l.id = p.procedure_list_id and l.valid_from <= %(on)s and (l.valid_to is null or l.valid_to > %(on)s)
where d.kind = 'one_stop_desk'
group by d.id
"""


def desk_video(window: Window) -> RawRows:
    """P0-T1 (plan lines 77-79): desks that show at least one approved, valid video."""
    return RawRows(_VIDEO, {"on": window.on})


def desk_material_any(window: Window) -> RawRows:
    """P0-T2 (lines 81-83), reading "panel or poster"."""
    days = rule(MATERIAL_RULE, window.on)
    return RawRows(_MATERIAL.format(met="count(m.kind) > 0"), {"on": window.on, "days": days})


def desk_material_both(window: Window) -> RawRows:
    """P0-T2 (lines 81-83), reading "panel and poster"."""
    days = rule(MATERIAL_RULE, window.on)
    return RawRows(_MATERIAL.format(met="count(distinct m.kind) = 2"), {"on": window.on, "days": days})


def point_guided(window: Window) -> RawRows:
    """P0-T3 (lines 85-87): desks and commune police posts with an assigned and trained officer."""
    return RawRows(_GUIDED, {"on": window.on})


def desk_staff_trained(window: Window) -> RawRows:
    """P0-D04 (lines 119-125): officers assigned to desks who passed a course."""
    return RawRows(_TRAINED, {"on": window.on})


def desk_equipped(window: Window) -> RawRows:
    """P0-D24 (lines 257-259): desks with all four items found working recently."""
    return RawRows(_EQUIPPED, {"on": window.on, "days": rule(EQUIPMENT_RULE, window.on)})


def desk_posted(window: Window) -> RawRows:
    """P0-D26 (lines 269-271): desks that post the list of procedures in force."""
    return RawRows(_POSTED, {"on": window.on})


def _evidence_url(subject: str) -> str:
    from django.urls import reverse

    kind, _, number = subject.partition(":")
    return reverse("guidance:officer" if kind == "officer" else "guidance:point", args=[int(number)])


_TITLES = {
    desk_video: ("Bộ phận một cửa có video hướng dẫn", "Desks with a how-to video", "bộ phận một cửa"),
    desk_material_any: (
        "Bộ phận một cửa có pano hoặc áp phích",
        "Desks with a panel or poster",
        "bộ phận một cửa",
    ),
    desk_material_both: (
        "Bộ phận một cửa có cả pano và áp phích",
        "Desks with panel and poster",
        "bộ phận một cửa",
    ),
    point_guided: ("Điểm có cán bộ hướng dẫn đã tập huấn", "Points with a trained guide", "điểm hướng dẫn"),
    desk_staff_trained: ("Cán bộ một cửa đã tập huấn", "Desk staff trained", "cán bộ"),
    desk_equipped: ("Bộ phận một cửa đủ bốn hạng mục", "Desks fully equipped", "bộ phận một cửa"),
    desk_posted: (
        "Bộ phận một cửa niêm yết đúng danh mục",
        "Desks posting the list in force",
        "bộ phận một cửa",
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
