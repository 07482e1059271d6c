"""Which unit registered to which pilot: known on both sides, once, and as many as the text says."""

from __future__ import annotations

from collections.abc import Iterator

from dean06.plan.check.parties import Parties
from dean06.plan.check.text import SourceText, contains_count
from dean06.plan.schema.document import RegistrationSpec
from dean06.plan.schema.located import Located
from dean06.plan.schema.problem import Problem
from dean06.plan.schema.source import PlanSource


def check_registrations(source: PlanSource, parties: Parties, text: SourceText | None) -> list[Problem]:
    """Units and pilots resolve, nobody registers twice to one pilot, declared counts agree."""
    return [*_resolve(source, parties), *_twice(source, parties), *_counts(source, text)]


def _resolve(source: PlanSource, parties: Parties) -> Iterator[Problem]:
    pilots = {pilot.value.id for pilot in source.pilots} | source.unread_ids
    for entry in source.registrations:
        if defect := parties.unit_defect(entry.value.unit):
            yield entry.problem(defect, "unit")
        if entry.value.pilot not in pilots:
            yield entry.problem(f"mô hình '{entry.value.pilot}' không có trong pilots.yaml", "pilot")


def _twice(source: PlanSource, parties: Parties) -> Iterator[Problem]:
    seen: dict[tuple[str, str], list[Located[RegistrationSpec]]] = {}
    for entry in source.registrations:
        unit = parties.book.resolve(entry.value.unit) or entry.value.unit
        earlier = seen.setdefault((unit, entry.value.pilot), [])
        other = next((e for e in earlier if _overlap(e.value, entry.value)), None)
        if other is not None:
            message = (
                f"đơn vị '{entry.value.unit}' đăng ký hai lần mô hình '{entry.value.pilot}' "
                f"(đã có ở dòng {other.line()})"
            )
            yield entry.problem(message, "unit")
        earlier.append(entry)


def _overlap(one: RegistrationSpec, two: RegistrationSpec) -> bool:
    starts_before = one.valid_to is None or two.valid_from < one.valid_to
    return starts_before and (two.valid_to is None or one.valid_from < two.valid_to)


def _counts(source: PlanSource, text: SourceText | None) -> Iterator[Problem]:
    first_day = None if source.plan is None else source.plan.value.starts_on
    declared = {entry.value[0] for entry in source.declared_counts}
    for entry in source.declared_counts:
        pilot, count = entry.value
        registered = [
            r for r in source.registrations
            if r.value.pilot == pilot and (r.value.valid_from == first_day or first_day is None)
        ]  # fmt: skip
        if len(registered) != count:
            yield entry.problem(f"văn bản nêu {count} đơn vị đăng ký {pilot}, danh sách có {len(registered)}")
        if registered and text is not None and not _stated(registered, count, text):
            yield entry.problem(f"các dòng của đăng ký {pilot} không ghi “{count} đơn vị”")
    for entry_ in source.registrations:
        if entry_.value.pilot not in declared:
            yield entry_.problem(f"mô hình '{entry_.value.pilot}' chưa có trong declared_counts", "pilot")


def _stated(registered: list[Located[RegistrationSpec]], count: int, text: SourceText) -> bool:
    first = min(entry.value.lines[0] for entry in registered)
    last = max(entry.value.lines[1] for entry in registered)
    return not text.has(first, last) or contains_count(text.between(first, last), count)
