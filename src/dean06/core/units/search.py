"""Search of units by name, other name or code: without accents, with the usual abbreviations of offices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from dean06.core import clock
from dean06.core.units.facts import UnitFact, facts
from dean06.core.units.succession import Heir, heirs_of
from vnid.text import fold

# Initials that officers type for the words; letters may be apart or joined by "và" ("TT&TT", "GD và ĐT").
_INITIALS: Final = {
    "bhxh": "bao hiem xa hoi",
    "bpmc": "bo phan mot cua",
    "bql": "ban quan ly",
    "ctxh": "cong tac xa hoi",
    "dttg": "dan toc va ton giao",
    "gddt": "giao duc va dao tao",
    "gtvt": "giao thong van tai",
    "kbnn": "kho bac nha nuoc",
    "kcn": "khu cong nghiep",
    "khcn": "khoa hoc va cong nghe",
    "khdt": "ke hoach va dau tu",
    "ldld": "lien doan lao dong",
    "ldtbxh": "lao dong thuong binh va xa hoi",
    "mttq": "mat tran to quoc",
    "nnmt": "nong nghiep va moi truong",
    "nnptnt": "nong nghiep va phat trien nong thon",
    "tnmt": "tai nguyen va moi truong",
    "tttt": "thong tin va truyen thong",
    "ubnd": "uy ban nhan dan",
    "vhttdl": "van hoa the thao va du lich",
}
# These stand for a word only at the beginning: "tp Mẫu", "tt. Mẫu", "CA xã Mẫu".
_LEADING: Final = {
    "ca": "cong an",
    "h": "huyen",
    "p": "phuong",
    "tp": "thanh pho",
    "tt": "thi tran",
    "tx": "thi xa",
    "vp": "van phong",
    "x": "xa",
}
_LEVELS: Final = ("tinh", "thanh pho", "thi xa", "huyen", "quan", "phuong", "xa", "thi tran", "dac khu", "so")
_COMMITTEE: Final = ("ubnd ", "uy ban nhan dan ")


def _pattern(initials: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S){'(?: va | )?'.join(initials)}(?!\S)")


_EXPAND: Final = [(_pattern(short), long) for short, long in _INITIALS.items()]


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A found unit as at the date; `matched` is the other name or code that was found, when not the name.

    `heirs` says who holds a unit that had ended by the date.
    """

    unit: UnitFact
    matched: str
    current: bool
    heirs: tuple[Heir, ...]


def variants(text: str) -> list[str]:
    """The folded readings of what was typed: as it is, spelled out, and without "UBND"."""
    typed = fold(text)
    first, _space, rest = typed.partition(" ")
    spelled = f"{_LEADING[first]} {rest}" if rest and first in _LEADING else typed
    for pattern, long in _EXPAND:
        spelled = pattern.sub(long, spelled)
    readings = [typed, spelled]
    # The people's committee of a district or commune is the unit itself.
    readings += [
        reading[len(head) :] for reading in readings for head in _COMMITTEE if reading.startswith(head)
    ]
    return [reading for reading in dict.fromkeys(readings) if reading]


_SEARCH = """
with names as (
  select id as unit_id, fold, '' as label, 0 as via from units_unit
  union all
  select unit_id, fold, alias, 1 from units_alias
  union all
  select unit_id, vn_fold(code), code, 2 from units_code where vn_fold(code) like any (%(starts)s::text[])
), hits as (
  select unit_id, label, via,
         case when fold = any (%(exact)s::text[]) then 0
              when fold like any (%(starts)s::text[]) then 1
              when ' ' || fold like any (%(words)s::text[]) then 2
              when fold like any (%(contains)s::text[]) then 3
              else 4 end as rank
  from names
  where fold like any (%(contains)s::text[]) or ({tokens})
), best as (
  select distinct on (unit_id) unit_id, label, rank, via from hits order by unit_id, rank, via, label
)
select u.id, b.label, coalesce(daterange(u.valid_from, u.valid_to) @> %(on)s::date, true)
from best b join units_unit u on u.id = b.unit_id
where cardinality(%(kinds)s::text[]) = 0 or u.kind = any (%(kinds)s::text[])
order by b.rank, 3 desc, b.via, array_position(%(order)s::text[], u.kind::text) nulls last,
         u.sort_key, u.id
limit %(limit)s
"""
_ORDER: Final = [
    "province",
    "district",
    "department",
    "central_body",
    "mass_organisation",
    "enterprise",
    "commune",
]


def search(text: str, on: date | None = None, kinds: Sequence[str] = (), limit: int = 20) -> list[UnitHit]:
    """Units whose name, other name or code matches, best first: exact, prefix, word beginning, inside.

    Accents, tone placement, case and punctuation do not matter; the usual abbreviations do not either. Units
    that ended by `on` come after current ones of the same rank, with their heirs. Empty text finds nothing.
    """
    readings = variants(text)
    if not readings:
        return []
    day = on or clock.today()
    params = _params(readings) | {"on": day, "kinds": list(kinds), "order": _ORDER, "limit": limit}
    words = [sorted({f"% {word}%" for word in reading.split()}) for reading in readings]
    tokens = " or ".join(f"' ' || fold like all (%(all{i})s::text[])" for i in range(len(words)))
    params |= {f"all{i}": patterns for i, patterns in enumerate(words)}
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH.format(tokens=tokens), params)
        rows: list[tuple[int, str, bool]] = cursor.fetchall()
    found = facts((row[0] for row in rows), day)
    ended = [row[0] for row in rows if not row[2]]
    inherited = heirs_of(ended, day) if ended else {}
    return [UnitHit(found[i], label, current, tuple(inherited.get(i, ()))) for i, label, current in rows]


def _params(readings: Sequence[str]) -> dict[str, Any]:
    safe = [re.sub(r"([\\%_])", r"\\\1", reading) for reading in readings]
    named = [f"{level} {reading}" for level in _LEVELS for reading in safe]
    return {
        "exact": [*readings, *named],
        "starts": [f"{reading}%" for reading in (*safe, *named)],
        "words": [f"% {reading}%" for reading in safe],
        "contains": [f"%{reading}%" for reading in safe],
    }
