"""Who answers for what: codes of units and groups resolved as at the plan's first day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dean06.plan.check.units import UnitBook
from dean06.plan.schema.document import GroupSpec
from dean06.plan.schema.located import Located
from dean06.plan.schema.problem import Problem
from dean06.plan.schema.source import PlanSource

GROUP_PREFIX = "group:"


@dataclass(frozen=True, slots=True)
class Parties:
    """Groups by id and the units valid on the plan's first day."""

    book: UnitBook
    groups: Mapping[str, Located[GroupSpec]]
    registered: Mapping[str, tuple[str, ...]]
    """Codes of the units registered to each pilot on the first day."""

    @classmethod
    def of(cls, source: PlanSource, book: UnitBook) -> Parties:
        """Collect the groups and registrations of a plan."""
        registered: dict[str, list[str]] = {}
        for entry in source.registrations:
            if entry.value.valid_to is None or entry.value.valid_to > book.on:
                registered.setdefault(entry.value.pilot, []).append(entry.value.unit)
        return cls(
            book,
            {group.value.id: group for group in source.groups},
            {pilot: tuple(units) for pilot, units in registered.items()},
        )

    def keys(self, party: str) -> tuple[str, ...]:
        """Keys of the units a code or "group:id" stands for; empty for an open group or unknown code."""
        if not party.startswith(GROUP_PREFIX):
            return self._resolved((party,))
        group = self.groups.get(party.removeprefix(GROUP_PREFIX))
        if group is None:
            return ()
        members = group.value.members
        if members.kinds is not None:
            return tuple(key for kind in members.kinds for key in self.book.kinds.get(kind, ()))
        if members.registered is not None:
            return self._resolved(self.registered.get(members.registered, ()))
        return self._resolved(members.units or ())

    def _resolved(self, codes: Iterable[str]) -> tuple[str, ...]:
        found = (self.book.resolve(code) for code in codes)
        return tuple(dict.fromkeys(key for key in found if key is not None))

    def defect(self, party: str) -> str:
        """Why a code or group cannot be used, in words; "" when it can."""
        if party.startswith(GROUP_PREFIX):
            name = party.removeprefix(GROUP_PREFIX)
            return "" if name in self.groups else f"nhóm '{name}' không có trong groups.yaml"
        return self.unit_defect(party)

    def unit_defect(self, code: str) -> str:
        """Why a unit code cannot be used, in words; "" when it names exactly one unit."""
        found = self.book.keys.get(code, frozenset())
        if len(found) == 1:
            return ""
        day = self.book.on.isoformat()
        if not found:
            return f"đơn vị '{code}' không có trong units/ vào ngày {day}"
        return f"mã '{code}' trỏ tới nhiều đơn vị vào ngày {day}: {', '.join(sorted(found))}"


def check_groups(source: PlanSource, parties: Parties) -> list[Problem]:
    """Every group has known members and no id twice."""
    problems: list[Problem] = []
    for group in source.groups:
        members = group.value.members
        for number, code in enumerate(members.units or ()):
            if defect := parties.unit_defect(code):
                problems.append(group.problem(defect, "members", "units", number))
        for kind in members.kinds or ():
            if not parties.book.kinds.get(kind):
                message = f"không có đơn vị loại '{kind}' vào ngày {parties.book.on.isoformat()}"
                problems.append(group.problem(message, "members", "kinds"))
        if members.registered is not None and members.registered not in parties.registered:
            message = f"không có đơn vị nào đăng ký mô hình '{members.registered}'"
            problems.append(group.problem(message, "members", "registered"))
    return problems


def check_parties(source: PlanSource, parties: Parties) -> list[Problem]:
    """Every responsible and cooperating party, and every pilot's lead, resolves; none is named twice."""
    problems = [
        pilot.problem(defect, "lead")
        for pilot in source.pilots
        if pilot.value.lead and (defect := parties.unit_defect(pilot.value.lead))
    ]
    for item in source.items:
        seen: set[str] = set()
        for role in ("responsible", "cooperating"):
            for number, party in enumerate(getattr(item.value, role)):
                defect = parties.defect(party)
                if not defect and party in seen:
                    defect = f"'{party}' được nêu hai lần"
                if defect:
                    problems.append(item.problem(f"{item.value.id}: {defect}", role, number))
                seen.add(party)
    return problems
