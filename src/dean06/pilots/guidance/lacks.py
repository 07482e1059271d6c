"""What an indicator still misses at one point, in words: the verdicts of candidates.py, read aloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from dean06.core.access.scope import wide
from dean06.pilots.guidance import candidates
from dean06.pilots.guidance.models import EquipmentCheck, Material, Record

Row = dict[str, Any]
_ONE_POINT = "select * from ({}) c where c.unit_id = %(unit)s order by c.since, c.id"
_ONE_RECORD = "select * from ({}) c where c.unit_id = %(unit)s and c.id = %(id)s"
_WHY = "an officer who guides here may belong to a unit outside the reader's scope"


@dataclass(frozen=True, slots=True)
class _Source:
    sql: str
    words: Callable[[Sequence[Row], dict[str, Any]], list[str]]
    days_rule: str = ""


def lacks(code: str, unit_id: int, on: date) -> list[str]:
    """What an indicator misses at a point on a day, empty when it is met.

    The caller has checked that the reader may see the point. Words name people by staff code.
    """
    source = _SOURCES[code]
    params = candidates.parameters(on, source.days_rule) | {"unit": unit_id}
    with wide(_WHY):
        rows = _fetch(_ONE_POINT.format(source.sql), params)
    return source.words(rows, params)


def knows(code: str) -> bool:
    """Whether `lacks` can say what an indicator misses."""
    return code in _SOURCES


def uncounted(slug: str, record: Record, on: date) -> str:
    """Why a record does not count at the cut-off day `on`, "" when it does or is not of a kind that proves.

    The caller has checked that the reader may see the record's point.
    """
    code = _PROVE.get(slug)
    if code is None:
        return ""
    if isinstance(record, Material) and record.kind not in _ASKED:
        name = str(Material.MaterialKind(record.kind).label).lower()
        return _("%(kind)s không phải pano hay áp phích") % {"kind": name}
    source = _SOURCES[code]
    params = candidates.parameters(on, source.days_rule) | {"unit": record.unit_id, "id": record.pk}
    with wide(_WHY):
        rows = _fetch(_ONE_RECORD.format(source.sql), params)
    if not rows:
        return _("không có hiệu lực vào ngày chốt số liệu %(day)s") % {"day": f"{on:%d/%m/%Y}"}
    return "; ".join(source.words(rows, params))


def _fetch(sql: str, params: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# Kinds of record that prove an indicator by themselves.
_PROVE = {
    "video": "guidance.desk_video",
    "vat-pham": "guidance.desk_material_any",
    "phan-cong": "guidance.point_guided",
    "niem-yet": "guidance.desk_posted",
}
_ASKED = (Material.MaterialKind.PANEL.value, Material.MaterialKind.POSTER.value)


def _good(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["verdict"] == "good"]


def _videos(rows: Sequence[Row], _params: dict[str, Any]) -> list[str]:
    if _good(rows):
        return []
    if not rows:
        return [_("chưa chiếu video nào")]
    texts = {
        "unapproved": _("video “%(name)s” chưa được duyệt"),
        "expired": _("video “%(name)s” hết hiệu lực từ %(day)s"),
        "photo": _("video “%(name)s” chưa có ảnh minh chứng"),
    }
    return [_say(texts, row) for row in rows]


def _materials(kinds: Sequence[str]) -> Callable[[Sequence[Row], dict[str, Any]], list[str]]:
    """`kinds`: what is wanted; an empty sequence means any one of them."""

    def words(rows: Sequence[Row], params: dict[str, Any]) -> list[str]:
        if not kinds:
            return [] if _good(rows) else _hanging(rows, params) or [_("chưa treo pano hay áp phích")]
        found: list[str] = []
        for kind in kinds:
            own = [row for row in rows if row["kind"] == kind]
            if not _good(own):
                name = str(Material.MaterialKind(kind).label).lower()
                found += _hanging(own, params) or [_("chưa treo %(kind)s") % {"kind": name}]
        return found

    return words


def _hanging(rows: Sequence[Row], params: dict[str, Any]) -> list[str]:
    texts = {
        "absent": _("%(kind)s “%(name)s” không còn hoặc hỏng (kiểm tra %(day)s)"),
        "overdue": _("%(kind)s “%(name)s” quá %(days)s ngày chưa kiểm tra (lần cuối %(day)s)"),
        "photo": _("%(kind)s “%(name)s” chưa có ảnh minh chứng"),
    }
    kinds = {value: str(label).lower() for value, label in Material.MaterialKind.choices}
    return [_say(texts, row | {"kind": kinds[row["kind"]], "days": params["days"]}) for row in rows]


def _guided(rows: Sequence[Row], _params: dict[str, Any]) -> list[str]:
    if _good(rows):
        return []
    if not rows:
        return [_("chưa phân công cán bộ hướng dẫn")]
    return _untrained(rows, _params)


def _untrained(rows: Sequence[Row], _params: dict[str, Any]) -> list[str]:
    names = dict.fromkeys(row["name"] for row in rows if row["verdict"] != "good")
    return [_("%(name)s chưa qua tập huấn") % {"name": name} for name in names]


def _equipment(rows: Sequence[Row], params: dict[str, Any]) -> list[str]:
    texts = {
        "broken": _("%(item)s hỏng hoặc thiếu (kiểm kê %(day)s)"),
        "overdue": _("%(item)s kiểm kê quá %(days)s ngày (lần cuối %(day)s)"),
    }
    latest = {row["name"]: row for row in rows}
    found = []
    for value, label in EquipmentCheck.Item.choices:
        item = {"item": str(label)[:1].lower() + str(label)[1:], "days": params["days"]}
        if value not in latest:
            found.append(_("%(item)s chưa kiểm kê") % item)
        elif latest[value]["verdict"] != "good":
            found.append(_say(texts, latest[value] | item))
    return found


def _postings(rows: Sequence[Row], _params: dict[str, Any]) -> list[str]:
    if _good(rows):
        return []
    if not rows:
        return [_("chưa niêm yết danh mục thủ tục")]
    texts = {
        "expired": _("đang niêm yết bản “%(name)s”, hết hiệu lực từ %(day)s"),
        "early": _("bản “%(name)s” chưa có hiệu lực"),
        "photo": _("bản “%(name)s” chưa có ảnh minh chứng"),
    }
    return [_say(texts, row) for row in rows]


def _say(texts: dict[str, str], row: Row) -> str:
    day = row["day"]
    return texts[row["verdict"]] % (row | {"day": f"{day:%d/%m/%Y}" if day else ""})


_SOURCES = {
    "guidance.desk_video": _Source(candidates.VIDEOS, _videos),
    "guidance.desk_material_any": _Source(candidates.MATERIALS, _materials(()), candidates.MATERIAL_RULE),
    "guidance.desk_material_both": _Source(
        candidates.MATERIALS,
        _materials(_ASKED),
        candidates.MATERIAL_RULE,
    ),
    "guidance.point_guided": _Source(candidates.PEOPLE, _guided),
    "guidance.desk_staff_trained": _Source(candidates.PEOPLE, _untrained),
    "guidance.desk_equipped": _Source(candidates.EQUIPMENT, _equipment, candidates.EQUIPMENT_RULE),
    "guidance.desk_posted": _Source(candidates.POSTINGS, _postings),
}
