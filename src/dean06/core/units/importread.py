"""The rows of a sheet of units, checked one by one against each other and against what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import Invalid, Reason
from dean06.core.sheets import Row, SheetRows
from dean06.core.units.editing import day_text
from dean06.core.units.models import Code, Kind, Placement, Unit
from dean06.core.units.sheet import SCHEMES, columns

OWN: Final[tuple[str, ...]] = ("kind", "subkind", "name", "name_en", "valid_from", "valid_to", "document")
_KEY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_SUBKIND: Final = re.compile(r"[a-z0-9_]*", re.ASCII)


@dataclass(slots=True)
class Draft:
    """A row on its way: the unit as it will be, and what of it changes."""

    row: Row
    unit: Unit
    new: bool
    changed: list[str]
    parent: Unit | None = None
    move_from: date | None = None
    move_to: date | None = None
    codes: list[Code] = field(default_factory=list)

    @property
    def touched(self) -> bool:
        """Whether the row writes anything."""
        return self.new or bool(self.changed)


class Reader:
    """Turns rows into drafts, collecting every fault before anything is written."""

    def __init__(self, rows: SheetRows) -> None:
        self._rows, self._keys = rows.rows, rows.keys
        self._labels = {column.key: column.label_vi for column in columns()}
        self._faults: list[Reason] = []
        keys = [row.values["key"] for row in rows.rows]
        self._stored = {
            u.key: u for u in Unit.objects.select_for_update(no_key=True).filter(key__in=keys).order_by("id")
        }
        self._drafts: dict[str, Draft] = {}

    def drafts(self) -> list[Draft]:
        """Raises Invalid with all faults."""
        for row in self._rows:
            self._draft(row)
        by_text = _parents(self._rows)
        places = _places(draft.unit for draft in self._drafts.values() if not draft.new)
        owners = _code_owners(self._rows)
        for draft in self._drafts.values():
            if "parent" in self._keys:
                self._parent(draft, by_text, places)
            self._codes(draft, owners)
        if self._faults:
            raise Invalid(sorted(self._faults, key=lambda fault: fault.row or 0))
        return list(self._drafts.values())

    def _fault(self, row: Row, key: str, message: str) -> None:
        self._faults.append(Reason(message, field=self._labels[key], row=row.number))

    def _draft(self, row: Row) -> None:
        key = row.values["key"]
        if not _KEY.fullmatch(key):
            self._fault(
                row, "key", _("“%(key)s” chỉ được gồm chữ thường không dấu, chữ số, gạch nối") % {"key": key}
            )
        if key in self._drafts:
            first = self._drafts[key].row.number
            self._fault(row, "key", _("“%(key)s” đã có ở dòng %(row)s") % {"key": key, "row": first})
            return
        stored = self._stored.get(key)
        ended = stored.valid_to if stored else None
        unit = stored or Unit(key=key, source="import")
        changed = self._fill(unit, row)
        self._own(row, unit)
        if ended is not None and (unit.valid_to is None or unit.valid_to > ended):
            message = _("đơn vị đã kết thúc từ ngày %(day)s; không kéo dài hiệu lực bằng tệp")
            self._fault(row, "valid_to", message % {"day": day_text(ended)})
        self._drafts[key] = Draft(row, unit, stored is None, changed)

    def _fill(self, unit: Unit, row: Row) -> list[str]:
        """Set what the sheet says; gives the names of what differs."""
        changed: list[str] = []
        for name in OWN:
            if name not in self._keys:
                continue
            value = row.values[name] if name.startswith("valid_") else row.values[name] or ""
            if getattr(unit, name) != value:
                setattr(unit, name, value)
                changed.append(name)
        return changed

    def _own(self, row: Row, unit: Unit) -> None:
        if not _SUBKIND.fullmatch(unit.subkind):
            self._fault(row, "subkind", _("chỉ được gồm chữ thường không dấu, chữ số, gạch dưới"))
        if unit.valid_from and unit.valid_to and unit.valid_from >= unit.valid_to:
            self._fault(
                row,
                "valid_to",
                _("ngày kết thúc %(end)s phải sau ngày bắt đầu %(start)s")
                % {"end": day_text(unit.valid_to), "start": day_text(unit.valid_from)},
            )

    def _parent(
        self,
        draft: Draft,
        by_text: Mapping[str, list[tuple[Unit, Code | None]]],
        places: Mapping[int, Sequence[Placement]],
    ) -> None:
        text, row = draft.row.values["parent"], draft.row
        if not text:
            if draft.new and draft.unit.kind != Kind.PROVINCE:
                self._fault(row, "parent", _("đơn vị mới phải ghi đơn vị cấp trên (trừ cấp tỉnh)"))
            return
        since = row.values["parent_from"] or (draft.unit.valid_from if draft.new else None)
        parent = self._drafts[text].unit if text in self._drafts else _pick(by_text.get(text, []), since)
        if parent is None:
            self._fault(row, "parent", _("không có đơn vị nào mang mã “%(code)s”") % {"code": text})
        elif parent.key == draft.unit.key:
            self._fault(row, "parent", _("đơn vị không thể trực thuộc chính nó"))
        elif draft.new:
            _stand(draft, parent, since)
        else:
            self._move(draft, parent, places.get(draft.unit.pk, []))

    def _move(self, draft: Draft, parent: Unit, places: Sequence[Placement]) -> None:
        since = draft.row.values["parent_from"]
        if any(place.parent.key == parent.key and place.valid_from == since for place in places):
            return
        now = places[-1].parent if places else None
        if now is not None and now.key == parent.key:
            return
        if since is None and now is not None:
            self._fault(
                draft.row,
                "parent_from",
                _("đơn vị đang trực thuộc “%(now)s”; chuyển sang “%(next)s” cần ghi từ ngày nào")
                % {"now": now.name, "next": parent.name},
            )
            return
        _stand(draft, parent, since or draft.unit.valid_from)

    def _codes(self, draft: Draft, owners: dict[tuple[str, str], list[Code]]) -> None:
        for column, scheme in SCHEMES.items():
            text = draft.row.values[column]
            if not text:
                continue
            held = owners.setdefault((scheme, text), [])
            if not draft.new and any(code.unit.key == draft.unit.key for code in held):
                continue
            unit = draft.unit
            wanted = Code(
                unit=unit, scheme=scheme, code=text, valid_from=unit.valid_from, valid_to=unit.valid_to
            )
            other = next((code for code in held if _overlap(code, wanted)), None)
            held.append(wanted)
            if other is not None:
                self._fault(
                    draft.row,
                    column,
                    _("mã “%(code)s” đã dùng cho “%(unit)s” (%(key)s) từ %(start)s đến trước %(end)s")
                    % {
                        "code": text,
                        "unit": other.unit.name,
                        "key": other.unit.key,
                        "start": day_text(other.valid_from),
                        "end": day_text(other.valid_to),
                    },
                )
                continue
            draft.codes.append(wanted)
            draft.changed.append(column)


def _stand(draft: Draft, parent: Unit, since: date | None) -> None:
    """Place the unit; where no date is known, the parent's own beginning and end hold."""
    draft.parent = parent
    draft.move_from = since or parent.valid_from
    draft.move_to = draft.unit.valid_to or parent.valid_to
    draft.changed.append("parent")


def _overlap(one: Code, other: Code) -> bool:
    before = one.valid_to is not None and other.valid_from is not None and one.valid_to <= other.valid_from
    after = other.valid_to is not None and one.valid_from is not None and other.valid_to <= one.valid_from
    return not before and not after


def _parents(rows: Sequence[Row]) -> dict[str, list[tuple[Unit, Code | None]]]:
    """What each text of the column may mean: a key, or codes with their time."""
    texts = {row.values["parent"] for row in rows if row.values["parent"]}
    found: dict[str, list[tuple[Unit, Code | None]]] = {}
    for unit in Unit.objects.filter(key__in=texts):
        found.setdefault(unit.key, []).append((unit, None))
    for code in Code.objects.filter(code__in=texts).select_related("unit").order_by("scheme", "id"):
        found.setdefault(code.code, []).append((code.unit, code))
    return found


def _pick(candidates: Sequence[tuple[Unit, Code | None]], on: date | None) -> Unit | None:
    day = on or clock.today()
    for unit, code in candidates:
        if code is None or (
            (code.valid_from is None or code.valid_from <= day)
            and (code.valid_to is None or day < code.valid_to)
        ):
            return unit
    return candidates[0][0] if len(candidates) == 1 else None


def _places(units: Iterable[Unit]) -> dict[int, list[Placement]]:
    """The placements of each unit, oldest first."""
    found: dict[int, list[Placement]] = {}
    stored = Placement.objects.filter(unit__in=list(units)).select_related("parent")
    for place in sorted(stored, key=lambda place: place.valid_from or date.min):
        found.setdefault(place.unit_id, []).append(place)
    return found


def _code_owners(rows: Sequence[Row]) -> dict[tuple[str, str], list[Code]]:
    found: dict[tuple[str, str], list[Code]] = {}
    for column, scheme in SCHEMES.items():
        texts = {row.values[column] for row in rows if row.values[column]}
        for code in Code.objects.filter(scheme=scheme, code__in=texts).select_related("unit"):
            found.setdefault((scheme, code.code), []).append(code)
    return found
