# ruff: noqa: S608 - SQL put together from constants of this file
"""What might prove an indicator at a desk or post, and what each of it still lacks.

One SQL text a subject, read twice: indicators.py counts the rows whose verdict is "good", lacks.py puts the
other verdicts into words. So what a page says is missing is by construction what the figure misses.

Parameters: `on` the cut-off day, `days` the cycle of looks in days (null: no rule in force, no cycle),
`photo` whether a record without a photo proves nothing.
"""

from __future__ import annotations

from datetime import date

from dean06.core.errors import NotFound
from dean06.core.rules import rule

MATERIAL_RULE = "guidance.material_check_days"
EQUIPMENT_RULE = "guidance.equipment_check_days"
PHOTO_RULE = "guidance.photo_required"

_LIVE = "{0}.revoked_at is null and {0}.{1} <= %(on)s::date and ({0}.{2} is null or {0}.{2} > %(on)s::date)"

#: Videos a desk shows on the day.
VIDEOS = f"""
select s.unit_id, s.id, s.shown_from as since, v.title as name, v.valid_to as day,
       case when v.approved_on is null or v.approved_on > %(on)s::date then 'unapproved'
            when v.valid_to <= %(on)s::date then 'expired'
            when %(photo)s::bool and s.photo_id is null then 'photo'
            else 'good' end as verdict
from guidance_video_showing s
join guidance_video v on v.id = s.video_id
where {_LIVE.format("s", "shown_from", "shown_to")}
"""

#: Panels and posters that hang on the day; the latest look decides, the last on a day with several.
MATERIALS = f"""
select m.unit_id, m.id, m.hung_on as since, m.title as name, greatest(m.hung_on, c.checked_on) as day, m.kind,
       case when not c.present then 'absent'
            when greatest(m.hung_on, c.checked_on) <= %(on)s::date - %(days)s::int then 'overdue'
            when %(photo)s::bool and m.photo_id is null and c.photo_id is null then 'photo'
            else 'good' end as verdict
from guidance_material m
left join lateral (
  select k.checked_on, k.present, k.photo_id
  from guidance_material_check k
  where k.material_id = m.id and k.revoked_at is null and k.checked_on <= %(on)s::date
  order by k.checked_on desc, k.id desc limit 1
) c on true
where {_LIVE.format("m", "hung_on", "removed_on")} and m.kind in ('panel', 'poster')
"""

#: Officers assigned to a point on the day who are still in service. An officer's own row may lie outside
#: the reader's scope; the assignment then speaks for him.
PEOPLE = f"""
select a.unit_id, a.id, greatest(a.valid_from, t.passed_on) as since, a.officer_id, t.passed_on as day,
       coalesce(o.staff_code || ' · ' || o.position, a.officer_label) as name,
       case when t.passed_on is null then 'untrained' else 'good' end as verdict
from guidance_assignment a
left join guidance_officer o on o.id = a.officer_id
left join lateral (
  select min(p.passed_on) as passed_on from guidance_training p
  where p.officer_id = a.officer_id and p.revoked_at is null and p.passed_on <= %(on)s::date
) t on true
where {_LIVE.format("a", "valid_from", "valid_to")}
  and (o.id is null or ({_LIVE.format("o", "valid_from", "valid_to")}))
"""

#: The latest check of each item of equipment.
EQUIPMENT = """
select e.unit_id, e.id, e.checked_on as since, e.item as name, e.checked_on as day,
       case when not e.working then 'broken'
            when e.checked_on <= %(on)s::date - %(days)s::int then 'overdue'
            else 'good' end as verdict
from (
  select distinct on (q.unit_id, q.item) q.unit_id, q.item, q.id, q.checked_on, q.working
  from guidance_equipment_check q
  where q.revoked_at is null and q.checked_on <= %(on)s::date
  order by q.unit_id, q.item, q.checked_on desc, q.id desc
) e
"""

#: Procedure lists a desk has posted on the day.
POSTINGS = f"""
select p.unit_id, p.id, p.posted_on as since, l.document || ' (' || l.code || ')' as name, l.valid_to as day,
       case when l.valid_from > %(on)s::date then 'early'
            when l.valid_to <= %(on)s::date then 'expired'
            when %(photo)s::bool and p.photo_id is null then 'photo'
            else 'good' end as verdict
from guidance_posting p
join guidance_procedure_list l on l.id = p.procedure_list_id
where {_LIVE.format("p", "posted_on", "removed_on")}
"""


def parameters(on: date, days_rule: str = "") -> dict[str, object]:
    """What the texts above take, as the rules in force on the day have it."""
    days = _rule(days_rule, on) if days_rule else None
    return {
        "on": on,
        "days": int(str(days)) if days is not None else None,
        "photo": bool(_rule(PHOTO_RULE, on)),
    }


def _rule(code: str, on: date) -> object:
    """A rule's value, or None where the province has decided nothing for that day."""
    try:
        value: object = rule(code, on)
    except NotFound:
        return None
    return value
